"""The state of each corpus file when it was last read, kept by the writer.

It only saves work: without it, all files are read again. It is the only file of a generation that is changed
in place: by the writer, when a corpus file was touched but not changed.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

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

    ``omitted`` are the parts of the file that are in none of its articles. ``content`` is a hash of its
    bytes, which decides if only ``inode`` or ``ctime_ns`` changed.
    """

    path: str
    size: int
    mtime_ns: int
    digest: str
    reason: str | None = None
    omitted: tuple[str, ...] = ()
    inode: int = 0
    ctime_ns: int = 0
    content: str = ""


_TABLE = "file_states"  # older versions used "files", with fewer columns
_COLUMNS = ", ".join(field.name for field in fields(FileState))


def content_hash(path: Path) -> str:
    """A hash of a file's bytes; "" if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except OSError:
        return ""


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
                rows = connection.execute(f"SELECT {_COLUMNS}, checksum FROM {_TABLE}")  # noqa: S608
                return {row[0]: _state(row[:-1]) for row in rows if row[-1] == _checksum(row[:-1])}
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
            delete = f"DELETE FROM {_TABLE} WHERE path = ?"  # noqa: S608
            connection.executemany(delete, [(path,) for path in deleted])
            marks = ", ".join("?" * (len(fields(FileState)) + 1))
            insert = f"INSERT OR REPLACE INTO {_TABLE} VALUES ({marks})"  # noqa: S608
            connection.executemany(insert, [(*row, _checksum(row)) for row in map(_row, states)])

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=30)) as connection, connection:
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS {_TABLE} (path TEXT PRIMARY KEY, size INTEGER NOT NULL, "
                "mtime_ns INTEGER NOT NULL, digest TEXT NOT NULL, reason TEXT, omitted TEXT NOT NULL, "
                "inode TEXT NOT NULL, ctime_ns INTEGER NOT NULL, content TEXT NOT NULL, "
                "checksum INTEGER NOT NULL) WITHOUT ROWID"
            )
            connection.execute("DROP TABLE IF EXISTS files")
            yield connection


def _row(state: FileState) -> tuple[object, ...]:
    values = dict(zip((field.name for field in fields(state)), astuple(state), strict=True))
    # Inode numbers can have 64 bits without a sign, which SQLite's integers do not hold.
    return tuple((values | {"omitted": json.dumps(state.omitted), "inode": str(state.inode)}).values())


def _checksum(row: Sequence[object]) -> int:
    """A damaged row counts as missing: its file is read again."""
    return zlib.crc32(repr(tuple(row)).encode("utf-8", "replace"))


def _state(row: Sequence[Any]) -> FileState:
    values = dict(zip((field.name for field in fields(FileState)), row, strict=True))
    omitted, inode = tuple(json.loads(values["omitted"])), int(values["inode"])
    return FileState(**(values | {"omitted": omitted, "inode": inode}))
