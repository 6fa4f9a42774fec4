"""Finds the negations of a text and what they negate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.facts.word_contexts import PlacedWord, placed_words
from retrieval.text_analysis import content_stems

NEAR = 3.5  # greatest distance in words between a negation and what it negates
_NEGATION = re.compile(
    r"(?:not|no|never|neither|nor|without|cannot|none|nobody|nothing|\w+n[’']t)", re.IGNORECASE
)
_SCALAR = re.compile(
    r"(?:no|not) (?:longer|more|less|fewer|later|earlier|only|just|one|least|even)\b|no\. ?\d", re.IGNORECASE
)
_ALTERNATIVE = re.compile(r"\bor\s$", re.IGNORECASE)  # "whether or not it is open" negates nothing
_ADVERB = re.compile(r"\w+ly|yet|even|ever|quite", re.IGNORECASE)
_NEGATING_PREFIX = re.compile(
    r"un(?!der|i[tvqo])(\w{5,})|(?:in|im|il|ir)(\w+(?:able|ible|ably|ibly))", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PolarWord:
    """A content word, negated or not; ``start`` and ``end`` are those of its negation if it has one.

    ``is_negated`` is None for a word farther behind a negation, which can be negated too ("no life rafts").
    """

    word: PlacedWord
    stem: str
    is_negated: bool | None
    start: int
    end: int


@lru_cache(maxsize=1024)
def polar_words(text: str) -> tuple[PolarWord, ...]:
    """The content words in order. "Invisible" is both itself and a negated "visible".

    A negation negates the next content word, and the adverbs before it.

    >>> [word.stem for word in polar_words("It was not really fair to them.") if word.is_negated]
    ['realli', 'fair']
    """
    found: list[PolarWord] = []
    negation: PlacedWord | None = None
    is_first = False
    for word in placed_words(text):
        written = text[word.start : word.end]
        if _NEGATION.fullmatch(written):
            is_none = _SCALAR.match(text, word.start) or _ALTERNATIVE.search(text[: word.start])
            negation, is_first = (None if is_none else word), True
            continue
        if not word.stem:
            continue
        if negation and word.place - negation.place > NEAR:
            negation = None
        state = False if negation is None else True if is_first else None
        marked = negation or word
        found.append(PolarWord(word, word.stem, state, marked.start, marked.end))
        prefixed = _NEGATING_PREFIX.fullmatch(written)
        base = content_stems(prefixed[1] or prefixed[2]) if prefixed else []
        found += [PolarWord(word, stem, True, word.start, word.end) for stem in base[:1]]
        is_first = is_first and _ADVERB.fullmatch(written) is not None
    return tuple(found)


def negated(text: str) -> list[tuple[int, int, str]]:
    """Each negation, as (start, end, stem), with the stem of what it negates."""
    return [(polar.start, polar.end, polar.stem) for polar in polar_words(text) if polar.is_negated]
