"""The passages nearest to a vector: exactly, by the mapped vectors; in a large index by Chroma's graph."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import IndexFailure, IndexMismatch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrieval.index.catalogue import Catalogue
    from retrieval.index.vector_matrix import VectorMatrix
    from retrieval.index.vector_store import VectorStore

    Rows = NDArray[np.int64]
    Vectors = NDArray[np.float32]

# Up to so many passages an exact search of the mapped vectors takes some 10 ms, misses nothing, needs no
# import of Chroma (1.1 s), and shares its pages with all processes; beyond it Chroma's graph is asked.
EXACT = 250_000
NARROW = 20_000  # passages a filter may leave for an exact search in a larger index


class ChromaGraph:
    """Chroma's database of an index, opened when it is first asked for. Safe for threads."""

    def __init__(self, connect: Callable[[], VectorStore]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._store: VectorStore | None = None
        self._failed = False

    def store(self) -> VectorStore | None:
        """None when it is damaged or may not be written, as opening it asks for."""
        with self._lock:
            if self._store is None and not self._failed:
                try:
                    self._store = self._connect()
                except IndexFailure:
                    self._failed = True
            return self._store

    def close(self) -> None:
        """Let go of the database if it was opened; it is not opened any more."""
        with self._lock:
            if self._store is not None:
                self._store.close()
            self._store, self._failed = None, True


@dataclass(frozen=True, slots=True)
class DenseSearch:
    """The vectors of one generation. ``graph``: None when it finds too little to be asked."""

    matrix: VectorMatrix
    catalogue: Catalogue
    graph: ChromaGraph | None

    def nearest(self, vector: Vectors, limit: int, rows: Rows | None) -> list[tuple[str, float]]:
        """Ids and cosines of the *limit* passages nearest to *vector* (length 1), best first.

        *rows*: those of the matrix that are allowed, growing; None: all. Raises IndexMismatch.
        """
        vector = np.asarray(vector, np.float32).reshape(-1)
        if len(self.matrix) and len(vector) != self.matrix.dimension:
            raise IndexMismatch("The vector of the question has another length than those of the index.")
        narrow = rows is not None and len(rows) <= NARROW
        if len(self.matrix) > EXACT and not narrow and (found := self._by_graph(vector, limit, rows)):
            return found
        best = self.matrix.nearest(vector, limit, rows)
        keys = [int(self.matrix.passage_keys[row]) for row, _ in best]
        return list(zip(self.catalogue.ids(keys), (score for _, score in best), strict=True))

    def _by_graph(self, vector: Vectors, limit: int, rows: Rows | None) -> list[tuple[str, float]] | None:
        """By Chroma; None when it cannot be asked, or finds too few that are allowed."""
        store = self.graph.store() if self.graph else None
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
