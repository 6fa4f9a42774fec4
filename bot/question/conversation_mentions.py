"""Extracts the names, titles and noun phrases that a conversation mentions, with their positions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from retrieval.text_analysis import STOP_WORDS

MAX_TURNS = 8  # considered, the latest ones
MAX_TEXT_LENGTH = 1500  # characters of each question and answer
MAX_PHRASE_WORDS = 5  # of a noun phrase that is not a name

# Words that do not identify what a question is about.
FUNCTION_WORDS = (STOP_WORDS - {"s", "t"}) | frozenset(
    "each every either neither none both few more most several others another else mine us ours yours "
    "himself herself themselves myself yourself one ones yet without within onto above below between among "
    "during since against around across along behind beyond near down via like unlike despite toward "
    "towards am done don doesn didn must ought need n't now ever never always often even still already "
    "again quite rather really actually well yes ok okay please thanks thank hello because although though "
    "whether however therefore thus hence besides instead later earlier soon ago twice first last next new "
    "old good bad great big small long short make made makes making get gets got getting go goes went going "
    "gone take took taken come came coming become became give gave given know known knew think thought say "
    "said says tell told ask asked want wanted use used using find found work worked works look looked see "
    "saw seen happen happened happens happening start started begin began keep kept let put set try tried "
    "show shown call called mean meant anything something nothing everything anyone someone everyone "
    "anybody somebody thing things way ways kind lot time times people interesting information article "
    "articles news headlines don't didn't doesn't wasn't isn't aren't weren't hasn't haven't hadn't won't "
    "wouldn't couldn't can't i'm it's that's what's".split()
)
TOKEN = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*\.?(?<!\.)|[^\w\s]|\S")
_NAME_PARTICLES = frozenset("of de la le van von der den di da du del bin al &".split())  # inside a name
_DEMONYM = re.compile(r"[A-Z]\w+(?:ese|ish|ian|ican|rman|rean|pean|ench|utch)")  # "Chinese", before a noun
_POSSESSIVE = re.compile(r"['’]s?$")
_SENTENCE_ENDS = frozenset(".?!:")
# Citation markers, and the report dates that bot/extractive/report_date.py adds.
_MARKER = re.compile(
    r"\s*\[\d+\]|Reported on \d+ \w+ \d{4}(?:, updated on \d+ \w+ \d{4})?: "
    r"|Gemeldet am \d+\. \w+ \d{4}(?:, aktualisiert am \d+\. \w+ \d{4})?: "
)
_NO_ANSWER = re.compile(
    r"^\s*(?:i\s+don'?t\s+know|cannotanswer|not\s+found)\b|not\s+in\s+the\s+articles", re.I
)


@dataclass(frozen=True, slots=True)
class MentionPlace:
    """Where a phrase occurs: ``turn`` counts back from the question (1: the turn before it).

    ``index`` is its first token; ``before`` is the token before it in lower case, "" at the start.
    """

    turn: int
    in_answer: bool
    index: int
    before: str


@dataclass(slots=True)
class Mention:
    """A phrase and all its places."""

    text: str
    is_name: bool
    places: list[MentionPlace] = field(default_factory=list)

    @property
    def words(self) -> frozenset[str]:
        """Its content words in lower case."""
        return content_words(self.text)


def content_words(text: str) -> frozenset[str]:
    """The words of *text* in lower case, without function words."""
    return frozenset(re.findall(r"\w+", text.lower())) - FUNCTION_WORDS


def is_answer(text: str) -> bool:
    """True unless an answer is empty or says that nothing was found."""
    return bool(text.strip()) and not _NO_ANSWER.search(text[:200])


def without_markers(text: str) -> str:
    """The first MAX_TEXT_LENGTH characters of *text*, without citation markers and report dates."""
    return _MARKER.sub("", text[:MAX_TEXT_LENGTH])


def mentions(history: Sequence[tuple[str, str]]) -> list[Mention]:
    """The phrases of a conversation of (question, answer), the latest first."""
    found: dict[str, Mention] = {}
    lowercase = _lowercase_words(history)
    for turn, (question, answer) in enumerate(reversed(history[-MAX_TURNS:]), 1):
        for text, in_answer in ((answer if is_answer(answer) else "", True), (question, False)):
            for phrase, is_name, index, before in _phrases(without_markers(text), lowercase):
                mention = found.setdefault(phrase.lower(), Mention(phrase, is_name))
                # A capital inside a sentence makes a name.
                mention.is_name |= is_name and bool(before) and before not in _SENTENCE_ENDS
                mention.places.append(MentionPlace(turn, in_answer, index, before))
    return list(found.values())


def _lowercase_words(history: Sequence[tuple[str, str]]) -> frozenset[str]:
    """The words that occur in lower case, except in texts typed without any capital."""
    texts = (text[:MAX_TEXT_LENGTH] for turn in history[-MAX_TURNS:] for text in turn if not text.islower())
    return frozenset(token for text in texts for token in TOKEN.findall(text) if token[0].islower())


def _phrases(text: str, lowercase: frozenset[str]) -> Iterator[tuple[str, bool, int, str]]:
    """Each phrase of a text, whether it looks like a name, its first token and the one before.

    The capital at the start of a sentence is ignored for words that also occur in *lowercase*.
    """
    tokens = TOKEN.findall(text)
    for index, token in enumerate(tokens):
        if (not index or tokens[index - 1] in _SENTENCE_ENDS) and token.lower() in lowercase:
            tokens[index] = token.lower()
    index = 0
    while index < len(tokens):
        is_name, end = _phrase_end(tokens, index)
        phrase = _POSSESSIVE.sub("", " ".join(tokens[index:end]))
        if len(phrase) > 1:
            yield phrase, is_name, index, tokens[index - 1].lower() if index else ""
        index = max(end, index + 1)


def _phrase_end(tokens: Sequence[str], start: int) -> tuple[bool, int]:
    """True for a name, and the end of the phrase that begins at *start* (*start* itself if none does)."""
    end = start
    if tokens[start][0].isupper() and tokens[start].lower() not in FUNCTION_WORDS:
        end = _name_end(tokens, start)
        is_adjective = end == start + 1 and _DEMONYM.fullmatch(tokens[start])
        if not (is_adjective and end < len(tokens) and _is_noun(tokens[end])):
            return True, end
    return False, end + len(list(takewhile(_is_noun, tokens[end : start + MAX_PHRASE_WORDS])))


def _name_end(tokens: Sequence[str], start: int) -> int:
    """A name continues over capitals, numbers ("Season 1", "March 2021") and "of (the)" before a capital."""
    end = start + 1
    while end < len(tokens) and not _POSSESSIVE.search(tokens[end - 1]):
        word = tokens[end]
        if word[0].isupper() or (word.isdigit() and len(word) in (1, 2, 4)):
            end += 1
            continue
        following = end + 1 + (word == "of" and tokens[end + 1 : end + 2] == ["the"])
        if (
            word.lower() not in _NAME_PARTICLES
            or following >= len(tokens)
            or not tokens[following][0].isupper()
        ):
            break
        end = following + 1
    return end


def _is_noun(token: str) -> bool:
    """True for a content word in lower case."""
    return token[0].isalnum() and not token[0].isupper() and token.lower() not in FUNCTION_WORDS
