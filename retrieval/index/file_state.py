"""The writer's notes: what each file of the corpus looked like when it was last read.

They only spare work: without them every file is read again. They are the one file of a generation that
is changed in place, by the writer, when a file was touched but not changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from retrieval.errors import IndexFailure
from retrieval.index.durable_files import reason

NAME = "files.sqlite"


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """A file that could not be read, or not wholly, and why, in one sentence."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it was read: ``size`` in bytes, ``digest`` of its articles, ``reason`` when it failed."""

    path: str
    size: int
    mtime_ns: int
    digest: str
    reason: str | None = None


class FileStates:
    """The notes in a folder. Opened for each use, so that nothing is held."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def notes(self) -> dict[str, FileState]:
        """All notes by path; none when the file is missing or damaged, for they only spare work."""
        try:
            with closing(sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
                rows = connection.execute("SELECT path, size, mtime_ns, digest, reason FROM files")
                return {row[0]: FileState(*row) for row in rows}
        except sqlite3.Error:
            return {}

    def failures(self) -> tuple[ReadFailure, ...]:
        """The files that could not be read, by path."""
        failed = (note for note in self.notes().values() if note.reason is not None)
        return tuple(
            sorted((ReadFailure(note.path, note.reason or "") for note in failed), key=lambda f: f.path)
        )

    def write(self, notes: Collection[FileState] = (), gone: Collection[str] = ()) -> None:
        """Put down notes and strike out the files that are gone. Raises IndexFailure."""
        try:
            self._write(notes, gone)
        except sqlite3.OperationalError as error:
            raise IndexFailure(f"The index cannot be written: {reason(error)}.") from error
        except sqlite3.DatabaseError:  # damaged: without notes all files are read again
            self.path.unlink()
            self._write(notes, gone)

    def replace(self, notes: Mapping[str, FileState]) -> None:
        """Make the notes those given."""
        self.write(list(notes.values()), list(self.notes().keys() - notes.keys()))

    def _write(self, notes: Iterable[FileState], gone: Iterable[str]) -> None:
        with self._writing() as connection:
            connection.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in gone])
            insert = "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)"
            connection.executemany(insert, [astuple(note) for note in notes])

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=30)) as connection, connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, size INTEGER NOT NULL, "
                "mtime_ns INTEGER NOT NULL, digest TEXT NOT NULL, reason TEXT) WITHOUT ROWID"
            )
            yield connection
