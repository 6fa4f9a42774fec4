"""Embeds new passages; in a first sync, also publishes those embedded so far, for questions meanwhile.

A part is a generation of all articles whose passages have vectors, those with the newest dates first. It has
no Chroma database, and nothing is built from it: ``building`` is completed as it would be without parts.
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from retrieval.errors import IndexFailure
from retrieval.index.catalogue import Catalogue
from retrieval.index.generation_state import CATALOGUE
from retrieval.sync.catalogue_writer import copy_articles
from retrieval.sync.next_generation import NextGeneration
from retrieval.sync.store_writer import write_searched
from retrieval.sync.vector_source import VectorSource, embed_missing

if TYPE_CHECKING:
    from retrieval.index.generations import Generations
    from retrieval.models.embeddings import FootnoteEmbeddings
    from retrieval.sync.sync_progress import ProgressReporter

FIRST_PART_SECONDS = 4.0  # after the start of a sync; the time to the next part doubles each time


class Embedding:
    """Embeds the passages of the next generation; ``count`` so far. *generations*: publish parts there."""

    def __init__(
        self,
        building: NextGeneration,
        make_embeddings: Callable[[], FootnoteEmbeddings],
        reporter: ProgressReporter,
        generations: Generations | None,
    ) -> None:
        self.count = 0
        self._building = building
        self._make_embeddings = make_embeddings
        self._reporter = reporter
        self._generations = generations
        self._interval = FIRST_PART_SECONDS if generations else math.inf
        self._due = time.monotonic() + self._interval

    @property
    def is_part_due(self) -> bool:
        """True if reading should pause for a part."""
        return time.monotonic() >= self._due

    def embed(self, unread: int = 0) -> None:
        """Embed what is recorded; while files are *unread*, only until the next part is published."""
        keys = VectorSource(self._building).missing()
        if not keys and not unread:
            return
        if self._generations:
            keys = _newest_first(self._building, keys)
        if unread:
            self._due = time.monotonic() + self._interval
        done = self._reporter.stage("embedding")
        embedded, started = self.count, time.monotonic()
        for number in embed_missing(self._building, keys, self._make_embeddings()):
            self.count = embedded + number
            done(number, len(keys))
            seconds_left = (time.monotonic() - started) / max(number, 1) * (len(keys) - number)
            is_worth_it = bool(unread) or seconds_left > FIRST_PART_SECONDS
            if (number or not keys) and is_worth_it and (self.is_part_due or number == len(keys)):
                self._publish(unread)
                if unread:
                    return

    def _publish(self, unread: int) -> None:
        """Publish a part, unless it cannot be written: the sync itself might still succeed."""
        assert self._generations is not None
        try:
            part = publish_part(self._generations, self._building, unread)
            self._reporter.searchable = part or self._reporter.searchable
            self._interval *= 2
        except (IndexFailure, OSError):
            shutil.rmtree(self._generations.part, ignore_errors=True)
            self._interval = math.inf
        self._due = time.monotonic() + self._interval


def publish_part(generations: Generations, building: NextGeneration, unread: int) -> int:
    """Publish the articles of *building* whose passages all have vectors, and return their number.

    *unread* files are still to be read. Publishes nothing if no article is ready or all are. Raises
    IndexFailure, OSError.
    """
    embedded = building.journal.hashes()
    articles = {row[0] for row in building.catalogue.query("SELECT key FROM articles")}
    rows = building.catalogue.query("SELECT article, hash FROM passages")
    ready = articles - {article for article, text_digest in rows if text_digest not in embedded}
    pending = len(articles) - len(ready) + unread
    if not ready or not pending:
        return 0
    shutil.rmtree(generations.part, ignore_errors=True)
    generations.part.mkdir()
    Catalogue.create(generations.part / CATALOGUE).close()
    with closing(NextGeneration(generations.part, building.state, None, building.journal)) as part:
        copy_articles(building.catalogue, part.catalogue, sorted(ready))
        part.assign_unique_ids()
        write_searched(part)
    generations.publish(building.state.fingerprint, pending=pending)
    return len(ready)


def _newest_first(building: NextGeneration, keys: list[int]) -> list[int]:
    """The keys of passages by the dates of their articles, or of the files of those without a date."""
    states, infos = building.file_states.load(), building.catalogue.articles_by_key()
    changed = {path: state.mtime_ns for path, state in states.items()}
    rank = {key: (info.date or "", changed.get(info.path, 0)) for key, info in infos.items()}
    article_of = dict(building.catalogue.query("SELECT key, article FROM passages"))
    return sorted(keys, key=lambda key: rank[article_of[key]], reverse=True)
