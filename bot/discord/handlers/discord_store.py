"""What the bot remembers across restarts: server settings, tokens spent, registered commands, lists shown."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.answer import Answer
from bot.discord.handlers.server_settings import ServerSettings, settings_from_json, settings_to_json
from bot.discord.journal.state_database import StateDatabase
from bot.discord.posts.post import Post, posts_from_json, posts_to_json
from bot.records.record import answer_from_json, answer_to_json

_SCHEMA = """
CREATE TABLE IF NOT EXISTS servers (id INTEGER PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS spent (day TEXT, server INTEGER, tokens INTEGER, PRIMARY KEY (day, server));
CREATE TABLE IF NOT EXISTS synced (scope TEXT PRIMARY KEY, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS lists (id TEXT PRIMARY KEY, document TEXT NOT NULL, day TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS notices (server INTEGER PRIMARY KEY, day TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS posts (id TEXT PRIMARY KEY, document TEXT NOT NULL, day TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS languages (person INTEGER PRIMARY KEY, language TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS latest (channel INTEGER PRIMARY KEY, answer TEXT NOT NULL);
"""
_MAX_LISTS = 5_000  # lists of passages whose buttons work; older ones are deleted


class DiscordStore(StateDatabase):
    """One SQLite file. Thread-safe; all methods except ``server`` can block on the disk.

    All raise RecordsFailure if the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, _SCHEMA)
        if ("day",) not in self._rows("SELECT name FROM pragma_table_info('lists')"):  # an older version
            self._write("ALTER TABLE lists ADD COLUMN day TEXT NOT NULL DEFAULT ''")
        if ("person",) not in self._rows("SELECT name FROM pragma_table_info('posts')"):
            self._write("ALTER TABLE posts ADD COLUMN person INTEGER NOT NULL DEFAULT 0")
        self._languages = {
            int(str(person)): str(language) for person, language in self._rows("SELECT * FROM languages")
        }
        rows = self._rows("SELECT id, document FROM servers")
        self._servers = {int(str(id_)): settings_from_json(str(document)) for id_, document in rows}

    def _value(self, statement: str, *values: object) -> object:
        rows = self._rows(statement, *values)
        return rows[0][0] if rows else None

    def server(self, id: int | None) -> ServerSettings:
        """The settings of a server, without disk access; the defaults for direct messages."""
        return self._servers.get(id or 0, ServerSettings())

    def change_server(self, id: int, channel: int | None = None, /, **changes: Any) -> ServerSettings:
        """Change and save some settings of a server, or of one *channel*, and return those of the server."""
        settings = self.server(id)
        changed = settings.with_exception(channel, **changes) if channel else replace(settings, **changes)
        self._write("INSERT OR REPLACE INTO servers VALUES (?, ?)", id, settings_to_json(changed))
        self._servers[id] = changed
        return changed

    def spend(self, day: str, server: int, tokens: int) -> None:
        """Add a model's tokens to those spent on a day in a server (0: direct messages)."""
        self._write(
            "INSERT INTO spent VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET tokens = tokens + excluded.tokens",
            day,
            server,
            tokens,
        )

    def spent(self, day: str, server: int) -> int:
        """The tokens spent on a day in a server."""
        value = self._value("SELECT tokens FROM spent WHERE day = ? AND server = ?", day, server)
        return value if isinstance(value, int) else 0

    def commands_digest(self, scope: str) -> str | None:
        """The digest of the commands last registered in a scope, None if there are none."""
        value = self._value("SELECT digest FROM synced WHERE scope = ?", scope)
        return value if isinstance(value, str) else None

    def set_commands_digest(self, scope: str, digest: str) -> None:
        """Save the digest of the commands registered in a scope."""
        self._write("INSERT OR REPLACE INTO synced VALUES (?, ?)", scope, digest)

    def save_list(self, id: str, passages: Answer) -> None:
        """Save a list of passages, as the ``nearest`` or the citations of an Answer."""
        day = datetime.now(UTC).date().isoformat()
        self._write("INSERT OR REPLACE INTO lists VALUES (?, ?, ?)", id, answer_to_json(passages), day)
        self._write("DELETE FROM lists WHERE rowid <= (SELECT max(rowid) FROM lists) - ?", _MAX_LISTS)

    def delete_lists_before(self, day: str) -> None:
        """Delete the lists and posts saved before a day ("2024-09-01", UTC)."""
        self._write("DELETE FROM lists WHERE day < ?", day)
        self._write("DELETE FROM posts WHERE day < ?", day)

    def load_list(self, id: str) -> Answer | None:
        """A saved list, None if it was deleted."""
        document = self._value("SELECT document FROM lists WHERE id = ?", id)
        return answer_from_json(document) if isinstance(document, str) else None

    def claim_notice(self, server: int, day: str) -> bool:
        """Note that the managers of a server are notified on a day; False if they were before."""
        statement = (
            "INSERT INTO notices VALUES (?, ?) ON CONFLICT DO UPDATE SET day = excluded.day"
            " WHERE day <> excluded.day"
        )
        return bool(self._write(statement, server, day))

    def save_posts(self, posts: Sequence[Post], person: int) -> str:
        """Save posts to a person that could not be sent, and return the key of their button."""
        key, day = secrets.token_hex(8), datetime.now(UTC).date().isoformat()
        self._write("INSERT INTO posts VALUES (?, ?, ?, ?)", key, posts_to_json(posts), day, person)
        self._write("DELETE FROM posts WHERE rowid <= (SELECT max(rowid) FROM posts) - ?", _MAX_LISTS)
        return key

    def load_posts(self, key: str) -> list[Post]:
        """Saved posts, none if they were deleted."""
        document = self._value("SELECT document FROM posts WHERE id = ?", key)
        return posts_from_json(document) if isinstance(document, str) else []

    def language_of(self, person: int) -> str:
        """The language of a person's Discord, "en" if it is unknown; without disk access."""
        return self._languages.get(person, "en")

    def set_language(self, person: int, language: str) -> None:
        """Remember the language of a person's Discord, for direct messages, which do not state it."""
        self._languages[person] = language
        self._write("INSERT OR REPLACE INTO languages VALUES (?, ?)", person, language)

    def forget_person(self, person: int) -> None:
        """Delete the posts to a person, and their language."""
        self._languages.pop(person, None)
        self._write("DELETE FROM languages WHERE person = ?", person)
        self._write("DELETE FROM posts WHERE person = ?", person)

    def set_latest_answer(self, channel: int, answer: str) -> None:
        """Save the id of the latest public answer in a channel."""
        self._write("INSERT OR REPLACE INTO latest VALUES (?, ?)", channel, answer)

    def latest_answer(self, channel: int) -> str | None:
        """The id of the latest public answer in a channel, None if there is none."""
        value = self._value("SELECT answer FROM latest WHERE channel = ?", channel)
        return value if isinstance(value, str) else None


def store_path(state: Path) -> Path:
    """The bot's file in the state folder."""
    return state.expanduser() / "discord.sqlite3"
