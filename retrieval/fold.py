"""Near-duplicate passages of different articles (copies, reprints) become one hit; old versions give way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from retrieval.article import ArticleInfo
from retrieval.hit import Hit

SHINGLE = 5  # words
ALIKE = 0.75  # share of the shorter passage's shingles that the other holds too


def fold(hits: Sequence[Hit], limit: int) -> list[Hit]:
    """The first *limit* hits with different texts. Of the same text the newest article is shown, at the
    place of the best one; the other articles are in ``also_in``. Of the versions of a story (articles of
    one url with different dates) only the newest that was found is shown."""
    groups: list[tuple[frozenset[int], list[Hit]]] = []
    for hit in _newest_versions(hits):
        shingles = _shingles(hit.passage.text)
        group = next((members for seen, members in groups if _alike(shingles, seen, hit, members)), None)
        if group is not None:
            group.append(hit)
        elif len(groups) < limit:
            groups.append((shingles, [hit]))
    return [_shown(members) for _, members in groups]


def _shingles(text: str) -> frozenset[int]:
    words = re.findall(r"\w+", text.lower())
    return frozenset(hash(tuple(words[at : at + SHINGLE])) for at in range(max(1, len(words) - SHINGLE + 1)))


def _alike(shingles: frozenset[int], seen: frozenset[int], hit: Hit, members: list[Hit]) -> bool:
    if any(hit.passage.article.id == member.passage.article.id for member in members):
        return False
    return len(shingles & seen) >= ALIKE * min(len(shingles), len(seen))


def _newest_versions(hits: Sequence[Hit]) -> list[Hit]:
    """The hits without those of articles whose later version is among them, which names them."""
    versions: dict[str, dict[str, ArticleInfo]] = {}
    for hit in hits:
        info = hit.passage.article
        if info.url and _stamp(info):
            versions.setdefault(info.url, {})[info.id] = info
    older: dict[str, tuple[ArticleInfo, ...]] = {}  # id of the newest version -> those before it
    for found in versions.values():
        newest = max(found.values(), key=_stamp)
        older[newest.id] = tuple(info for info in found.values() if _stamp(info) < _stamp(newest))
    gone = {info.id for infos in older.values() for info in infos}
    kept = [hit for hit in hits if hit.passage.article.id not in gone]
    if not gone:
        return kept
    return [replace(hit, also_in=(*hit.also_in, *older.get(hit.passage.article.id, ()))) for hit in kept]


def _stamp(info: ArticleInfo) -> str:
    return info.updated or info.published or ""


def _shown(members: list[Hit]) -> Hit:
    if len(members) == 1:
        return members[0]
    newest = max(members, key=lambda hit: hit.passage.article.date or "")
    others = [info for hit in members if hit is not newest for info in (hit.passage.article, *hit.also_in)]
    others += newest.also_in
    return replace(newest, score=members[0].score, also_in=tuple(_unique(others)))


def _unique(articles: Iterable[ArticleInfo]) -> list[ArticleInfo]:
    return list({info.id: info for info in articles}.values())
