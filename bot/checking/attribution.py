"""Whether a claim states as a fact what its quotes only report as somebody's words.

"The mayor said that gulls attacked drones" supports "Gulls attacked drones" only in part: the article tells
who says so, the claim does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from retrieval.splitting.sentences import sentence_spans
from retrieval.text_analysis import content_stems

LEAST_WITHIN = 0.8  # share of the claim's stems that must stand in a speaker's words …
MOST_BESIDE = 0.7  # … and below which every sentence of the article's own must stay
LEAST = 3  # stems of a claim that is judged

_SAID = (
    r"(?:sa(?:id|ys)|claim(?:ed|s)|alleg(?:ed|es)|assert(?:ed|s)|argu(?:ed|es)|insist(?:ed|s)"
    r"|contend(?:ed|s)|maintain(?:ed|s)|believe[ds]?|suggest(?:ed|s)|warn(?:ed|s)|predict(?:ed|s)"
    r"|complain(?:ed|s)|(?:told|tells)\s+(?:[\w’'-]+\s+){1,4}?(?=that\b))"
)
_NAME = r"[^,;.“”\"\n]"
_WHEN = r"(?:\s+(?:on\s+|last\s+)?\w+day|\s+in\s+an?\s+\w+)?"
# X said that …; … , said X.; … , X said.; according to X, …; … , according to X.
_LEADING = re.compile(rf"^{_NAME}{{2,80}}?\b{_SAID}\b{_WHEN}\s*,?\s*(?:that\b)?", re.IGNORECASE)
_TRAILING = re.compile(rf"[,”\"]\s*(?:{_NAME}{{1,50}}\s)?\b{_SAID}\b{_NAME}{{0,50}}\W*$", re.IGNORECASE)
_ACCORDING = re.compile(r"\baccording\s+to\b", re.IGNORECASE)
_SPEAKS = re.compile(
    rf"\b{_SAID}\b|\baccording\s+to\b|\balleged(?:ly)?\b|\breported(?:ly)?\b|[“”\"]"
    r"|\b(?:told|call(?:ed|s)|describ(?:ed|es)|accus(?:ed|es)|den(?:ied|ies)|quot(?:ed|es)|stat(?:ed|es)"
    r"|express(?:ed|es)|announc(?:ed|es)|report(?:s|ing)?|says?|think|thinks|thought|opinion|view|words|account)\b",
    re.IGNORECASE,
)


def states_as_fact(claim: str, quotes: Sequence[str]) -> bool:
    """Whether a claim that names no speaker rests on a speaker's words alone.

    >>> quotes = ["The mayor said that gulls had attacked 14 drones."]
    >>> states_as_fact("Gulls attacked 14 drones.", quotes)
    True
    >>> states_as_fact("The mayor said that gulls attacked 14 drones.", quotes)
    False
    """
    if names_speaker(claim):
        return False
    words = frozenset(content_stems(claim))
    if len(words) < LEAST:
        return False
    parts = list(_parts(quotes))
    within = max((_share(words, reported) for reported, _ in parts), default=0.0)
    beside = max((_share(words, plain) for _, plain in parts), default=0.0)
    return within >= LEAST_WITHIN and beside < MOST_BESIDE


def names_speaker(text: str) -> bool:
    """Whether a text says, or a question asks, who says something."""
    return _SPEAKS.search(text) is not None


def _share(words: frozenset[str], text: str) -> float:
    """Which share of the words a text holds."""
    return len(words.intersection(content_stems(text))) / len(words) if text.strip() else 0.0


def _parts(quotes: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each sentence as what a speaker says in it, and what the article says itself."""
    for quote in quotes:
        for start, end in sentence_spans(quote):
            yield _split(quote[start:end])


def _split(sentence: str) -> tuple[str, str]:
    if _ACCORDING.search(sentence):
        return sentence, ""
    leading = _LEADING.match(sentence)
    if leading is not None:
        return sentence[leading.end() :], sentence[: leading.end()]
    trailing = _TRAILING.search(sentence)
    if trailing is not None:
        return sentence[: trailing.start()], sentence[trailing.start() :]
    return "", sentence
