"""The words around a place in a text, weighted by their distance to it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from retrieval.text_analysis import STOP_WORDS, content_stems

REACH = 12.0  # distance in words at which the weight falls to 1/e
_CLAUSE_DISTANCE, _MARK_DISTANCE = 2.0, 0.3  # added by a comma or "and", and by another mark
_TOKEN = re.compile(r"[\w’']+(?:[.,]\d+)*|[^\w\s]")
_CONJUNCTIONS = frozenset("and but or while whereas after compared against instead".split())

Context = Mapping[str, float]  # the weight of each stem, from 0 to 1


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word at ``text[start:end]``; ``stem`` is "" for a function word. ``place`` counts words and marks."""

    start: int
    end: int
    stem: str
    place: float


@lru_cache(maxsize=1024)
def placed_words(text: str) -> tuple[PlacedWord, ...]:
    """The words of a text in order; clauses are farther apart than words.

    >>> [(word.stem, word.place) for word in placed_words("It fined them, and left.")]
    [('', 1.0), ('fine', 2.0), ('', 3.0), ('', 8.0), ('left', 9.0)]
    """
    found, place = [], 0.0
    for match in _TOKEN.finditer(text):
        written = match[0]
        if not written[0].isalnum():
            place += _CLAUSE_DISTANCE if written in ",;:—–()" else _MARK_DISTANCE
            continue
        place += 1 + (_CLAUSE_DISTANCE if written.lower() in _CONJUNCTIONS else 0)
        stem = "" if written.lower() in STOP_WORDS else (content_stems(written) or [""])[0]
        found.append(PlacedWord(match.start(), match.end(), stem, place))
    return tuple(found)


def place_at(text: str, start: int) -> float:
    """The place of the first word that ends after an offset."""
    return next((word.place for word in placed_words(text) if word.end > start), 0.0)


def context_of(words: Iterable[PlacedWord], place: float) -> dict[str, float]:
    """The weight of each stem at its nearest occurrence to a place."""
    found: dict[str, float] = {}
    for word in words:
        if word.stem:
            weight = math.exp(-abs(word.place - place) / REACH)
            found[word.stem] = max(found.get(word.stem, 0.0), weight)
    return found
