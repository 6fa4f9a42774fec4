"""Stores the vectors computed for an unfinished generation, so that none is computed twice.

One SQLite file beside the generations: it survives a killed sync, even if the next one starts from scratch.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import IndexFailure
from retrieval.index.durable_files import error_reason
from retrieval.index.sqlite_lookup import look_up

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]


class VectorJournal:
    """Vectors by the hash of their text (see ``catalogue.text_hash``)."""

    def __init__(self, path: Path, fingerprint: str) -> None:
        self._path = path
        try:
            self._connection = self._open(fingerprint)
        except sqlite3.DatabaseError:  # damaged: it only saves work
            path.unlink(missing_ok=True)
            with self._translated():
                self._connection = self._open(fingerprint)

    def _open(self, fingerprint: str) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30)
        connection.execute("CREATE TABLE IF NOT EXISTS made (fingerprint TEXT)")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS vectors (hash BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
        )
        if connection.execute("SELECT fingerprint FROM made").fetchall() != [(fingerprint,)]:
            connection.execute("DELETE FROM vectors")
            connection.execute("DELETE FROM made")
            connection.execute("INSERT INTO made VALUES (?)", (fingerprint,))
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
