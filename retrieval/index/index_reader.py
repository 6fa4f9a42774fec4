"""The read side of an index: one complete generation, open for search. Thread-safe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from retrieval.article import ArticleInfo
from retrieval.errors import IndexDamaged, IndexFailure, IndexMismatch
from retrieval.hit import Filters
from retrieval.index.catalogue import MAX_CACHED, Catalogue
from retrieval.index.checksums import Verification, damaged_files, has_new_signature, signatures
from retrieval.index.file_state import FileState, FileStates
from retrieval.index.generation_state import MIN_REACH, IndexStatus, index_status, read_state
from retrieval.index.generations import Generations, Lease
from retrieval.index.lexical_index import LexicalIndex, open_lexical
from retrieval.index.nearest_neighbours import ChromaGraph, DenseSearch, open_chroma
from retrieval.index.related_articles import RelatedArticles
from retrieval.index.vector_matrix import VectorMatrix
from retrieval.index.vector_store import VectorStore
from retrieval.passage import Passage
from retrieval.recent_cache import RecentCache

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]
    Vectors = NDArray[np.float32]


class GenerationWatch(Protocol):
    """Notices when a shared index has a newer generation than the open replica."""

    @property
    def outdated(self) -> bool:
        """True if the server has a newer generation."""

    def close(self) -> None:
        """Stop watching."""


class SharedSource(Protocol):
    """The shared index that the local folder replicates; implemented in `retrieval.sync.replica_watch`."""

    def fetch_current(self, generations: Generations) -> None:
        """Fetch the current generation into the local folder. Raises IndexFailure."""

    def store(self) -> VectorStore:
        """Open the shared vector store. Raises IndexFailure."""

    def watch(self, version: str) -> GenerationWatch:
        """Watch for generations newer than *version*."""


class Index:
    """One generation, which stays unchanged on disk until ``close``."""

    def __init__(self, generations: Generations, lease: Lease, stamp: tuple[int, int]) -> None:
        self.generation = lease.current.generation
        self.pending = lease.current.pending  # articles that a first sync has still to index
        self._generations, self._lease, self._stamp = generations, lease, stamp
        self.catalogue = Catalogue(lease.folder / "catalogue.sqlite")
        self.matrix = VectorMatrix(lease.folder)
        self._closers: list[Callable[[], None]] = []
        self._reach = state.reach if (state := read_state(lease.folder)) else 1.0
        self._graph = ChromaGraph(lambda: open_chroma(lease.folder))
        self._watch: GenerationWatch | None = None
        self._allowed: dict[Filters, Rows] = {}
        self._passages = RecentCache(lambda ids: self.catalogue.passages(ids, self._articles), MAX_CACHED)
        self.lexical: LexicalIndex = open_lexical(lease.folder / "tantivy", self._closers)
        self._signatures = signatures(lease.folder)

    @classmethod
    def open(cls, folder: Path, fingerprint: str, shared: SharedSource | None = None) -> Index:
        """Open the current generation; for a *shared* index, fetch the newest one first.

        Files that were written to, and a sample of the others, are compared with their checksums first, and
        the rest in the background. Raises IndexMissing, IndexMismatch, IndexDamaged, IndexFailure.
        """
        generations = Generations(folder)
        if shared:
            shared.fetch_current(generations)
        stamp = generations.stamp()
        lease = generations.lease()
        try:
            if lease.current.fingerprint != fingerprint:
                raise IndexMismatch(
                    f"The index in {folder} was built with another embedding model or other passage rules."
                )
            verification = Verification(lease.folder)
            if damaged := damaged_files(lease.folder, chroma=False) or verification.compare_sample():
                raise IndexDamaged(folder, damaged)
            try:
                index = cls(generations, lease, stamp)
            except IndexFailure as error:  # perhaps damage that the sample missed
                verification.start()
                damaged = verification.wait()
                if damaged:
                    raise IndexDamaged(folder, damaged) from error
                raise
            index._verify_with(verification)
        except BaseException:
            lease.release()
            raise
        if shared:
            index._follow(shared)
        return index

    def _verify_with(self, verification: Verification) -> None:
        self._verification = verification
        self._closers.append(verification.close)
        verification.start()

    def verify(self) -> None:
        """Wait until all files that answers depend on are compared with their checksums.

        Raises IndexDamaged. Instant after the first call.
        """
        if damaged := self._verification.wait():
            raise IndexDamaged(self._generations.folder, damaged)

    def _follow(self, shared: SharedSource) -> None:
        """Watch the server's generations, and use its graph if the index is large."""
        self._graph = ChromaGraph(shared.store)
        self._watch = shared.watch(self._lease.current.server)
        self._closers.append(self._watch.close)

    @property
    def folder(self) -> Path:
        """The folder of the generation."""
        return self._lease.folder

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def is_current(self) -> bool:
        """True if there is no newer generation, and no file was written to. One stat per file."""
        if self._watch is not None and self._watch.outdated:
            return False
        if has_new_signature(self._signatures):
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
        """Ids and cosines of the *limit* passages nearest to *vector* (length 1), best first.

        Only passages that pass the filters; exact, unless both the index and their number are large.
        """
        rows = self.allowed(filters) if filters else None
        graph = self._graph if self._reach >= MIN_REACH else None
        return DenseSearch(self.matrix, self.catalogue, graph).nearest(vector, limit, rows)

    def allowed(self, filters: Filters) -> Rows:
        """The rows (in ``VectorMatrix``) of the passages whose articles pass the filters, ascending."""
        if filters not in self._allowed:
            accepted = [key for key, info in self._articles.items() if filters.accept(info)]
            is_accepted = np.zeros(1 + max(self._articles, default=0), bool)
            is_accepted[accepted] = True
            if len(self._allowed) > 32:
                self._allowed.clear()
            self._allowed[filters] = np.flatnonzero(is_accepted[self.matrix.article_keys])
        return self._allowed[filters]

    @cached_property
    def _articles(self) -> dict[int, ArticleInfo]:
        return self.catalogue.articles_by_key()

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Passages by id; unknown ids are ignored."""
        return self._passages.get(ids)

    def article_passages(self, article_id: str) -> list[Passage]:
        """The passages of an article, in text order."""
        return self.catalogue.article_passages(article_id)

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The vectors of passages: (ids, dimension), rows of length 1. Raises IndexFailure."""
        keys = self.catalogue.keys(ids)
        if len(keys) < len(set(ids)):
            raise IndexFailure("Some passages are not in the index.")
        return np.array(self.matrix.vectors[self.matrix.rows([keys[passage_id] for passage_id in ids])])

    def articles(self) -> list[ArticleInfo]:
        """All articles, by path and position in their file."""
        return list(self._articles.values())

    def article(self, article_id: str) -> ArticleInfo | None:
        """The metadata of an article; None if it is not in the index."""
        return self.catalogue.article(article_id)

    def status(self, filters: Filters | None = None) -> IndexStatus:
        """The contents of the index, or what passes the filters of it, and what it was built with."""
        articles = [info for info in self._articles.values() if filters is None or filters.accept(info)]
        passages = len(self.allowed(filters)) if filters else len(self.matrix)
        failed = FileStates(self._lease.folder).failures()
        return index_status(self._lease.current, articles, passages, failed)

    def file_states(self) -> dict[str, FileState]:
        """The state of each file when it was last read, by path."""
        return FileStates(self.folder).load()

    @cached_property
    def background(self) -> float:
        """The cosine of unrelated passages; see ``VectorMatrix.background``."""
        return self.matrix.background()

    @cached_property
    def publishers(self) -> tuple[str, ...]:
        """The names of all publishers, sorted."""
        return tuple(sorted({info.publisher for info in self._articles.values() if info.publisher}))

    @cached_property
    def related_articles(self) -> RelatedArticles:
        """The versions and copies among the articles."""
        return RelatedArticles(self.catalogue, self._articles)

    def warm(self) -> None:
        """Load what the first question needs."""
        if len(self.matrix):
            self.nearest(np.array(self.matrix.vectors[0]), 1)

    def close(self) -> None:
        """Close all stores and release the generation, so that the writer can delete it."""
        self._graph.close()
        for close in reversed(self._closers):
            close()
        self._closers.clear()
        self.lexical.close()
        self.catalogue.close()
        self._lease.release()
