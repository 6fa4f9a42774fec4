"""The SQLite file of kept answers: opened, brought to the newest schema, shared by threads and processes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import RecordsFailure

_OURS = (
    0x466F6F74  # PRAGMA application_id: "Foot" in ASCII, so that no other program's file is taken for ours
)
_WAIT_SECONDS = 15.0  # for another process's write to end

# Migration N leads from schema version N to N + 1. Never edit one that was released: add the next.
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
    """One connection that threads take turns on; other processes are waited for. Opened at first use."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for queries. Raises RecordsFailure."""
        with self._lock, _translated(self.path):
            yield self._open()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection within a transaction: all of it is written, or nothing. Raises RecordsFailure."""
        with self._lock, _translated(self.path), _transaction(self._open()) as connection:
            yield connection

    def close(self) -> None:
        """Let go of the file; a later use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.touch(mode=0o600)  # questions are private
            connection = sqlite3.connect(
                self.path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                _prepare(connection, self.path)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    _refuse_foreign(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what was forgotten is overwritten
    if _version(connection) < len(MIGRATIONS):
        with _transaction(connection):
            migrate(connection)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema to the newest version, within the caller's transaction."""
    for step in range(_version(connection), len(MIGRATIONS)):
        for statement in MIGRATIONS[step]:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_OURS}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    """Look before anything is written: a newer or another program's file stays as it is."""
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    if tables and owner != _OURS:
        raise RecordsFailure(f"{path} is a database of another program, so no answers are kept in it.")
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise RecordsFailure(
            f"{path} was written by a newer Footnote (schema {version}, this one knows {len(MIGRATIONS)}).",
            help="Use the newer Footnote, or set FOOTNOTE_STATE to another folder; the file was not touched.",
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
def _translated(path: Path) -> Iterator[None]:
    """SQLite's and the system's errors as ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise RecordsFailure(f"The answers kept in {path} cannot be used: {error}.") from error
    except sqlite3.DatabaseError as error:
        raise RecordsFailure(
            f"{path} is damaged or no database: {error}.",
            help="Move the file away and a new one is begun; `sqlite3 FILE .recover` may save what it holds.",
        ) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RecordsFailure(f"Answers cannot be kept in {path.parent}: {reason}.") from error
