"""Finds who says what in a text, and speakers of a claim to whom its source does not ascribe the words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.facts.name_mentions import key
from retrieval.splitting.sentences import sentence_spans
from retrieval.text_analysis import STOP_WORDS, content_stems, stems

MIN_SHARED = 2  # stems of what is said, in a claim and a sentence of its source
MIN_SHARE = 0.5  # of the stems of what a claim says
MARGIN = 0.1  # by which the share of another speaker's words is greater
MAX_DISTANCE = 2  # sentences between a pronoun and the speaker it means
_VERBS = (
    "said|says|say|told|tells|calls?|called|argue[sd]?|warn(?:s|ed)?|claim(?:s|ed)?|admit(?:s|ted)?"
    "|concede[sd]?|note[sd]?|explain(?:s|ed)?|wr(?:ites?|ote)|state[sd]?|add(?:s|ed)|insist(?:s|ed)?"
    "|believe[sd]?|conclude[sd]?|describe[sd]?|predict(?:s|ed)?|den(?:y|ies|ied)|suggest(?:s|ed)?"
    "|announce[sd]?|complain(?:s|ed)?|remark(?:s|ed)?|criticize[sd]?|demand(?:s|ed)?|promise[sd]?"
)
_CAPITALIZED = r"[A-Z][\w’'-]+"
_NAME = rf"(?:(?:{_CAPITALIZED}|[A-Z]\.)\s)*{_CAPITALIZED}"
_TITLE = rf"(?:(?!{_CAPITALIZED})[\w-]+\s){{0,4}}"  # "the minister", without a comma before the name
_NAMES = re.compile(_NAME)
_ATTRIBUTIONS = (
    # "Ada Brook said", "Ada Brook, who heads it, said", "Ada Brook of the quay said", "she said"
    re.compile(
        rf"(?<![\w’'-])(?P<who>{_NAME}|[Hh]e|[Ss]he)"
        r"(?:,\s[^,.;“”\"]{1,80},|\s(?:of|from|for|at)\s[^,.;“”\"]{1,60}?)?"
        rf"\s(?:also\s|then\s|has\s|had\s)?(?:{_VERBS})\b"
    ),
    re.compile(rf",\s(?P<who>{_NAME}),\s(?:{_VERBS})\b"),  # "its head, Ada Brook, said"
    re.compile(rf"[,”\"’?!]\s(?:{_VERBS})\s{_TITLE}(?P<who>{_NAME})"),  # "“It is,” said Ada Brook"
    re.compile(rf"\b[Aa]ccording to\s{_TITLE}(?P<who>{_NAME})"),
)
# Last words of names of organizations, whose words are often those of a person.
_ORGANIZATIONS = frozenset(
    "agency association authority bank board bureau business co college commission committee company "
    "corporation council court daily department dispatch economics fed government group house inc institute "
    "journal league lines ltd magazine ministry news office optics organization party police post press "
    "review service times union university".split()
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """A speaker at ``text[start:end]`` and the stems of all other words of the sentence.

    ``names`` are the words of the name as they are compared, empty for a pronoun.
    """

    start: int
    end: int
    names: tuple[str, ...]
    said: frozenset[str]


def attributions(sentence: str) -> list[Attribution]:
    """Who says something in a sentence.

    >>> [found.names for found in attributions("“It is cheap,” said the minister Ada Brook.")]
    [('ada', 'brook')]
    """
    found = []
    for pattern in _ATTRIBUTIONS:
        for match in pattern.finditer(sentence):
            words = [key(word) for word in match["who"].split()]
            names = tuple(word for word in words if word not in STOP_WORDS)
            if names or words in (["he"], ["she"]):
                rest = f"{sentence[: match.start()]} {sentence[match.end() :]}"
                found.append(Attribution(*match.span("who"), names, frozenset(content_stems(rest))))
    return found


class KnownSpeakers:
    """Who says what in some texts; a pronoun means the last speaker named before it.

    >>> source = "Ada Brook called the toll too low. Its opponent Ben Marsh called the bridge too narrow."
    >>> claim = "Brook called the bridge too narrow."
    >>> [claim[start:end] for start, end in KnownSpeakers([source]).mistaken(claim)]
    ['Brook']
    """

    def __init__(self, texts: Sequence[str]) -> None:
        sentences = [[text[start:end] for start, end in sentence_spans(text)] for text in texts]
        self._said = [said for text in sentences for said in _said(text)]
        names = [_NAMES.findall(sentence) for text in sentences for sentence in text]
        full = [name.split() for found in names for name in found if " " in name]
        self._people = {key(words[-1]) for words in full} - _ORGANIZATIONS

    def mistaken(self, claim: str) -> Iterator[tuple[int, int]]:
        """The places of the people in a claim whose words the texts ascribe to somebody else."""
        for found in attributions(claim):
            if found.names and found.names[-1] in self._people and self._is_other(found):
                yield found.start, found.end

    def _is_other(self, found: Attribution) -> bool:
        """True if another speaker's sentence has more of the words than any that can be the speaker's."""
        speaker = {stem for name in found.names for stem in stems(name)}
        said = found.said - speaker
        own = other = 0.0
        for words, names in self._said:
            shared = said & words
            if len(shared) < MIN_SHARED:
                continue
            share = len(shared) / len(said)
            if not names or names.intersection(found.names) or speaker & words:
                own = max(own, share)
            else:
                other = max(other, share)
        return other >= MIN_SHARE and other - own > MARGIN


def _said(sentences: Sequence[str]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """The stems of each sentence, and the words of the names of those who speak in it."""
    last: tuple[str, ...] = ()
    distance = 0
    for sentence in sentences:
        found = attributions(sentence)
        distance += 1
        for attribution in found:
            if attribution.names:
                last, distance = attribution.names, 0
        meant = last if distance <= MAX_DISTANCE else ()
        names = frozenset(name for attribution in found for name in attribution.names or meant)
        yield frozenset(content_stems(sentence)), names
