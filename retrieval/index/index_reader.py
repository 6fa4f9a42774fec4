"""The read side of an index: one whole generation, open for searching and reading, safe for threads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from retrieval.article import ArticleInfo
from retrieval.errors import IndexFailure, IndexMismatch
from retrieval.hit import Filters
from retrieval.index.catalogue import Catalogue
from retrieval.index.file_state import FileState, FileStates, ReadFailure
from retrieval.index.generation_state import CHROMA, REACH, read_state
from retrieval.index.generations import Generations, Lease, damage
from retrieval.index.lexical_index import LexicalIndex
from retrieval.index.nearest_neighbours import ChromaGraph, DenseSearch
from retrieval.index.read_only_lexical import open_lexical
from retrieval.index.related_articles import RelatedArticles
from retrieval.index.vector_matrix import VectorMatrix
from retrieval.index.vector_store import VectorStore
from retrieval.passage import Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]
    Vectors = NDArray[np.float32]

_MEND = "Run `footnote sync`: it mends the index, and embeds again only what it must."


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What an index holds and what made it. Days are "2021-03-18"; ``synced_at`` is ISO 8601, UTC.

    ``publishers`` are (name, articles), most articles first.
    """

    generation: int
    articles: int
    passages: int
    first_date: str | None
    last_date: str | None
    synced_at: str
    fingerprint: str
    publishers: tuple[tuple[str, int], ...]
    failed: tuple[ReadFailure, ...]


class GenerationWatch(Protocol):
    """Notices when a shared index has a newer generation than the replica that was opened."""

    @property
    def outdated(self) -> bool:
        """Whether the server has a newer generation."""

    def close(self) -> None:
        """Stop watching."""


class SharedSource(Protocol):
    """The shared index that the local folder is a replica of; `retrieval.sync.replica_watch` has one."""

    def bring_up(self, generations: Generations) -> None:
        """Fetch the current generation into the local folder. Raises IndexFailure."""

    def store(self) -> VectorStore:
        """Open the shared vector store. Raises IndexFailure."""

    def watch(self, version: str) -> GenerationWatch:
        """Watch for generations newer than *version*."""


class Index:
    """One generation. It stays as it is, and on the disk, until ``close``."""

    def __init__(self, generations: Generations, lease: Lease, stamp: tuple[int, int]) -> None:
        self.generation = lease.current.generation
        self._generations, self._lease, self._stamp = generations, lease, stamp
        self.catalogue = Catalogue(lease.folder / "catalogue.sqlite")
        self.matrix = VectorMatrix(lease.folder)
        self._closers: list[Callable[[], None]] = []
        state = read_state(lease.folder)
        self._reach = state.reach if state else 1.0
        self._graph = ChromaGraph(lambda: VectorStore.open(lease.folder / CHROMA))
        self._watch: GenerationWatch | None = None
        self._allowed: dict[Filters, Rows] = {}
        self.lexical: LexicalIndex = open_lexical(lease.folder / "tantivy", self._closers)

    @classmethod
    def open(cls, folder: Path, fingerprint: str, shared: SharedSource | None = None) -> Index:
        """The current generation; of a *shared* index the newest one, fetched first.

        Raises IndexMissing, IndexMismatch, IndexFailure.
        """
        generations = Generations(folder)
        if shared:
            shared.bring_up(generations)
        stamp = generations.stamp()
        lease = generations.lease()
        try:
            if lease.current.fingerprint != fingerprint:
                raise IndexMismatch(
                    f"The index in {folder} was made by another embedding model or other passage rules."
                )
            cut = [name for name in damage(lease.folder) if not name.startswith("chroma/")]
            if cut:
                raise IndexFailure(f"The index in {folder} is damaged: {cut[0]} is cut short.", _MEND)
            index = cls(generations, lease, stamp)
        except BaseException:
            lease.release()
            raise
        if shared:
            index._join(shared)
        return index

    def _join(self, shared: SharedSource) -> None:
        """Be a replica: follow the server's generations, and ask its graph when the index is large."""
        self._graph = ChromaGraph(shared.store)
        self._watch = shared.watch(self._lease.current.server)
        self._closers.append(self._watch.close)

    @property
    def folder(self) -> Path:
        """Where the generation is."""
        return self._lease.folder

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def is_current(self) -> bool:
        """Whether no newer generation is there. One stat."""
        if self._watch is not None and self._watch.outdated:
            return False
        stamp = self._generations.stamp()
        if stamp == self._stamp:
            return True
        current = self._generations.current()
        if current is None or current.generation != self.generation:
            return False
        self._stamp = stamp
        return True

    def nearest(self, vector: Vectors, limit: int, filters: Filters | None = None) -> list[tuple[str, float]]:
        """Ids and cosines of the *limit* allowed passages nearest to *vector* (length 1), best first.

        Fewer only when fewer are allowed. Exact, unless the index and what is allowed are large.
        """
        rows = self.allowed(filters) if filters else None
        graph = self._graph if self._reach >= REACH else None
        return DenseSearch(self.matrix, self.catalogue, graph).nearest(vector, limit, rows)

    def allowed(self, filters: Filters) -> Rows:
        """The rows (of ``VectorMatrix``) of the passages whose articles pass, growing."""
        if filters not in self._allowed:
            accepted = [key for key, info in self._articles.items() if filters.accept(info)]
            size = 1 + max(self._articles, default=0)
            is_accepted = np.zeros(size, bool)
            is_accepted[accepted] = True
            if len(self._allowed) > 32:
                self._allowed.clear()
            self._allowed[filters] = np.flatnonzero(is_accepted[self.matrix.article_keys])
        return self._allowed[filters]

    @cached_property
    def _articles(self) -> dict[int, ArticleInfo]:
        return self.catalogue.articles_by_key()

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Passages by id; unknown ids are passed over."""
        return self.catalogue.passages(ids, self._articles)

    def article_passages(self, article_id: str) -> list[Passage]:
        """The passages of an article in the order of its text."""
        return self.catalogue.article_passages(article_id)

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The vectors of passages, which must be in the index: (ids, dimension), rows of length 1."""
        keys = self.catalogue.keys(ids)
        if len(keys) < len(set(ids)):
            raise IndexFailure("Some passages are not in the index.")
        return np.array(self.matrix.vectors[self.matrix.rows([keys[each] for each in ids])])

    def articles(self) -> list[ArticleInfo]:
        """All articles, by path and place in their file."""
        return list(self._articles.values())

    def article(self, article_id: str) -> ArticleInfo | None:
        """What is known about an article; None when it is not in the index."""
        return self.catalogue.article(article_id)

    def status(self) -> IndexStatus:
        """What is in it and what made it."""
        current = self._lease.current
        articles, passages = self.catalogue.count()
        days = sorted(day for info in self._articles.values() if (day := info.date))
        publishers = Counter(info.publisher for info in self._articles.values() if info.publisher)
        return IndexStatus(
            generation=self.generation,
            articles=articles,
            passages=passages,
            first_date=days[0] if days else None,
            last_date=days[-1] if days else None,
            synced_at=current.synced_at,
            fingerprint=current.fingerprint,
            publishers=tuple(sorted(publishers.items(), key=lambda pair: (-pair[1], pair[0]))),
            failed=FileStates(self._lease.folder).failures(),
        )

    def notes(self) -> dict[str, FileState]:
        """How the files were when they were last read, by path."""
        return FileStates(self.folder).notes()

    @cached_property
    def publishers(self) -> tuple[str, ...]:
        """The names of the publishers of its articles, sorted."""
        return tuple(sorted({info.publisher for info in self._articles.values() if info.publisher}))

    @cached_property
    def related_articles(self) -> RelatedArticles:
        """Which of its articles are versions or copies of one another."""
        return RelatedArticles(self.catalogue, self._articles)

    def warm(self) -> None:
        """Load what the first question would wait for."""
        if len(self.matrix):
            self.nearest(np.array(self.matrix.vectors[0]), 1)

    def close(self) -> None:
        """Let go of the generation; the writer may delete it now."""
        self._graph.close()
        for close in reversed(self._closers):
            close()
        self._closers.clear()
        self.lexical.close()
        self.catalogue.close()
        self._lease.release()
