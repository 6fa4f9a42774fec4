"""The state of each corpus file when it was last read, kept by the writer.

It only saves work: without it, all files are read again. It is the only file of a generation that is changed
in place: by the writer, when a corpus file was touched but not changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import IndexFailure
from retrieval.index.durable_files import error_reason

FILE_STATES = "files.sqlite"


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """A file that could not be read, or only in part, and the reason in one sentence."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it was read: ``size`` in bytes, ``digest`` of its articles, ``reason`` if reading failed.

    ``omitted`` are the parts of the file that are in none of its articles.
    """

    path: str
    size: int
    mtime_ns: int
    digest: str
    reason: str | None = None
    omitted: tuple[str, ...] = ()


def failures_of(states: Iterable[FileState]) -> tuple[ReadFailure, ...]:
    """The files that could not be read, sorted by path."""
    failed = (ReadFailure(state.path, state.reason) for state in states if state.reason is not None)
    return tuple(sorted(failed, key=_path))


def omissions_of(states: Iterable[FileState]) -> tuple[ReadFailure, ...]:
    """The parts of files that were left out, sorted by path."""
    parts = (ReadFailure(state.path, part) for state in states for part in state.omitted)
    return tuple(sorted(parts, key=_path))


def _path(failure: ReadFailure) -> str:
    return failure.path


class FileStates:
    """The file states of a generation. The database is opened for each use."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_STATES

    def load(self) -> dict[str, FileState]:
        """All states by path; none if the database is missing or damaged, since they only save work."""
        try:
            with closing(sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
                rows = connection.execute("SELECT path, size, mtime_ns, digest, reason, omitted FROM files")
                return {row[0]: _state(row) for row in rows}
        except (sqlite3.Error, ValueError):
            return {}

    def failures(self) -> tuple[ReadFailure, ...]:
        """The files that could not be read, sorted by path."""
        return failures_of(self.load().values())

    def write(self, states: Collection[FileState] = (), deleted: Collection[str] = ()) -> None:
        """Write states, and remove those of *deleted* files. Raises IndexFailure."""
        try:
            self._write(states, deleted)
        except sqlite3.OperationalError as error:
            raise IndexFailure(f"The index cannot be written: {error_reason(error)}.") from error
        except sqlite3.DatabaseError:  # damaged: it can start empty, all files are then read again
            self.path.unlink()
            self._write(states, deleted)

    def replace(self, states: Mapping[str, FileState]) -> None:
        """Replace all states."""
        self.write(list(states.values()), list(self.load().keys() - states.keys()))

    def _write(self, states: Iterable[FileState], deleted: Iterable[str]) -> None:
        with self._writing() as connection:
            connection.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in deleted])
            insert = "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)"
            connection.executemany(insert, [_row(state) for state in states])

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=30)) as connection, connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, size INTEGER NOT NULL, "
                "mtime_ns INTEGER NOT NULL, digest TEXT NOT NULL, reason TEXT, omitted TEXT NOT NULL) "
                "WITHOUT ROWID"
            )
            yield connection


def _row(state: FileState) -> tuple[object, ...]:
    omitted = json.dumps(state.omitted)
    return (state.path, state.size, state.mtime_ns, state.digest, state.reason, omitted)


def _state(row: tuple[str, int, int, str, str | None, str]) -> FileState:
    path, size, mtime_ns, digest, reason, omitted = row
    return FileState(path, size, mtime_ns, digest, reason, tuple(json.loads(omitted)))
