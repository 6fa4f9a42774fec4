"""The catalogue: articles and passages of one generation in SQLite, for readers and for the writer.

It is a replica of the data in Chroma and can be rebuilt from it. Keys (integers) are internal: they only
increase and are never reused, so "added since" is "greater than".
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from retrieval.article import ArticleInfo
from retrieval.errors import IndexFailure
from retrieval.index.durable_files import error_reason
from retrieval.index.sqlite_lookup import look_up
from retrieval.index.stored_rows import INFO_COLUMNS, info_of
from retrieval.passage import Passage
from retrieval.text_analysis import recent_content_hashes
from retrieval.text_normalization import normalized

_PASSAGE = ("id", "start", "end", "line", "section", "sentences", "text")
_SCHEMA = f"""
CREATE TABLE articles (
    key INTEGER PRIMARY KEY AUTOINCREMENT, {", ".join(f'"{name}" TEXT' for name in INFO_COLUMNS)},
    own_id TEXT NOT NULL,       -- the id as read; "id" differs if another article already has it
    position INTEGER NOT NULL,  -- among the articles of its file
    digest TEXT NOT NULL,       -- of the whole article; "" if only its passages are known
    content TEXT NOT NULL       -- digest without id and path: unchanged by a move
);
CREATE INDEX articles_id ON articles (id);
CREATE INDEX articles_own_id ON articles (own_id);
CREATE INDEX articles_path ON articles (path);
CREATE TABLE passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, article INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, line INTEGER NOT NULL, section TEXT,
    sentences TEXT NOT NULL,    -- JSON: [[start, end], ...]
    text TEXT NOT NULL,
    hash BLOB NOT NULL          -- of the embedded text
);
CREATE INDEX passages_id ON passages (id);
CREATE INDEX passages_article ON passages (article, start);
CREATE INDEX passages_hash ON passages (hash);
"""
# Added by a sync to catalogues without it.
WORDS_TABLE = """
CREATE TABLE IF NOT EXISTS words (
    passage INTEGER PRIMARY KEY, language TEXT NOT NULL, hashes BLOB NOT NULL  -- see `content_hashes`
)"""
MAX_CACHED = 4096  # passages that a reader keeps, of about 3 kB
_COLUMNS = ", ".join((*(f'a."{name}"' for name in INFO_COLUMNS), *(f'p."{name}"' for name in _PASSAGE)))
_SELECT = f"SELECT {_COLUMNS}, p.key FROM passages p JOIN articles a ON a.key = p.article "  # noqa: S608


def embedded_text(passage: Passage) -> str:
    """The text that is embedded for a passage: its head and its text, normalized."""
    return normalized(f"{passage.head}\n{passage.text}")


def text_hash(passage: Passage) -> bytes:
    """A hash of the embedded text, 16 bytes."""
    return hashlib.blake2b(embedded_text(passage).encode("utf-8", "replace"), digest_size=16).digest()


class Catalogue:
    """A catalogue file. Reading is thread-safe: each thread has its own connection."""

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
        with catalogue.connection() as connection:
            connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
        return catalogue

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection. Translates SQLite's errors to IndexFailure."""
        try:
            yield self._thread_connection()
        except sqlite3.Error as error:
            raise IndexFailure(f"The catalogue {self.path} cannot be used: {error_reason(error)}.") from error

    def _thread_connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if connection is None:
            connection = self._threads.connection = _connect(self.path, self._writable)
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
        """The number of articles and of passages."""
        with self.connection() as connection:
            articles = connection.execute("SELECT count(*) FROM articles").fetchone()[0]
            return articles, connection.execute("SELECT count(*) FROM passages").fetchone()[0]

    def articles(self) -> list[ArticleInfo]:
        """All articles, by path and position in their file."""
        return list(self.articles_by_key().values())

    def articles_by_key(self) -> dict[int, ArticleInfo]:
        """All articles by key, ordered by path and position in their file."""
        columns = ", ".join(INFO_COLUMNS)
        with self.connection() as connection:
            rows = connection.execute(f"SELECT {columns}, key FROM articles ORDER BY path, position")  # noqa: S608
            return {row[-1]: info_of(row[:-1]) for row in rows}

    def article(self, article_id: str) -> ArticleInfo | None:
        """The metadata of an article; None if it is unknown."""
        with self.connection() as connection:
            row = connection.execute(
                f"SELECT {', '.join(INFO_COLUMNS)} FROM articles WHERE id = ?",  # noqa: S608
                (article_id,),
            ).fetchone()
        return info_of(row) if row else None

    def article_passages(self, article_id: str) -> list[Passage]:
        """The passages of an article, in text order."""
        with self.connection() as connection:
            rows = connection.execute(_SELECT + "WHERE a.id = ? ORDER BY p.start, p.key", (article_id,))
            return [_joined_passage(row) for row in rows]

    def passages(self, ids: Sequence[str], articles: Mapping[int, ArticleInfo]) -> dict[str, Passage]:
        """Passages by id; unknown ids are ignored. *articles* is the result of ``articles_by_key``: joining
        the tables instead takes several times as long. Their stored words go to `recent_content_hashes`."""
        columns = ", ".join(f'p."{name}"' for name in _PASSAGE)
        table = "words" if self.has_words else "(SELECT NULL AS passage, NULL AS language, NULL AS hashes)"
        query = (
            f"SELECT p.article, w.language, w.hashes, {columns} FROM passages p "  # noqa: S608
            f"LEFT JOIN {table} w ON w.passage = p.key WHERE p.id IN"
        )
        found: dict[str, Passage] = {}
        stored: defaultdict[str, dict[str, bytes]] = defaultdict(dict)
        with self.connection() as connection:
            for key, language, hashes, *row in look_up(connection, query, ids):
                passage = found[row[0]] = _passage(articles[key], row)
                if language is not None:
                    stored[language][passage.text] = hashes
        for language, words in stored.items():
            recent_content_hashes(language).put(words)
        return found

    @cached_property
    def has_words(self) -> bool:
        """False if an older version of Footnote wrote the catalogue."""
        return bool(self.query("SELECT 1 FROM sqlite_master WHERE name = 'words'"))

    def passage_keys(self) -> list[int]:
        """The keys of all passages, ascending."""
        return [row[0] for row in self.query("SELECT key FROM passages ORDER BY key")]

    def by_keys(self, keys: Sequence[int]) -> list[Passage]:
        """Passages by key, in the order of *keys*; unknown keys are ignored."""
        with self.connection() as connection:
            rows = look_up(connection, f"{_SELECT} WHERE p.key IN", keys)
            found = {row[-1]: _joined_passage(row) for row in rows}
        return [found[key] for key in keys if key in found]

    def keys(self, ids: Sequence[str]) -> dict[str, int]:
        """The keys of passages by id; unknown ids are ignored."""
        with self.connection() as connection:
            return dict(look_up(connection, "SELECT id, key FROM passages WHERE id IN", ids))

    def ids(self, keys: Sequence[int]) -> list[str]:
        """The ids of passages, in the order of *keys*, which must all exist."""
        with self.connection() as connection:
            found = dict(look_up(connection, "SELECT key, id FROM passages WHERE key IN", keys))
        return [found[key] for key in keys]

    def hashes(self, keys: Sequence[int]) -> dict[int, bytes]:
        """Key -> hash of the embedded text, in the order of *keys*, which must all exist."""
        with self.connection() as connection:
            found = dict(look_up(connection, "SELECT key, hash FROM passages WHERE key IN", keys))
        return {key: found[key] for key in keys}

    def keys_by_hash(self, hashes: Sequence[bytes]) -> dict[bytes, int]:
        """Hash of an embedded text -> key of a passage with it; unknown hashes are left out."""
        with self.connection() as connection:
            return dict(look_up(connection, "SELECT hash, key FROM passages WHERE hash IN", hashes))

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that a statement returns."""
        with self.connection() as connection:
            return connection.execute(statement, values).fetchall()

    def commit(self) -> None:
        """Commit what this thread wrote."""
        with self.connection() as connection:
            connection.commit()


def _connect(path: Path, writable: bool) -> sqlite3.Connection:
    """Open a database. Readers open it as immutable, which needs no lock and no journal."""
    if writable:
        return sqlite3.connect(path, check_same_thread=False, timeout=30)
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    connection.execute("PRAGMA mmap_size = 268435456")
    return connection


def _joined_passage(row: Sequence[object]) -> Passage:
    """A row of ``_SELECT`` as a passage."""
    return _passage(info_of(row[: len(INFO_COLUMNS)]), row[len(INFO_COLUMNS) : -1])


def _passage(info: ArticleInfo, row: Sequence[object]) -> Passage:
    """The columns of ``_PASSAGE`` as a passage."""
    _, start, end, line, section, sentences, text = row
    spans = tuple(map(tuple, json.loads(str(sentences))))
    return Passage(info, text, start, end, line, section, spans)  # type: ignore[arg-type]


def passage_row(passage: Passage, article_key: int) -> tuple[object, ...]:
    """The values for a row of the table ``passages``, in column order, without the key."""
    spans = json.dumps(passage.sentences, separators=(",", ":"))
    position = (passage.start, passage.end, passage.line, passage.section, spans)
    return (passage.id, article_key, *position, passage.text, text_hash(passage))
