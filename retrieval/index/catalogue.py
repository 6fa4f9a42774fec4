"""The catalogue: articles and passages of one generation in SQLite, for readers and for the writer.

It is a replica of what Chroma holds and can be rebuilt from it. Keys (integers) are internal: they only
grow and are never used again, so that "made since" is "greater than".
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from retrieval.article import ArticleInfo
from retrieval.errors import IndexFailure
from retrieval.index.durable_files import reason
from retrieval.index.sqlite_lookup import look_up
from retrieval.passage import Passage

_INFO = tuple(field.name for field in fields(ArticleInfo))
_PASSAGE = ("id", "start", "end", "line", "section", "sentences", "text")
_SCHEMA = f"""
CREATE TABLE articles (
    key INTEGER PRIMARY KEY AUTOINCREMENT, {", ".join(f'"{name}" TEXT' for name in _INFO)},
    own_id TEXT NOT NULL,       -- the id as read; "id" differs when another article has it already
    position INTEGER NOT NULL,  -- its place among the articles of its file
    digest TEXT NOT NULL,       -- of all that was read; "" when only the passages are known
    content TEXT NOT NULL       -- the same without id and path: equal after a move
);
CREATE INDEX articles_id ON articles (id);
CREATE INDEX articles_own_id ON articles (own_id);
CREATE INDEX articles_path ON articles (path);
CREATE TABLE passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, article INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, line INTEGER NOT NULL, section TEXT,
    sentences TEXT NOT NULL,    -- JSON: [[start, end], ...]
    text TEXT NOT NULL,
    hash BLOB NOT NULL          -- of the text that is embedded
);
CREATE INDEX passages_id ON passages (id);
CREATE INDEX passages_article ON passages (article, start);
CREATE INDEX passages_hash ON passages (hash);
"""
_COLUMNS = ", ".join((*(f'a."{name}"' for name in _INFO), *(f'p."{name}"' for name in _PASSAGE)))
_SELECT = f"SELECT {_COLUMNS}, p.key, p.article FROM passages p JOIN articles a ON a.key = p.article "  # noqa: S608


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its key and its article's key."""

    key: int
    article_key: int
    passage: Passage


def embedded_text(passage: Passage) -> str:
    """The text whose vector stands for a passage."""
    return f"{passage.head}\n{passage.text}"


def text_hash(passage: Passage) -> bytes:
    """16 bytes, equal when the embedded text is."""
    return hashlib.blake2b(embedded_text(passage).encode("utf-8", "replace"), digest_size=16).digest()


class Catalogue:
    """A catalogue file. Reading is safe from several threads, each with a connection of its own."""

    def __init__(self, path: Path, writable: bool = False) -> None:
        self.path = path
        self._writable = writable
        self._threads = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    @classmethod
    def create(cls, path: Path) -> Catalogue:
        """A new, empty catalogue for the writer."""
        catalogue = cls(path, writable=True)
        with catalogue.reading() as connection:
            connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
        return catalogue

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection of this thread. Raises IndexFailure when the file is damaged."""
        try:
            yield self._connection()
        except sqlite3.Error as error:
            raise IndexFailure(f"The catalogue {self.path} cannot be used: {reason(error)}.") from error

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if connection is None:
            connection = self._threads.connection = connect(self.path, self._writable)
            with self._lock:
                self._opened.append(connection)
        return connection

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
        self._threads = threading.local()

    def count(self) -> tuple[int, int]:
        """How many articles and passages there are."""
        with self.reading() as connection:
            articles = connection.execute("SELECT count(*) FROM articles").fetchone()[0]
            return articles, connection.execute("SELECT count(*) FROM passages").fetchone()[0]

    def articles(self) -> list[ArticleInfo]:
        """All articles, by path and place in their file."""
        return list(self.articles_by_key().values())

    def articles_by_key(self) -> dict[int, ArticleInfo]:
        """All articles with their keys, by path and place in their file."""
        columns = ", ".join(_INFO)
        with self.reading() as connection:
            rows = connection.execute(f"SELECT {columns}, key FROM articles ORDER BY path, position")  # noqa: S608
            return {row[-1]: ArticleInfo(*row[:-1]) for row in rows}

    def article(self, article_id: str) -> ArticleInfo | None:
        """What is known about an article."""
        with self.reading() as connection:
            row = connection.execute(
                f"SELECT {', '.join(_INFO)} FROM articles WHERE id = ?",  # noqa: S608
                (article_id,),
            ).fetchone()
        return ArticleInfo(*row) if row else None

    def article_passages(self, article_id: str) -> list[Passage]:
        """The passages of an article in the order of its text."""
        with self.reading() as connection:
            rows = connection.execute(_SELECT + "WHERE a.id = ? ORDER BY p.start, p.key", (article_id,))
            return [stored(row).passage for row in rows]

    def passages(self, ids: Sequence[str], articles: Mapping[int, ArticleInfo]) -> dict[str, Passage]:
        """Passages by id; unknown ids are passed over. *articles* are those of ``articles_by_key``: to join
        them to each passage takes several times as long."""
        columns = ", ".join(f'"{name}"' for name in _PASSAGE)
        query = f"SELECT article, {columns} FROM passages WHERE id IN"  # noqa: S608
        with self.reading() as connection:
            return {row[0]: _passage(articles[key], row) for key, *row in look_up(connection, query, ids)}

    def by_keys(self, keys: Sequence[int]) -> list[StoredPassage]:
        """Passages by key, in the order of *keys*; unknown keys are passed over."""
        found = {each.key: each for each in self._where("p.key", keys)}
        return [found[key] for key in keys if key in found]

    def _where(self, column: str, values: Sequence[str] | Sequence[int]) -> Iterator[StoredPassage]:
        with self.reading() as connection:
            for row in look_up(connection, f"{_SELECT} WHERE {column} IN", values):
                yield stored(row)

    def keys(self, ids: Sequence[str]) -> dict[str, int]:
        """The keys of passages by id; unknown ids are passed over."""
        with self.reading() as connection:
            return dict(look_up(connection, "SELECT id, key FROM passages WHERE id IN", ids))

    def ids(self, keys: Sequence[int]) -> list[str]:
        """The ids of passages by key, in the order of *keys*, which must all be known."""
        with self.reading() as connection:
            found = dict(look_up(connection, "SELECT key, id FROM passages WHERE key IN", keys))
        return [found[key] for key in keys]

    def hashes(self, keys: Sequence[int]) -> dict[int, bytes]:
        """The hashes of the embedded texts of passages by key, in the order of *keys*; all must be known."""
        with self.reading() as connection:
            found = dict(look_up(connection, "SELECT key, hash FROM passages WHERE key IN", keys))
        return {key: found[key] for key in keys}

    def keys_by_hash(self, hashes: Sequence[bytes]) -> dict[bytes, int]:
        """For each hash of an embedded text that is known, the key of a passage that has it."""
        with self.reading() as connection:
            return dict(look_up(connection, "SELECT hash, key FROM passages WHERE hash IN", hashes))

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a statement of the writer's."""
        with self.reading() as connection:
            return connection.execute(statement, values).fetchall()

    def commit(self) -> None:
        """Make what was written last."""
        with self.reading() as connection:
            connection.commit()


def connect(path: Path, writable: bool) -> sqlite3.Connection:
    """Open a database; for readers as a file that never changes, which needs no lock and no journal."""
    if writable:
        return sqlite3.connect(path, check_same_thread=False, timeout=30)
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    connection.execute("PRAGMA mmap_size = 268435456")
    return connection


def stored(row: Sequence[object]) -> StoredPassage:
    """A row of the join of passages and articles as a passage."""
    info = ArticleInfo(*row[: len(_INFO)])  # type: ignore[arg-type]
    *rest, key, article = row[len(_INFO) :]
    return StoredPassage(key, article, _passage(info, rest))  # type: ignore[arg-type]


def _passage(info: ArticleInfo, row: Sequence[object]) -> Passage:
    """The columns of ``_PASSAGE`` as a passage."""
    _, start, end, line, section, sentences, text = row
    spans = tuple(map(tuple, json.loads(str(sentences))))
    return Passage(info, text, start, end, line, section, spans)  # type: ignore[arg-type]


def passage_row(passage: Passage, article_key: int) -> tuple[object, ...]:
    """The values of a row of ``passages``, in the order of its columns, without the key."""
    spans = json.dumps(passage.sentences, separators=(",", ":"))
    place = (passage.start, passage.end, passage.line, passage.section, spans)
    return (passage.id, article_key, *place, passage.text, text_hash(passage))


def info_row(info: ArticleInfo) -> tuple[str | None, ...]:
    """The values of an article's own columns."""
    return astuple(info)
