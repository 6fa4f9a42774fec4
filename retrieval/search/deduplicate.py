"""Merges near-duplicate passages of different articles (copies, reprints) into one hit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from retrieval.hit import Hit
from retrieval.similarity.story_versions import version_time

SHINGLE_WORDS = 5
# Share of the shorter passage's shingles that the other contains. Reprints share more; passages that start
# with the same newsletter introduction and go on with different news share less.
MIN_SHARED_SHINGLES = 0.85
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")


def deduplicate(hits: Sequence[Hit], limit: int) -> list[Hit]:
    """The first *limit* hits with different texts.

    Copies are shown as the newest article, at the rank of the best one, with the others in ``also_in``. A
    passage with a figure that would not be shown is kept apart, so that the difference stays visible.
    """
    groups: list[list[_Fingerprint]] = []
    grouped: set[int] = set()  # the shingles of the groups' first members
    for hit in hits:
        fingerprint = _Fingerprint(hit, _shingles(hit.passage.text))
        is_known = not grouped.isdisjoint(fingerprint.shingles)
        group = next((group for group in groups if fingerprint.belongs_to(group)), None) if is_known else None
        if group is not None:
            group.append(fingerprint)
        elif len(groups) < limit:
            groups.append([fingerprint])
            grouped |= fingerprint.shingles
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
        first = group[0].shingles
        if len(self.shingles & first) < MIN_SHARED_SHINGLES * min(len(self.shingles), len(first)):
            return False
        if any(self.hit.passage.article.id == member.hit.passage.article.id for member in group):
            return False
        members = [*group, self]
        newest = _newest([member.hit for member in members])
        shown = next(member for member in members if member.hit is newest)
        return all(member.figures <= shown.figures for member in members)


def _shingles(text: str) -> frozenset[int]:
    words = re.findall(r"\w+", text.lower())
    if len(words) < SHINGLE_WORDS:
        return frozenset([hash(tuple(words))])
    return frozenset(map(hash, zip(*(words[start:] for start in range(SHINGLE_WORDS)), strict=False)))


def _merge(copies: list[Hit]) -> Hit:
    if len(copies) == 1:
        return copies[0]
    newest = _newest(copies)
    others = [info for hit in copies if hit is not newest for info in (hit.passage.article, *hit.also_in)]
    others += newest.also_in
    return replace(newest, score=copies[0].score, also_in=tuple({info.id: info for info in others}.values()))


def _newest(hits: Sequence[Hit]) -> Hit:
    return max(hits, key=lambda hit: version_time(hit.passage.article))
