"""Lexical overlap of passages with a question: its words, their adjacent pairs, and their proximity.

All passages are compared in one pass over numpy arrays: a question has about a hundred candidates.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrieval.language_words import ENGLISH
from retrieval.passage import Passage
from retrieval.text_analysis import recent_content_hashes, word_hashes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint32]

WINDOW_WORDS = 10  # content words
# BM25's k1, b and mean length combined: k1 * (1 - b) and k1 * b / mean length, in content words.
SATURATION, SATURATION_PER_WORD = 0.9, 0.3 / 80
_FILTER_BITS = 16


@dataclass(frozen=True, slots=True)
class TermOverlaps:
    """The overlap of n passages with a question; all arrays have a row per passage.

    ``words`` (n, words): which of the question's stems are in text or head. ``pairs`` (n,): number of its
    adjacent pairs of stems that are adjacent in the text too. ``proximity`` (n,): the greatest total weight
    of its stems within WINDOW_WORDS. ``bm25`` (n,): the weights of its stems in the text, saturated by their
    frequency.
    """

    words: NDArray[np.bool_]
    pairs: NDArray[np.int64]
    proximity: NDArray[np.float64]
    bm25: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Occurrences:
    """Where texts contain words, ascending: number of the text, of the word, and ``places`` among the content
    words of all texts in a row."""

    texts: NDArray[np.int64]
    words: NDArray[np.int64]
    places: NDArray[np.int64]


def term_overlaps(
    passages: Sequence[Passage],
    weights: Mapping[str, float],
    pairs: AbstractSet[tuple[str, str]],
    language: str = ENGLISH,
) -> TermOverlaps:
    """The overlap of each passage with a question of content stems with *weights* and adjacent *pairs*.

    Both are analyzed in the *language* of the question.
    """
    texts = content_words([passage.text for passage in passages], language)
    shape = len(texts), len(weights)
    found = _occurrences(texts, weights)
    values = np.fromiter(weights.values(), np.float64, len(weights))
    counts = np.bincount(found.texts * shape[1] + found.words, minlength=shape[0] * shape[1]).reshape(shape)
    lengths = np.array([len(text) for text in texts], np.float64)
    half = SATURATION + SATURATION_PER_WORD * lengths  # count at which a word has half its weight
    return TermOverlaps(
        words=(counts > 0) | _in_heads(passages, weights, language),
        pairs=_count_pairs(found, list(weights), pairs, len(texts)),
        proximity=_max_window_weights(found, values, len(texts)),
        bm25=(counts / (counts + half[:, None])) @ values,
    )


def words_found(
    passages: Sequence[Passage], words: Collection[str], language: str = ENGLISH
) -> NDArray[np.bool_]:
    """(passages, words): which of the content stems *words* are in the text or the head of each passage."""
    in_texts = _contained(content_words([passage.text for passage in passages], language), words)
    return in_texts | _in_heads(passages, words, language)


def _in_heads(passages: Sequence[Passage], words: Collection[str], language: str) -> NDArray[np.bool_]:
    return _contained(content_words([passage.head for passage in passages], language), words)


def _contained(texts: Sequence[Hashes], words: Collection[str]) -> NDArray[np.bool_]:
    found = _occurrences(texts, words)
    contained = np.zeros((len(texts), len(words)), bool)
    contained[found.texts, found.words] = True
    return contained


def _occurrences(texts: Sequence[Hashes], words: Collection[str]) -> _Occurrences:
    if not words or not texts:
        return _Occurrences(*np.empty((3, 0), np.int64))
    wanted = np.frombuffer(word_hashes(words), np.uint32)
    content = np.concatenate(texts)
    # Few words of the texts are in the question: a table of the last bits leaves out nearly all others.
    mask = (1 << _FILTER_BITS) - 1
    is_possible = np.zeros(mask + 1, bool)
    is_possible[wanted & mask] = True
    places = np.flatnonzero(is_possible[content & mask])
    order = np.argsort(wanted)
    numbers = order[np.searchsorted(wanted[order][:-1], content[places])]
    is_wanted = wanted[numbers] == content[places]
    places, numbers = places[is_wanted], numbers[is_wanted]
    ends = np.cumsum([len(text) for text in texts])
    return _Occurrences(np.searchsorted(ends, places, side="right"), numbers, places)


def _count_pairs(
    found: _Occurrences, words: Sequence[str], pairs: AbstractSet[tuple[str, str]], texts: int
) -> NDArray[np.int64]:
    """The number of different *pairs* of words that are adjacent in each text."""
    number_of = {word: number for number, word in enumerate(words)}
    numbers = np.full((len(words), len(words)), -1)
    for number, (one, other) in enumerate(pairs):
        if one in number_of and other in number_of:
            numbers[number_of[one], number_of[other]] = number
    adjacent = (found.places[1:] == found.places[:-1] + 1) & (found.texts[1:] == found.texts[:-1])
    pair = np.where(adjacent, numbers[found.words[:-1], found.words[1:]], -1)
    contained = np.zeros((texts, len(pairs)), bool)
    contained[found.texts[1:][pair >= 0], pair[pair >= 0]] = True
    counts: NDArray[np.int64] = contained.sum(axis=1)
    return counts


def _max_window_weights(found: _Occurrences, weights: NDArray[np.float64], texts: int) -> NDArray[np.float64]:
    """The greatest total weight of different words within WINDOW_WORDS of each other, in each text."""
    places = found.places + found.texts * (WINDOW_WORDS + 1)  # no window extends over two texts
    last = np.full((len(places), len(weights)), -WINDOW_WORDS - 1)  # of each word, up to each occurrence
    last[np.arange(len(places)), found.words] = places
    np.maximum.accumulate(last, axis=0, out=last)
    is_near = last >= (places - WINDOW_WORDS)[:, None]
    greatest = np.zeros(texts)
    np.maximum.at(greatest, found.texts, is_near @ weights)
    return greatest


def content_words(texts: Sequence[str], language: str) -> list[Hashes]:
    """The hashes of the content stems of each text, in order."""
    found = recent_content_hashes(language).get(texts)
    return [np.frombuffer(found[text], np.uint32) for text in texts]
