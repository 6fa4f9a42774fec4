"""Nearest-neighbour search: exact over the mapped vectors, or with Chroma's graph in a large index."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import IndexFailure, IndexMismatch
from retrieval.index.checksums import CHROMA_OPENED
from retrieval.index.generation_state import CHROMA
from retrieval.index.vector_store import VectorStore

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrieval.index.catalogue import Catalogue
    from retrieval.index.vector_matrix import VectorMatrix

    Rows = NDArray[np.int64]
    Vectors = NDArray[np.float32]

# Up to this many passages, exact search takes about 10 ms, does not import Chroma (1.1 s), and shares memory
# pages between processes. Above it, Chroma's graph is used.
MAX_EXACT_PASSAGES = 250_000
MAX_EXACT_FILTERED = 20_000  # passages left by a filter, up to which a larger index is searched exactly


class ChromaGraph:
    """Chroma's database of an index, opened on first use. Thread-safe."""

    def __init__(self, connect: Callable[[], VectorStore]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._store: VectorStore | None = None
        self._failed = False

    def store(self) -> VectorStore | None:
        """The database; None if it is damaged or not writable (opening it writes)."""
        with self._lock:
            if self._store is None and not self._failed:
                try:
                    self._store = self._connect()
                except IndexFailure:
                    self._failed = True
            return self._store

    def close(self) -> None:
        """Close the database; it cannot be opened again."""
        with self._lock:
            if self._store is not None:
                self._store.close()
            self._store, self._failed = None, True


def open_chroma(folder: Path) -> VectorStore:
    """Chroma's database of a generation. Opening it changes it, so that its checksums no longer apply.

    Raises IndexFailure.
    """
    try:
        (folder / CHROMA_OPENED).touch()
    except OSError as error:
        raise IndexFailure(f"Chroma cannot be opened in {folder}: {error.strerror}.") from error
    return VectorStore.open(folder / CHROMA)


@dataclass(frozen=True, slots=True)
class DenseSearch:
    """Searches the vectors of one generation. ``graph`` is None if its recall is too low."""

    matrix: VectorMatrix
    catalogue: Catalogue
    graph: ChromaGraph | None

    def nearest(self, vector: Vectors, limit: int, rows: Rows | None) -> list[tuple[str, float]]:
        """Ids and cosines of the *limit* passages nearest to *vector* (length 1), best first.

        *rows*: the allowed rows of the matrix, ascending; None allows all. Raises IndexMismatch.
        """
        vector = np.asarray(vector, np.float32).reshape(-1)
        if len(self.matrix) and len(vector) != self.matrix.dimension:
            raise IndexMismatch("The question's vector and the index's vectors differ in length.")
        narrow = rows is not None and len(rows) <= MAX_EXACT_FILTERED
        if (
            len(self.matrix) > MAX_EXACT_PASSAGES
            and not narrow
            and (found := self._by_graph(vector, limit, rows))
        ):
            return found
        best = self.matrix.nearest(vector, limit, rows)
        keys = [int(self.matrix.passage_keys[row]) for row, _ in best]
        return list(zip(self.catalogue.ids(keys), (score for _, score in best), strict=True))

    def _by_graph(self, vector: Vectors, limit: int, rows: Rows | None) -> list[tuple[str, float]] | None:
        """The result from Chroma; None if it is not available or finds too few allowed passages."""
        store = self.graph.store() if self.graph else None
        if store is None:
            return None
        total = len(self.matrix)
        # Request more than *limit*: other rows are dropped (a server also has rows of other generations).
        factor = 1.2 if rows is None else 2 * total / len(rows)
        try:
            found = store.nearest(vector, min(int(limit * factor) + 10, total))
        except IndexFailure:
            return None
        keys = self.catalogue.keys([passage_id for passage_id, _ in found])
        allowed = keys.values() if rows is None else set(self.matrix.passage_keys[rows].tolist())
        found = [pair for pair in found if keys.get(pair[0]) in allowed]
        return found[:limit] if len(found) >= min(limit, total) else None
