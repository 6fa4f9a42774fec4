"""Lexical overlap of passages with a question: its words, their adjacent pairs, and their proximity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from retrieval.language_words import ENGLISH
from retrieval.passage import Passage
from retrieval.text_analysis import topic_stems

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.int64]

WINDOW_WORDS = 10  # content words
# BM25's k1, b and mean length combined: k1 * (1 - b) and k1 * b / mean length, in content words.
SATURATION, SATURATION_PER_WORD = 0.9, 0.3 / 80


@dataclass(frozen=True, slots=True)
class TermOverlap:
    """``words``: the question's stems in text or head. ``pairs``: number of its adjacent pairs of stems that
    are adjacent in the text too. ``proximity``: the greatest total weight of its stems within WINDOW_WORDS.
    ``bm25``: the weights of its stems in the text, saturated by their frequency."""

    words: frozenset[str]
    pairs: int
    proximity: float
    bm25: float


def term_overlaps(
    passages: Sequence[Passage],
    weights: Mapping[str, float],
    pairs: AbstractSet[tuple[str, str]],
    language: str = ENGLISH,
) -> list[TermOverlap]:
    """The overlap of each passage with a question of content stems with *weights* and adjacent *pairs*.

    Both are analyzed in the *language* of the question.
    """
    texts = [_text_hashes(passage.text, language) for passage in passages]
    return [
        _overlap(len(text), positions, weights, pairs, weights.keys() & _head_stems(passage.head, language))
        for passage, text, positions in zip(passages, texts, _positions(texts, weights), strict=True)
    ]


def words_found(
    passages: Sequence[Passage], words: Collection[str], language: str = ENGLISH
) -> list[frozenset[str]]:
    """Those of the content stems *words* that are in the text or the head of each passage."""
    texts = [_text_hashes(passage.text, language) for passage in passages]
    return [
        frozenset(word for _, word in positions).union(
            _head_stems(passage.head, language).intersection(words)
        )
        for passage, positions in zip(passages, _positions(texts, words), strict=True)
    ]


def _overlap(
    length: int,
    positions: Sequence[tuple[int, str]],
    weights: Mapping[str, float],
    pairs: AbstractSet[tuple[str, str]],
    in_head: AbstractSet[str],
) -> TermOverlap:
    counts = Counter(word for _, word in positions)
    half = SATURATION + SATURATION_PER_WORD * length  # count at which a word has half its weight
    adjacent = {(one, other) for (start, one), (end, other) in pairwise(positions) if end == start + 1}
    return TermOverlap(
        words=frozenset(counts) | in_head,
        pairs=len(pairs & adjacent),
        proximity=max_window_weight(positions, weights),
        bm25=sum(weights[word] * count / (count + half) for word, count in counts.items()),
    )


def _positions(texts: Sequence[Hashes], words: Collection[str]) -> list[list[tuple[int, str]]]:
    """Where each text has which of *words*: the number of the content word and the word, ascending.

    One comparison for all texts: few of their words are in the question.
    """
    found: list[list[tuple[int, str]]] = [[] for _ in texts]
    if not words or not texts:
        return found
    known = {hash(word): word for word in words}
    wanted = np.array(sorted(known), np.int64)
    content = np.concatenate(texts)
    matching = np.flatnonzero(wanted[np.searchsorted(wanted[:-1], content)] == content)
    ends = np.cumsum([len(text) for text in texts])
    owners = np.searchsorted(ends, matching, side="right")
    starts = ends - [len(text) for text in texts]
    for owner, position, word in zip(
        owners.tolist(), (matching - starts[owners]).tolist(), content[matching].tolist(), strict=True
    ):
        found[owner].append((position, known[word]))
    return found


def max_window_weight(positions: Sequence[tuple[int, str]], weights: Mapping[str, float]) -> float:
    """The greatest total weight of distinct words within WINDOW_WORDS of each other; *positions* ascend.

    >>> max_window_weight([(0, "a"), (4, "b"), (30, "a"), (31, "c")], {"a": 1, "b": 2, "c": 3})
    4.0
    """
    inside: Counter[str] = Counter()
    weight = best = 0.0
    first = 0
    for position, word in positions:
        if not inside[word]:
            weight += weights[word]
        inside[word] += 1
        while positions[first][0] < position - WINDOW_WORDS:
            leaving = positions[first][1]
            inside[leaving] -= 1
            if not inside[leaving]:
                weight -= weights[leaving]
            first += 1
        best = max(best, weight)
    return best


# Passages recur: in the parts of one question, in follow-ups, for the popular articles of a channel.
@lru_cache(maxsize=4096)
def _text_hashes(text: str, language: str) -> Hashes:
    """The content stems of a text, in order, as Python's hashes of this process: less than 1 kB."""
    found = topic_stems(text, language)
    return np.fromiter(map(hash, found), np.int64, len(found))


@lru_cache(maxsize=4096)
def _head_stems(head: str, language: str) -> frozenset[str]:
    return frozenset(topic_stems(head, language))
