"""Stores the vectors computed for an unfinished generation, so that none is computed twice.

One SQLite file beside the generations: it survives a killed sync, even if the next one starts from scratch.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import IndexFailure
from retrieval.index.catalogue import Catalogue, text_hash
from retrieval.index.checksums import MANIFEST
from retrieval.index.current_generation import model_of
from retrieval.index.durable_files import copy_tree, error_reason
from retrieval.index.generation_state import CATALOGUE, CHROMA
from retrieval.index.sqlite_lookup import look_up
from retrieval.index.vector_matrix import ROWS, VECTORS, VectorMatrix
from retrieval.index.vector_store import BATCH, VectorStore

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrieval.index.generations import Generations

    Vector = NDArray[np.float32]


class VectorJournal:
    """Vectors by the hash of their text (see ``catalogue.text_hash``), of the model in the fingerprint."""

    def __init__(self, index: Path, fingerprint: str) -> None:
        self._path = index / "journal.sqlite"
        self._model = model_of(fingerprint)
        try:
            self._connection = self._open(self._model)
        except sqlite3.DatabaseError:  # damaged: it only saves work
            self._path.unlink(missing_ok=True)
            with self._translated():
                self._connection = self._open(self._model)

    def _open(self, model: str) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30)
        connection.execute("CREATE TABLE IF NOT EXISTS made (fingerprint TEXT)")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS vectors (hash BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
        )
        if connection.execute("SELECT fingerprint FROM made").fetchall() != [(model,)]:
            connection.execute("DELETE FROM vectors")
            connection.execute("DELETE FROM made")
            connection.execute("INSERT INTO made VALUES (?)", (model,))
        connection.commit()
        return connection

    def write(self, hashes: Sequence[bytes], vectors: Sequence[Vector] | Vector) -> None:
        """Store vectors durably."""
        rows = [
            (key, np.asarray(vector, np.float32).tobytes())
            for key, vector in zip(hashes, vectors, strict=True)
        ]
        with self._translated(), self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def take_vectors(self, generations: Generations, damaged: frozenset[str], scratch: Path) -> None:
        """Store the vectors of the current generation, if the same model computed them: from its vector
        file, or from Chroma if that is *damaged*. What cannot be read is embedded again."""
        current = generations.current_or_none()
        if current is None or model_of(current.fingerprint) != self._model:
            return
        folder = generations.path(current.generation)
        with suppress(IndexFailure):  # every vector read so far saves embedding
            if not damaged & {CATALOGUE, VECTORS, ROWS, MANIFEST}:
                self._take_from_file(folder)
            elif CHROMA not in damaged:
                self._take_from_chroma(folder / CHROMA, scratch / "chroma-recovered")

    def _take_from_file(self, folder: Path) -> None:
        matrix = VectorMatrix(folder)
        with closing(Catalogue(folder / CATALOGUE)) as catalogue:
            known = catalogue.query("SELECT key, hash FROM passages ORDER BY key")
        for at in range(0, len(known), BATCH):
            keys, hashes = zip(*known[at : at + BATCH], strict=True)
            self.write(hashes, matrix.vectors[matrix.rows(keys)])

    def _take_from_chroma(self, chroma: Path, copy: Path) -> None:
        """Opening a database writes to it, hence the copy."""
        try:
            copy_tree(chroma, copy)
            with closing(VectorStore.open(copy)) as store:
                for rows in store.batches():
                    self.write([text_hash(row.passage) for row in rows], [row.vector for row in rows])
        except OSError as error:
            raise IndexFailure(f"The index cannot be read: {error_reason(error)}.") from error
        finally:
            shutil.rmtree(copy, ignore_errors=True)

    def get(self, hashes: Sequence[bytes]) -> dict[bytes, Vector]:
        """The stored vectors of *hashes*, by hash; missing ones are left out."""
        query = "SELECT hash, vector FROM vectors WHERE hash IN"
        with self._translated():
            rows = look_up(self._connection, query, hashes)
            return {key: np.frombuffer(blob, np.float32) for key, blob in rows}

    def hashes(self) -> set[bytes]:
        """The hashes of all stored vectors."""
        with self._translated():
            return {row[0] for row in self._connection.execute("SELECT hash FROM vectors")}

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def discard(self) -> None:
        """Close and delete the file: a generation has all its vectors now."""
        self.close()
        self._path.unlink(missing_ok=True)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise IndexFailure(f"The index cannot be written: {error_reason(error)}.") from error
