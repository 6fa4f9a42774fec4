"""The SQLite database of stored answers: connection, schema migrations, transactions, error translation."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import RecordsFailure
from retrieval.index.durable_files import is_disk_full

_APPLICATION_ID = 0x466F6F74  # PRAGMA application_id: "Foot" in ASCII, to detect files of other programs
_NEEDED_BYTES = 1_000_000  # for some hundred answers
_BUSY_TIMEOUT = 15.0  # seconds to wait for another process to finish writing

# Migration N upgrades schema version N to N + 1. Never edit a released migration: append a new one.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE answers (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            asked_at TEXT NOT NULL,      -- ISO 8601, UTC
            as_of TEXT NOT NULL,         -- the day that the question was read against
            conversation TEXT NOT NULL,  -- where it was asked; '' outside any conversation
            person TEXT NOT NULL,        -- who asked, as the adapter names people; '' when it does not
            status TEXT NOT NULL,
            mode TEXT NOT NULL,
            document TEXT NOT NULL       -- the whole Answer as JSON
        )""",
        "CREATE INDEX answers_of_conversation ON answers (conversation, number)",
        """CREATE TABLE citations (
            answer INTEGER NOT NULL REFERENCES answers ON DELETE CASCADE,
            number INTEGER NOT NULL,
            article_id TEXT NOT NULL,
            start INTEGER NOT NULL,
            "end" INTEGER NOT NULL,
            quote_sha256 TEXT NOT NULL,
            PRIMARY KEY (answer, number)
        ) WITHOUT ROWID""",
        "CREATE VIRTUAL TABLE words USING fts5 (question, answer, quotes, tokenize = 'porter unicode61')",
    ),
    (
        """CREATE TABLE feedback (
            answer INTEGER NOT NULL REFERENCES answers ON DELETE CASCADE,
            person TEXT NOT NULL,
            helpful INTEGER NOT NULL,
            reason TEXT,
            words TEXT,
            given_at TEXT NOT NULL,
            PRIMARY KEY (answer, person)
        ) WITHOUT ROWID""",
    ),
)


class RecordDatabase:
    """One connection shared by threads under a lock, opened on first use. Waits for other processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection for queries. Raises RecordsFailure."""
        with self._lock, _translate_errors(self.path):
            yield self._open()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection within a transaction. Raises RecordsFailure."""
        with self._lock, _translate_errors(self.path), _transaction(self._open()) as connection:
            yield connection

    def close(self) -> None:
        """Close the connection; the next use reopens it."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.touch(mode=0o600)  # questions are private
            connection = sqlite3.connect(
                self.path, timeout=_BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
            )
            try:
                _prepare(connection, self.path)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    _check_owner(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # overwrite deleted answers
    if _version(connection) < len(MIGRATIONS):
        with _transaction(connection):
            migrate(connection)


def migrate(connection: sqlite3.Connection) -> None:
    """Upgrade the schema to the latest version within the caller's transaction."""
    for version in range(_version(connection), len(MIGRATIONS)):
        for statement in MIGRATIONS[version]:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _check_owner(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file of another program or a newer version before anything is written."""
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    if tables and owner != _APPLICATION_ID:
        raise RecordsFailure(f"{path} belongs to another program; answers were not saved.")
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise RecordsFailure(
            f"{path} was written by a newer version of Footnote "
            f"(schema {version}; this version supports {len(MIGRATIONS)}).",
            help="Upgrade Footnote, or set FOOTNOTE_STATE to another folder. The file was not modified.",
        )


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.rollback()
        raise
    connection.execute("COMMIT")


@contextmanager
def _translate_errors(path: Path) -> Iterator[None]:
    """Translate SQLite and operating system errors to RecordsFailure."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if _is_disk_full(error, path):
            raise _disk_full(path) from error
        raise RecordsFailure(f"Cannot use the stored answers in {path}: {error}.") from error
    except sqlite3.DatabaseError as error:
        raise RecordsFailure(
            f"{path} is damaged or not a database: {error}.",
            help="Move the file away to start a new one; `sqlite3 FILE .recover` may recover its contents.",
        ) from error
    except OSError as error:
        if _is_disk_full(error, path):
            raise _disk_full(path) from error
        reason = error.strerror or type(error).__name__
        raise RecordsFailure(f"Cannot save answers in {path.parent}: {reason}.") from error


def _is_disk_full(error: Exception, path: Path) -> bool:
    """SQLite reports some writes to a full disk as input/output errors."""
    return is_disk_full(error) or (
        "I/O" in str(error) and shutil.disk_usage(path.parent).free < _NEEDED_BYTES
    )


def _disk_full(path: Path) -> RecordsFailure:
    free = shutil.disk_usage(path.parent).free
    return RecordsFailure(
        f"The disk is full: stored answers in {path.parent} need about {_NEEDED_BYTES / 1e6:.0f} MB, and "
        f"{free / 1e6:.1f} MB are free.",
        help="Free some space, or set FOOTNOTE_STATE to another folder.",
    )
