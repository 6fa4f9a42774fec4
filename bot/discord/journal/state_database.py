"""An SQLite file of the bot in the state folder: opening, locking, and errors as sentences."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import RecordsFailure


class StateDatabase:
    """One connection shared by threads under a lock; each statement is a transaction.

    The file can be read by its owner only. Methods can block on the disk and raise RecordsFailure.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self._path = path
        self._lock = threading.RLock()
        with self._translated_errors():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            self._connection = sqlite3.connect(
                path, timeout=15, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA secure_delete = ON")  # overwrite what is deleted
            self._connection.executescript(schema)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except (sqlite3.Error, OSError) as error:
            raise RecordsFailure(f"The bot's data in {self._path} cannot be used: {error}.") from error

    def _rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with self._translated_errors():
            return self._connection.execute(statement, values).fetchall()

    def _write(self, statement: str, *values: object) -> int:
        """Run a statement and return the number of rows that it changed."""
        with self._translated_errors():
            return self._connection.execute(statement, values).rowcount

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
