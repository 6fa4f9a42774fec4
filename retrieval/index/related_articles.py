"""Versions and copies among the articles of a catalogue, stored in the catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from retrieval.article import ArticleInfo
from retrieval.hit import Filters, Hit
from retrieval.passage import Passage
from retrieval.similarity.shingles import containment, sketch
from retrieval.similarity.story_versions import StoryArticle, relate, version_time

if TYPE_CHECKING:
    from retrieval.index.catalogue import Catalogue
    from retrieval.similarity.shingles import Sketch

_TABLE = """
CREATE TABLE IF NOT EXISTS kinship (
    article INTEGER PRIMARY KEY,
    passages INTEGER NOT NULL, last INTEGER NOT NULL,  -- their number and highest key when sketched
    sketch BLOB NOT NULL,
    newer INTEGER,  -- key of a later version
    story INTEGER   -- the same number for versions and copies of one story
)"""
_MIN_OVERLAP = 0.6  # share of a passage that an article must contain to be listed as a copy


def update_related_articles(catalogue: Catalogue) -> None:
    """Update the versions and copies in a catalogue to its articles; only new articles are sketched."""
    with catalogue.connection() as connection:
        connection.execute(_TABLE)
        connection.execute("DELETE FROM kinship WHERE article NOT IN (SELECT article FROM passages)")
        new = connection.execute(
            "SELECT p.article, count(*), max(p.key) FROM passages p GROUP BY p.article "
            "EXCEPT SELECT article, passages, last FROM kinship"
        ).fetchall()
        texts = "SELECT text FROM passages WHERE article = ? ORDER BY start"
        insert = "INSERT OR REPLACE INTO kinship (article, passages, last, sketch) VALUES (?, ?, ?, ?)"
        for key, count, last in new:
            text = "\n".join(row[0] for row in connection.execute(texts, (key,)))
            connection.execute(insert, (key, count, last, sketch(text).tobytes()))
        infos = catalogue.articles_by_key()
        rows = connection.execute("SELECT article, sketch FROM kinship").fetchall()
        relations = relate([StoryArticle(key, infos[key], _sketch(blob)) for key, blob in rows])
        connection.execute("UPDATE kinship SET newer = NULL, story = NULL WHERE story IS NOT NULL")
        connection.executemany(
            "UPDATE kinship SET newer = ?, story = ? WHERE article = ?",
            [(relations.newer.get(key), story, key) for key, story in relations.stories.items()],
        )
        connection.commit()


def _sketch(blob: bytes) -> Sketch:
    return np.frombuffer(blob, np.uint32)


class RelatedArticles:
    """The later versions and copies of articles, for readers. Thread-safe."""

    def __init__(self, catalogue: Catalogue, articles: Mapping[int, ArticleInfo]) -> None:
        self._catalogue = catalogue
        self._keys: dict[str, int] = {}
        self._stories: dict[str, list[ArticleInfo]] = {}  # id -> all articles of its story
        self._versions: dict[str, list[ArticleInfo]] = {}  # id -> all its versions, earliest first
        rows = _stored_relations(catalogue)
        stories: dict[int, list[ArticleInfo]] = defaultdict(list)
        for key, _, story in rows:
            stories[story].append(articles[key])
            self._keys[articles[key].id] = key
        for infos in stories.values():
            self._stories.update((info.id, infos) for info in infos)
        for key, newer, _ in rows:
            if newer is not None:
                self._link(articles[key], articles[newer])
        for versions in self._versions.values():
            versions.sort(key=version_time)

    def _link(self, earlier: ArticleInfo, later: ArticleInfo) -> None:
        ours = self._versions.get(earlier.id, [earlier])
        theirs = self._versions.get(later.id, [later])
        if ours is not theirs:
            ours += theirs
            self._versions.update((info.id, ours) for info in ours)

    def current(self, passages: Mapping[str, Passage], filters: Filters, as_of: date) -> dict[str, Passage]:
        """Drop the passages of articles that have a later version which passes *filters* and was published
        by the date *as_of*."""
        if not self._versions:
            return dict(passages)
        return {
            key: passage
            for key, passage in passages.items()
            if passage.article.id not in self._versions
            or self._newest(passage.article, filters, as_of).id == passage.article.id
        }

    def _newest(self, info: ArticleInfo, filters: Filters, as_of: date) -> ArticleInfo:
        versions = [version for version in self._versions.get(info.id, ()) if filters.accept(version)]
        published = [version for version in versions if version_time(version)[0][:10] <= as_of.isoformat()]
        return (published or versions or [info])[-1]

    def attach_related(self, hits: Sequence[Hit], within: Filters | None) -> list[Hit]:
        """The hits, each with the earlier versions of its article and the copies that contain its passage,
        of those that pass *within*."""
        return [
            self._with_related(hit, within or Filters()) if hit.passage.article.id in self._stories else hit
            for hit in hits
        ]

    def _with_related(self, hit: Hit, within: Filters) -> Hit:
        info = hit.passage.article
        listed = {info.id, *(other.id for other in hit.also_in)}
        versions = self._versions.get(info.id, [info])
        earlier = versions[: versions.index(info)]
        passage_sketch = sketch(hit.passage.text)
        copies = [
            other
            for other in self._stories[info.id]
            if other.id not in listed
            and other not in versions
            and within.accept(other)
            and containment(passage_sketch, self._sketch(other)) >= _MIN_OVERLAP
        ]
        unlisted = [v for v in earlier if v.id not in listed and within.accept(v)]
        ids = frozenset(version.id for version in earlier)
        return replace(hit, also_in=(*hit.also_in, *unlisted, *copies), earlier=ids)

    def _sketch(self, info: ArticleInfo) -> Sketch:
        query = "SELECT sketch FROM kinship WHERE article = ?"
        return _sketch(self._catalogue.query(query, self._keys[info.id])[0][0])


def _stored_relations(catalogue: Catalogue) -> list[tuple[int, int | None, int]]:
    """(article, newer, story) of all articles with a story; none if an older Footnote built the catalogue."""
    if not catalogue.query("SELECT 1 FROM sqlite_master WHERE name = 'kinship'"):
        return []
    return [
        (key, newer, story)
        for key, newer, story in catalogue.query(
            "SELECT article, newer, story FROM kinship WHERE story IS NOT NULL"
        )
    ]
