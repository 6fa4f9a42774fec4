"""Aligns an excerpt with a text word by word, with changed, dropped and added words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from retrieval.text_normalization import normalize_with_offsets, normalized

_SPACELESS = re.compile(r"[぀-ヿ㐀-鿿가-힯]")  # characters of scripts written without spaces
_WORD = re.compile(r"\w+")
_WORD_OR_CHARACTER = re.compile(r"[぀-ヿ㐀-鿿가-힯]|(?:(?![぀-ヿ㐀-鿿가-힯])\w)+")


@dataclass(frozen=True, slots=True)
class Alignment:
    """The words ``[first:last]`` of a text that are closest to an excerpt.

    ``similarity`` is 1 - edits / words of the excerpt, at least 0; an edit changes, drops or adds a word.
    """

    similarity: float
    first: int
    last: int


def keys_of(text: str) -> list[str]:
    """The normalized words of a text, without case and punctuation.

    >>> keys_of("“It’s ＮＯＴ 3.5%,” she said…")
    ['it', 's', 'not', '3', '5', 'she', 'said']
    """
    if text.isascii():  # a whole article in one step
        return _WORD.findall(text.lower())
    plain = normalized(text)
    return [_key(word) for word in _pattern(plain).findall(plain)]


def span_of(text: str, first: int, last: int) -> tuple[int, int]:
    """Start and end in the text of the words ``keys_of(text)[first:last]``, at least one."""
    plain = normalize_with_offsets(text)
    found = list(islice(_pattern(plain.text).finditer(plain.text), first, last))
    return plain.span(found[0].start(), found[-1].end())


def _pattern(text: str) -> re.Pattern[str]:
    # The pattern for scripts without spaces takes four times as long.
    return _WORD_OR_CHARACTER if _SPACELESS.search(text) else _WORD


def _key(word: str) -> str:
    return word.lower() if word.isascii() else unicodedata.normalize("NFKC", word).casefold()


def align(excerpt: Sequence[str], text: Sequence[str]) -> Alignment:
    """The part of *text* with the fewest edits to *excerpt*, the first of equals; both are keys of words.

    Sellers' algorithm (1980): edit distance with a free start and end in the text, one row at a time. With
    n and m words it takes n steps over arrays of length m.

    >>> align("the boat cost three million".split(), "she said the boat cost four million crowns".split())
    Alignment(similarity=0.8, first=2, last=7)
    """
    import numpy as np

    if not excerpt or not text:
        return Alignment(0.0, 0, 0)
    numbers = {key: number for number, key in enumerate(dict.fromkeys(excerpt))}
    coded = np.array([numbers.get(key, -1) for key in text], dtype=np.int32)
    columns = np.arange(len(text) + 1)
    costs, starts = np.zeros(len(text) + 1, dtype=np.int64), columns.copy()
    for row, key in enumerate(excerpt, 1):
        changed = costs[:-1] + (coded != numbers[key])
        dropped = costs[1:] + 1
        is_change = changed <= dropped
        best = np.concatenate(([row], np.where(is_change, changed, dropped)))
        best_starts = np.concatenate(([0], np.where(is_change, starts[:-1], starts[1:])))
        # Each word added in the text costs one: a running minimum of cost - column.
        offset_costs = best - columns
        lowest = np.minimum.accumulate(offset_costs)
        origin = np.maximum.accumulate(np.where(offset_costs == lowest, columns, 0))
        costs, starts = lowest + columns, best_starts[origin]
    last = int(costs.argmin())
    return Alignment(max(0.0, 1.0 - float(costs[last]) / len(excerpt)), int(starts[last]), last)
