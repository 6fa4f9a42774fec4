"""Near-duplicate passages of different articles (copies, reprints) become one hit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.versions import moment

SHINGLE = 5  # words
ALIKE = 0.75  # share of the shorter passage's shingles that the other holds too


def fold(hits: Sequence[Hit], limit: int) -> list[Hit]:
    """The first *limit* hits with different texts. Of the same text the newest article is shown, at the
    place of the best one; the other articles are in ``also_in``."""
    groups: list[tuple[frozenset[int], list[Hit]]] = []
    for hit in hits:
        shingles = _shingles(hit.passage.text)
        group = next((members for seen, members in groups if _alike(shingles, seen, hit, members)), None)
        if group is not None:
            group.append(hit)
        elif len(groups) < limit:
            groups.append((shingles, [hit]))
    return [_shown(members) for _, members in groups]


def _shingles(text: str) -> frozenset[int]:
    words = re.findall(r"\w+", text.lower())
    if len(words) < SHINGLE:
        return frozenset([hash(tuple(words))])
    return frozenset(map(hash, zip(*(words[at:] for at in range(SHINGLE)), strict=False)))


def _alike(shingles: frozenset[int], seen: frozenset[int], hit: Hit, members: list[Hit]) -> bool:
    if any(hit.passage.article.id == member.passage.article.id for member in members):
        return False
    return len(shingles & seen) >= ALIKE * min(len(shingles), len(seen))


def _shown(members: list[Hit]) -> Hit:
    if len(members) == 1:
        return members[0]
    newest = max(members, key=lambda hit: moment(hit.passage.article))
    others = [info for hit in members if hit is not newest for info in (hit.passage.article, *hit.also_in)]
    others += newest.also_in
    return replace(newest, score=members[0].score, also_in=tuple(_unique(others)))


def _unique(articles: Iterable[ArticleInfo]) -> list[ArticleInfo]:
    return list({info.id: info for info in articles}.values())
