"""The read side of an index: one whole generation, open for searching and reading, safe for threads."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.article import ArticleInfo
from retrieval.building import REACH, read_state
from retrieval.catalogue import Catalogue
from retrieval.errors import IndexFailure, IndexMismatch
from retrieval.generations import Generations, Lease, damage
from retrieval.hit import Filters
from retrieval.kinship import Kinship
from retrieval.ledger import Failure, Ledger, Note
from retrieval.lexical import LexicalIndex
from retrieval.matrix import Matrix
from retrieval.passage import Passage
from retrieval.read_only import open_lexical
from retrieval.vectors import VectorStore

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_core.vectorstores import VectorStore as LangChainStore
    from numpy.typing import NDArray

    from retrieval.server_watch import ServerWatch

    Rows = NDArray[np.int64]
    Vectors = NDArray[np.float32]

# Up to so many passages an exact search of the mapped vectors takes some 10 ms, misses nothing, needs no
# import of Chroma (1.1 s), and shares its pages with all processes; beyond it Chroma's graph is asked.
EXACT = 250_000
_MEND = "Run `footnote sync`: it mends the index, and embeds again only what it must."
NARROW = 20_000  # passages a filter may leave for an exact search in a larger index


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
    failed: tuple[Failure, ...]


class Index:
    """One generation. It stays as it is, and on the disk, until ``close``."""

    def __init__(self, generations: Generations, lease: Lease, stamp: tuple[int, int]) -> None:
        self.generation = lease.current.generation
        self._generations, self._lease, self._stamp = generations, lease, stamp
        self.catalogue = Catalogue(lease.folder / "catalogue.sqlite")
        self.matrix = Matrix(lease.folder)
        self._closers: list[Callable[[], None]] = []
        self._chroma: VectorStore | None = None
        self._chroma_failed = False
        state = read_state(lease.folder)
        self._reach = state.reach if state else 1.0
        self._connect: Callable[[], VectorStore] = lambda: VectorStore.open(lease.folder / "chroma")
        self._watch: ServerWatch | None = None
        self._lock = threading.Lock()
        self._allowed: dict[Filters, Rows] = {}
        self.lexical: LexicalIndex = open_lexical(lease.folder / "tantivy", self._closers)

    @classmethod
    def open(
        cls, folder: Path, fingerprint: str, chroma_url: str | None = None, chroma_token: str | None = None
    ) -> Index:
        """The current generation. Raises IndexMissing, IndexMismatch, IndexFailure."""
        generations = Generations(folder)
        if chroma_url:
            from retrieval.server_watch import bring_up

            bring_up(generations, fingerprint, chroma_url, chroma_token)
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
        if chroma_url:
            index._join(chroma_url, chroma_token, fingerprint)
        return index

    def _join(self, url: str, token: str | None, fingerprint: str) -> None:
        """Be a replica: follow the server's generations, and ask its graph when the index is large."""
        from retrieval.server_store import ServerStore
        from retrieval.server_watch import ServerWatch

        self._connect = lambda: ServerStore.connect(url, token, fingerprint)
        self._watch = ServerWatch(url, token, fingerprint, self._lease.current.server)
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
        vector = np.asarray(vector, np.float32).reshape(-1)
        if len(self.matrix) and len(vector) != self.matrix.dimension:
            raise IndexMismatch("The vector of the question has another length than those of the index.")
        rows = self.allowed(filters) if filters else None
        narrow = rows is not None and len(rows) <= NARROW
        if len(self.matrix) > EXACT and not narrow and (found := self._by_graph(vector, limit, rows)):
            return found
        best = self.matrix.nearest(vector, limit, rows)
        keys = [int(self.matrix.passage_keys[row]) for row, _ in best]
        return list(zip(self.catalogue.ids(keys), (score for _, score in best), strict=True))

    def _by_graph(self, vector: Vectors, limit: int, rows: Rows | None) -> list[tuple[str, float]] | None:
        """By Chroma; None when it cannot be asked, or finds too few that are allowed."""
        store = self._open_chroma() if self._reach >= REACH else None
        if store is None:
            return None
        total = len(self.matrix)
        share = 1.2 if rows is None else 2 * total / len(rows)  # a server has rows of other generations too
        try:
            found = store.nearest(vector, min(int(limit * share) + 10, total))
        except IndexFailure:
            return None
        keys = self.catalogue.keys([passage_id for passage_id, _ in found])
        allowed = keys.values() if rows is None else set(self.matrix.passage_keys[rows].tolist())
        found = [pair for pair in found if keys.get(pair[0]) in allowed]
        return found[:limit] if len(found) >= min(limit, total) else None

    def allowed(self, filters: Filters) -> Rows:
        """The rows (of ``Matrix``) of the passages whose articles pass, growing."""
        if filters not in self._allowed:
            accepted = [key for key, info in self._articles.items() if filters.accept(info)]
            size = 1 + max(self._articles, default=0)
            passes = np.zeros(size, bool)
            passes[accepted] = True
            if len(self._allowed) > 32:
                self._allowed.clear()
            self._allowed[filters] = np.flatnonzero(passes[self.matrix.article_keys])
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
            failed=Ledger(self._lease.folder).failures(),
        )

    def notes(self) -> dict[str, Note]:
        """How the files were when they were last read, by path."""
        return Ledger(self.folder).notes()

    @cached_property
    def publishers(self) -> tuple[str, ...]:
        """The names of the publishers of its articles, sorted."""
        return tuple(sorted({info.publisher for info in self._articles.values() if info.publisher}))

    @cached_property
    def kinship(self) -> Kinship:
        """Which of its articles are versions or copies of one another."""
        return Kinship(self.catalogue, self._articles)

    def warm(self) -> None:
        """Load what the first question would wait for."""
        if len(self.matrix):
            self.nearest(np.array(self.matrix.vectors[0]), 1)

    def as_vector_store(self, embeddings: Embeddings) -> LangChainStore:
        """The passages as LangChain's Chroma, for other programs; valid until ``close``."""
        store = self._open_chroma()
        if store is None:
            raise IndexFailure("The Chroma database of the index cannot be opened.")
        return store.as_langchain(embeddings)

    def _open_chroma(self) -> VectorStore | None:
        """Chroma's database; None when it is damaged or may not be written, as opening it asks for."""
        with self._lock:
            if self._chroma is None and not self._chroma_failed:
                try:
                    self._chroma = self._connect()
                    self._closers.append(self._chroma.close)
                except IndexFailure:
                    self._chroma_failed = True
            return self._chroma

    def close(self) -> None:
        """Let go of the generation; the writer may delete it now."""
        for close in reversed(self._closers):
            close()
        self._closers.clear()
        self.lexical.close()
        self.catalogue.close()
        self._lease.release()
