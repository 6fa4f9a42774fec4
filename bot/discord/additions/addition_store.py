"""What was added on Discord, by whom, and the files of it: only these can be removed there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.discord.journal.state_database import StateDatabase

_SCHEMA = """
CREATE TABLE IF NOT EXISTS additions (
    id TEXT PRIMARY KEY, server INTEGER NOT NULL, person INTEGER NOT NULL, source TEXT NOT NULL,
    time TEXT NOT NULL, title TEXT NOT NULL DEFAULT '', is_complete INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS added_files (addition TEXT, path TEXT, PRIMARY KEY (addition, path));
"""


@dataclass(frozen=True, slots=True)
class Addition:
    """One use of /add. ``source`` is the name of a file or a URL, ``time`` in ISO 8601 (UTC).

    ``paths`` are relative to the folder of the server. ``title`` is that of the article, "" until it is read.
    """

    id: str
    server: int
    person: int
    source: str
    time: str
    paths: tuple[str, ...] = ()
    title: str = ""

    @property
    def name(self) -> str:
        """What it is called in lists."""
        return self.title or self.source


class AdditionStore(StateDatabase):
    """One SQLite file. Thread-safe; all methods can block on the disk and raise RecordsFailure.

    An addition is incomplete while its files are written or removed.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, _SCHEMA)

    def begin(self, addition: Addition) -> None:
        """Note files that are about to be written."""
        row = (addition.id, addition.server, addition.person, addition.source, addition.time)
        self._write("INSERT INTO additions (id, server, person, source, time) VALUES (?, ?, ?, ?, ?)", *row)
        for path in addition.paths:
            self._write("INSERT INTO added_files VALUES (?, ?)", addition.id, path)

    def complete(self, addition: Addition) -> None:
        """Note that all files are written. Files that they replace no longer belong to earlier additions."""
        self._write("UPDATE additions SET is_complete = 1 WHERE id = ?", addition.id)
        for path in addition.paths:
            self._write(
                "DELETE FROM added_files WHERE path = ? AND addition <> ?"
                " AND addition IN (SELECT id FROM additions WHERE server = ?)",
                path,
                addition.id,
                addition.server,
            )
        self._write("DELETE FROM additions WHERE id NOT IN (SELECT addition FROM added_files)")

    def set_title(self, addition_id: str, title: str) -> None:
        """Save the title of an addition."""
        self._write("UPDATE additions SET title = ? WHERE id = ?", title, addition_id)

    def begin_removal(self, addition_id: str) -> None:
        """Note that the files of an addition are about to be removed."""
        self._write("UPDATE additions SET is_complete = 0 WHERE id = ?", addition_id)

    def delete(self, addition_id: str) -> None:
        """Forget an addition whose files are removed."""
        self._write("DELETE FROM added_files WHERE addition = ?", addition_id)
        self._write("DELETE FROM additions WHERE id = ?", addition_id)

    def of_server(self, server: int) -> list[Addition]:
        """What was added in a server, newest first."""
        query = "SELECT * FROM additions WHERE server = ? AND is_complete = 1 ORDER BY time DESC, id"
        return self._additions(query, server)

    def find(self, server: int, addition_id: str) -> Addition | None:
        """An addition of a server."""
        query = "SELECT * FROM additions WHERE server = ? AND id = ? AND is_complete = 1"
        found = self._additions(query, server, addition_id)
        return found[0] if found else None

    def incomplete(self) -> list[Addition]:
        """What was being written or removed when the bot ended."""
        return self._additions("SELECT * FROM additions WHERE is_complete = 0")

    def _additions(self, query: str, *values: object) -> list[Addition]:
        return [
            Addition(
                str(id_),
                int(str(server)),
                int(str(person)),
                str(source),
                str(time),
                self._paths(id_),
                str(title),
            )
            for id_, server, person, source, time, title, _ in self._rows(query, *values)
        ]

    def _paths(self, addition_id: object) -> tuple[str, ...]:
        rows = self._rows("SELECT path FROM added_files WHERE addition = ? ORDER BY path", addition_id)
        return tuple(str(path) for (path,) in rows)
