"""Near-duplicate passages of different articles (copies, reprints) become one hit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.similarity.story_versions import version_time

SHINGLE = 5  # words
ALIKE = 0.85  # share of the shorter passage's shingles that the other holds too: reprints hold more, and
# passages of one newsletter's opening with other news behind it less
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")


def deduplicate(hits: Sequence[Hit], limit: int) -> list[Hit]:
    """The first *limit* hits with different texts. Of the same text the newest article is shown, at the
    place of the best one; the other articles are in ``also_in``. What gives a figure that would not be shown
    is no copy: what differs is to be seen."""
    groups: list[list[_Read]] = []
    for hit in hits:
        read = _Read(hit, _shingles(hit.passage.text), frozenset(_FIGURE.findall(hit.passage.text)))
        group = next((group for group in groups if read.joins(group)), None)
        if group is not None:
            group.append(read)
        elif len(groups) < limit:
            groups.append([read])
    return [_shown([read.hit for read in group]) for group in groups]


@dataclass(frozen=True, slots=True)
class _Read:
    """A hit with what tells texts apart: runs of SHINGLE words, and figures."""

    hit: Hit
    shingles: frozenset[int]
    figures: frozenset[str]

    def joins(self, group: Sequence[_Read]) -> bool:
        """Whether it is a copy of a group's hits, and what would be shown of them gives all their figures."""
        seen = group[0].shingles
        if len(self.shingles & seen) < ALIKE * min(len(self.shingles), len(seen)):
            return False
        if any(self.hit.passage.article.id == other.hit.passage.article.id for other in group):
            return False
        together = [*group, self]
        newest = _newest([each.hit for each in together])
        shown = next(each for each in together if each.hit is newest)
        return all(each.figures <= shown.figures for each in together)


def _shingles(text: str) -> frozenset[int]:
    words = re.findall(r"\w+", text.lower())
    if len(words) < SHINGLE:
        return frozenset([hash(tuple(words))])
    return frozenset(map(hash, zip(*(words[at:] for at in range(SHINGLE)), strict=False)))


def _shown(members: list[Hit]) -> Hit:
    if len(members) == 1:
        return members[0]
    newest = _newest(members)
    others = [info for hit in members if hit is not newest for info in (hit.passage.article, *hit.also_in)]
    others += newest.also_in
    return replace(newest, score=members[0].score, also_in=tuple(_unique(others)))


def _newest(hits: Sequence[Hit]) -> Hit:
    return max(hits, key=lambda hit: version_time(hit.passage.article))


def _unique(articles: Iterable[ArticleInfo]) -> list[ArticleInfo]:
    return list({info.id: info for info in articles}.values())
