"""Merges near-duplicate passages of different articles (copies, reprints) into one hit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from retrieval.hit import Hit
from retrieval.language_words import ENGLISH
from retrieval.search.term_overlap import content_words
from retrieval.similarity.story_versions import version_time

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHINGLE_WORDS = 4  # content words: about seven words
# Share of the shorter passage's shingles that the other contains. Reprints share more; passages that start
# with the same newsletter introduction and go on with different news share less.
MIN_SHARED_SHINGLES = 0.85
_FACTOR = 6364136223846793005  # of Knuth's generator MMIX: spreads the hashes of words over 64 bits
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")


def deduplicate(hits: Sequence[Hit], limit: int, language: str = ENGLISH) -> list[Hit]:
    """The first *limit* hits with different texts, compared as words of *language*.

    Copies are shown as the newest article, at the rank of the best one, with the others in ``also_in``. A
    passage with a figure that would not be shown is kept apart, so that the difference stays visible.
    """
    groups: list[list[_Fingerprint]] = []
    grouped: set[int] = set()  # the shingles of the groups' first members
    shortest = 0  # number of shingles of one of them
    texts = content_words([hit.passage.text for hit in hits], language)
    for hit, words in zip(hits, texts, strict=True):
        fingerprint = _Fingerprint(hit, _shingles(words.astype(np.uint64)))
        shared, least = len(fingerprint.shingles & grouped), min(shortest, len(fingerprint.shingles))
        can_be_copy = 0 < MIN_SHARED_SHINGLES * least <= shared
        group = (
            next((group for group in groups if fingerprint.belongs_to(group)), None) if can_be_copy else None
        )
        if group is not None:
            group.append(fingerprint)
        elif len(groups) < limit:
            groups.append([fingerprint])
            grouped |= fingerprint.shingles
            shortest = min(len(group[0].shingles) for group in groups)
    return [_merge([fingerprint.hit for fingerprint in group]) for group in groups]


@dataclass(frozen=True)
class _Fingerprint:
    """A hit with the hashes of its word shingles."""

    hit: Hit
    shingles: frozenset[int]

    @cached_property
    def figures(self) -> frozenset[str]:
        """The figures in its text."""
        return frozenset(_FIGURE.findall(self.hit.passage.text))

    def belongs_to(self, group: Sequence[_Fingerprint]) -> bool:
        """True if this is a copy of the group's hits, and the hit shown for all would contain all figures."""
        if any(self.hit.passage.article.id == member.hit.passage.article.id for member in group):
            return False
        first = group[0].shingles
        if len(self.shingles & first) < MIN_SHARED_SHINGLES * min(len(self.shingles), len(first)):
            return False
        members = [*group, self]
        newest = _newest([member.hit for member in members])
        shown = next(member for member in members if member.hit is newest)
        return all(member.figures <= shown.figures for member in members)


def _shingles(words: NDArray[np.uint64]) -> frozenset[int]:
    """The hashes of the runs of SHINGLE_WORDS content words; of the whole text if it has fewer."""
    count = len(words) - SHINGLE_WORDS + 1
    if count < 1:
        return frozenset([hash(tuple(words.tolist()))])
    shingles = words[:count]
    for start in range(1, SHINGLE_WORDS):
        shingles = shingles * _FACTOR + words[start : start + count]
    return frozenset(shingles.tolist())


def _merge(copies: list[Hit]) -> Hit:
    if len(copies) == 1:
        return copies[0]
    newest = _newest(copies)
    others = [info for hit in copies if hit is not newest for info in (hit.passage.article, *hit.also_in)]
    others += newest.also_in
    return replace(newest, score=copies[0].score, also_in=tuple({info.id: info for info in others}.values()))


def _newest(hits: Sequence[Hit]) -> Hit:
    return max(hits, key=lambda hit: version_time(hit.passage.article))
