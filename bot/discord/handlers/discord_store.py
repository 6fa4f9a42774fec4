"""What the Discord adapter must remember over a restart: settings per server, tokens spent, lists shown."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from bot.answer import Answer
from bot.errors import RecordsFailure
from bot.records.record import as_document, from_document

Replies = Literal["thread", "in place"]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS servers (id INTEGER PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS spent (day TEXT, server INTEGER, tokens INTEGER, PRIMARY KEY (day, server));
CREATE TABLE IF NOT EXISTS synced (scope TEXT PRIMARY KEY, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS lists (id TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS latest (channel INTEGER PRIMARY KEY, answer TEXT NOT NULL);
"""
_LISTS = 5_000  # lists of found passages whose buttons work; older ones are let go


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the bot behaves in one server. No channel named: all; no role named: everyone."""

    channels: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    replies: Replies = "thread"


class DiscordStore:
    """One SQLite file. Safe from any thread; all methods but ``server`` may wait for the disk.

    All raise RecordsFailure when the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        with self._translated():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            self._connection = sqlite3.connect(
                path, timeout=15, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_SCHEMA)
            rows = self._connection.execute("SELECT id, document FROM servers").fetchall()
        self._servers = {int(row[0]): _server(row[1]) for row in rows}

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except (sqlite3.Error, OSError) as error:
            raise RecordsFailure(f"The bot's memory in {self._path} cannot be used: {error}.") from error

    def _write(self, statement: str, *values: object) -> None:
        with self._translated():
            self._connection.execute(statement, values)

    def _value(self, statement: str, *values: object) -> object:
        with self._translated():
            row = self._connection.execute(statement, values).fetchone()
        return row[0] if row else None

    def server(self, id: int | None) -> ServerSettings:
        """The settings of a server, from memory; the defaults for direct messages."""
        return self._servers.get(id or 0, ServerSettings())

    def change_server(self, id: int, **changes: object) -> ServerSettings:
        """Change some settings of a server and keep them."""
        changed = replace(self.server(id), **changes)  # type: ignore[arg-type]
        self._write("INSERT OR REPLACE INTO servers VALUES (?, ?)", id, json.dumps(asdict(changed)))
        self._servers[id] = changed
        return changed

    def spend(self, day: str, server: int, tokens: int) -> None:
        """Count tokens of a model against a day and a server (0: direct messages)."""
        self._write(
            "INSERT INTO spent VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET tokens = tokens + excluded.tokens",
            day,
            server,
            tokens,
        )

    def spent(self, day: str, server: int) -> int:
        """Tokens spent on a day in a server."""
        value = self._value("SELECT tokens FROM spent WHERE day = ? AND server = ?", day, server)
        return value if isinstance(value, int) else 0

    def synced(self, scope: str) -> str | None:
        """The digest of the commands last registered in a scope."""
        value = self._value("SELECT digest FROM synced WHERE scope = ?", scope)
        return value if isinstance(value, str) else None

    def set_synced(self, scope: str, digest: str) -> None:
        """Remember what was registered."""
        self._write("INSERT OR REPLACE INTO synced VALUES (?, ?)", scope, digest)

    def keep_list(self, id: str, found: Answer) -> None:
        """Keep a list of found passages, as an Answer that has them as its nearest."""
        self._write("INSERT OR REPLACE INTO lists VALUES (?, ?)", id, as_document(found))
        self._write("DELETE FROM lists WHERE rowid <= (SELECT max(rowid) FROM lists) - ?", _LISTS)

    def list(self, id: str) -> Answer | None:
        """A list kept before; None when it is not kept any more."""
        document = self._value("SELECT document FROM lists WHERE id = ?", id)
        return from_document(document) if isinstance(document, str) else None

    def set_latest(self, channel: int, answer: str) -> None:
        """Remember the last answer given for all to see in a channel."""
        self._write("INSERT OR REPLACE INTO latest VALUES (?, ?)", channel, answer)

    def latest(self, channel: int) -> str | None:
        """The id of the last answer given in a channel."""
        value = self._value("SELECT answer FROM latest WHERE channel = ?", channel)
        return value if isinstance(value, str) else None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()


def store_path(state: Path) -> Path:
    """The file of the adapter's memory in the user's state folder."""
    return state.expanduser() / "discord.sqlite3"


def _server(document: str) -> ServerSettings:
    row = json.loads(document)
    return ServerSettings(tuple(row["channels"]), tuple(row["roles"]), row["replies"])
