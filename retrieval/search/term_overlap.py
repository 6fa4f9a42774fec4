"""Lexical overlap of a passage with a question: its words, their adjacent pairs, and their proximity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from retrieval.language_words import ENGLISH
from retrieval.passage import Passage
from retrieval.text_analysis import topic_stems

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


def term_overlap(
    passage: Passage,
    weights: Mapping[str, float],
    pairs: AbstractSet[tuple[str, str]],
    language: str = ENGLISH,
) -> TermOverlap:
    """The overlap of *passage* with a question of content stems with *weights* and adjacent *pairs*.

    Both are analyzed in the *language* of the question.
    """
    content = _text_stems(passage.text, language)
    positions = [(position, word) for position, word in enumerate(content) if word in weights]
    counts = Counter(word for _, word in positions)
    half = SATURATION + SATURATION_PER_WORD * len(content)  # count at which a word has half its weight
    adjacent = {(one, other) for (start, one), (end, other) in pairwise(positions) if end == start + 1}
    return TermOverlap(
        words=frozenset(counts) | (weights.keys() & _head_stems(passage.head, language)),
        pairs=len(pairs & adjacent),
        proximity=max_window_weight(positions, weights),
        bm25=sum(weights[word] * count / (count + half) for word, count in counts.items()),
    )


def passage_stems(passage: Passage, language: str = ENGLISH) -> frozenset[str]:
    """The content stems of a passage's head and text."""
    return _head_stems(passage.head, language).union(_text_stems(passage.text, language))


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
@lru_cache(maxsize=1024)
def _text_stems(text: str, language: str) -> tuple[str, ...]:
    """The content stems of a text, in order."""
    return tuple(topic_stems(text, language))


@lru_cache(maxsize=4096)
def _head_stems(head: str, language: str) -> frozenset[str]:
    return frozenset(topic_stems(head, language))
