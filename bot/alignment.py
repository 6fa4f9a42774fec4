"""Where a pasted excerpt stands in a text, word by word, though some words were changed, lost or added."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

# A word, or a single sign of a script that is written without spaces.
_WORD = re.compile(r"[぀-ヿ㐀-鿿가-힯]|(?:(?![぀-ヿ㐀-鿿가-힯])\w)+")


class Word(NamedTuple):  # made by the ten thousand: a tuple costs a third of a frozen dataclass
    """A word as it is compared, and its place: ``text[start:end]`` is how it is written."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """The stretch ``words[first:last]`` of a text that is nearest to an excerpt.

    ``similarity`` is 1 - edits / words of the excerpt, at least 0; an edit changes, drops or adds a word.
    """

    similarity: float
    first: int
    last: int


def words_of(text: str, offset: int = 0) -> list[Word]:
    """The words of a text without case, accents of composition and punctuation; *offset* is added to places.

    >>> [word.key for word in words_of("“It’s ＮＯＴ 3.5%,” she said…")]
    ['it', 's', 'not', '3', '5', 'she', 'said']
    """
    return [
        Word(_key(match[0]), offset + match.start(), offset + match.end()) for match in _WORD.finditer(text)
    ]


def _key(word: str) -> str:
    return word.lower() if word.isascii() else unicodedata.normalize("NFKC", word).casefold()


def align(excerpt: Sequence[str], text: Sequence[str]) -> Alignment:
    """The best place of *excerpt* in *text* (keys of words), by the fewest edits; the first of equals.

    Sellers' algorithm (1980): edit distance with a free start and end in the text, a row at a time. With
    n and m words it takes n steps over arrays of length m.

    >>> align("the boat cost three million".split(), "she said the boat cost four million crowns".split())
    Alignment(similarity=0.8, first=2, last=7)
    """
    import numpy as np

    if not excerpt or not text:
        return Alignment(0.0, 0, 0)
    numbers = {key: number for number, key in enumerate(dict.fromkeys(excerpt))}
    coded = np.array([numbers.get(key, -1) for key in text], dtype=np.int32)
    places = np.arange(len(text) + 1)
    costs, starts = np.zeros(len(text) + 1, dtype=np.int64), places.copy()
    for row, key in enumerate(excerpt, 1):
        changed = costs[:-1] + (coded != numbers[key])
        dropped = costs[1:] + 1
        take = changed <= dropped
        best = np.concatenate(([row], np.where(take, changed, dropped)))
        begun = np.concatenate(([0], np.where(take, starts[:-1], starts[1:])))
        # A word added in the text costs one a word: a running minimum of cost - place.
        slope = best - places
        lowest = np.minimum.accumulate(slope)
        origin = np.maximum.accumulate(np.where(slope == lowest, places, 0))
        costs, starts = lowest + places, begun[origin]
    last = int(costs.argmin())
    return Alignment(max(0.0, 1.0 - float(costs[last]) / len(excerpt)), int(starts[last]), last)
