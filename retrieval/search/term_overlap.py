"""What a passage holds of a question's words: which of them, which side by side, and how near together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from retrieval.passage import Passage
from retrieval.text_analysis import stems, without_stop_words

NEAR = 10  # content words from the first to the last of a run
# BM25's k1, b and mean length as one: k1 * (1 - b) and k1 * b / mean length, in content words.
SATURATION, PER_WORD = 0.9, 0.3 / 80


@dataclass(frozen=True, slots=True)
class TermOverlap:
    """``words``: the question's stems in text or head. ``pairs``: how many of its neighbouring pairs are
    neighbours in the text too. ``together``: the greatest weight of its words that stand near together.
    ``often``: the weight of its words in the text, each the fuller the oftener it stands there (BM25)."""

    words: frozenset[str]
    pairs: int
    together: float
    often: float


def term_overlap(
    passage: Passage, weights: Mapping[str, float], pairs: AbstractSet[tuple[str, str]]
) -> TermOverlap:
    """What *passage* holds of a question whose content stems have *weights* and are neighbours in *pairs*."""
    content = _content(passage.text)
    places = [(at, word) for at, word in enumerate(content) if word in weights]
    counts = Counter(word for _, word in places)
    half = SATURATION + PER_WORD * len(content)  # a word that stands so often counts for half
    side_by_side = {(one, two) for (at, one), (then, two) in pairwise(places) if then == at + 1}
    return TermOverlap(
        words=frozenset(counts) | (weights.keys() & _of_head(passage.head)),
        pairs=len(pairs & side_by_side),
        together=adjacent_pairs(places, weights),
        often=sum(weights[word] * count / (count + half) for word, count in counts.items()),
    )


def overlap_of_stems(passage: Passage) -> frozenset[str]:
    """The content stems of a passage's head and text."""
    return _of_head(passage.head).union(_content(passage.text))


def adjacent_pairs(places: Sequence[tuple[int, str]], weights: Mapping[str, float]) -> float:
    """The greatest weight of the different words within NEAR places; *places* grow.

    >>> adjacent_pairs([(0, "a"), (4, "b"), (30, "a"), (31, "c")], {"a": 1, "b": 2, "c": 3})
    4.0
    """
    inside: Counter[str] = Counter()
    weight = best = 0.0
    first = 0
    for at, word in places:
        if not inside[word]:
            weight += weights[word]
        inside[word] += 1
        while places[first][0] < at - NEAR:
            left = places[first][1]
            inside[left] -= 1
            if not inside[left]:
                weight -= weights[left]
            first += 1
        best = max(best, weight)
    return best


# Passages come again: in the parts of one question, in follow-ups, for the popular articles of a channel.
@lru_cache(maxsize=1024)
def _content(text: str) -> tuple[str, ...]:
    """The stems of a text in their order, without stop words."""
    return tuple(without_stop_words(stems(text)))


@lru_cache(maxsize=4096)
def _of_head(head: str) -> frozenset[str]:
    return frozenset(without_stop_words(stems(head)))
