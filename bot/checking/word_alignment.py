"""Where a pasted excerpt stands in a text, word by word, though some words were changed, lost or added."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

_SPACELESS = re.compile(r"[぀-ヿ㐀-鿿가-힯]")  # signs of scripts that are written without spaces
_WORD = re.compile(r"\w+")
_WORD_OR_SIGN = re.compile(r"[぀-ヿ㐀-鿿가-힯]|(?:(?![぀-ヿ㐀-鿿가-힯])\w)+")


@dataclass(frozen=True, slots=True)
class Alignment:
    """The stretch ``words[first:last]`` of a text that is nearest to an excerpt.

    ``similarity`` is 1 - edits / words of the excerpt, at least 0; an edit changes, drops or adds a word.
    """

    similarity: float
    first: int
    last: int


def keys_of(text: str) -> list[str]:
    """The words of a text, without case, accents of composition and punctuation.

    >>> keys_of("“It’s ＮＯＴ 3.5%,” she said…")
    ['it', 's', 'not', '3', '5', 'she', 'said']
    """
    if text.isascii():  # a whole article in one step
        return _WORD.findall(text.lower())
    return [_key(word) for word in _pattern(text).findall(text)]


def span_of(text: str, first: int, last: int) -> tuple[int, int]:
    """Where the words ``keys_of(text)[first:last]``, at least one, begin and end in the text."""
    found = list(islice(_pattern(text).finditer(text), first, last))
    return found[0].start(), found[-1].end()


def _pattern(text: str) -> re.Pattern[str]:
    # The pattern that knows signs takes four times as long.
    return _WORD_OR_SIGN if _SPACELESS.search(text) else _WORD


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
