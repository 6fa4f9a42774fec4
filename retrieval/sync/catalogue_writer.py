"""Writes the catalogue: replaces the articles of a file, and changes only the rows that differ."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from retrieval.article import Article, ArticleInfo, content_digest
from retrieval.index.catalogue import WORDS_TABLE, Catalogue, passage_row
from retrieval.index.sqlite_lookup import look_up
from retrieval.index.stored_rows import INFO_COLUMNS, info_values
from retrieval.language_words import language_code
from retrieval.passage import Passage
from retrieval.text_analysis import content_hashes

_ARTICLE_COLUMNS = ", ".join((*INFO_COLUMNS, "own_id", "position", "digest", "content"))
_BATCH = 500  # passages analyzed at a time
_PASSAGE_COLUMNS = 'id, article, start, "end", line, section, sentences, text, hash'
_PUT_ARTICLE = (
    f"INSERT OR REPLACE INTO articles (key, {_ARTICLE_COLUMNS}) "  # noqa: S608
    f"VALUES (?, {', '.join('?' * (len(INFO_COLUMNS) + 4))})"
)
_INSERT_PASSAGE = f"INSERT INTO passages ({_PASSAGE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608


def place_free_digest(article: Article) -> str:
    """A digest of the article without id and path, to find moved articles."""
    return content_digest(replace(article, info=replace(article.info, id="", path="")))


def replace_file(
    catalogue: Catalogue, path: str, articles: Sequence[tuple[Article, Sequence[Passage] | None]]
) -> None:
    """Replace the articles of a file, each given with its passages (None: unchanged). The caller commits.

    An article keeps its key as long as its own id stays the same; so does a passage that is unchanged.
    """
    with catalogue.connection() as connection:
        query = "SELECT own_id, key, id FROM articles WHERE path = ?"
        known = {row[0]: (row[1], row[2]) for row in connection.execute(query, (path,))}
        for position, (article, passages) in enumerate(articles):
            key, article_id = known.pop(article.info.id, (None, article.info.id))
            info, digests = replace(article.info, id=article_id), (article.digest, place_free_digest(article))
            key = _put_article(connection, key, info, article.info.id, position, *digests)
            if passages is not None:
                _replace_passages(connection, key, [_with_id(passage, article_id) for passage in passages])
        _delete_articles(connection, [key for key, _ in known.values()])


def _with_id(passage: Passage, id: str) -> Passage:
    return passage if passage.article.id == id else replace(passage, article=replace(passage.article, id=id))


def _put_article(
    connection: sqlite3.Connection,
    key: int | None,
    info: ArticleInfo,
    own_id: str,
    position: int = 0,
    digest: str = "",
    content: str = "",
) -> int:
    """Insert an article, or replace that with the *key*; returns its key."""
    values = (key, *info_values(info), own_id, position, digest, content)
    row_id = connection.execute(_PUT_ARTICLE, values).lastrowid
    return key if key is not None else int(row_id or 0)


def _replace_passages(connection: sqlite3.Connection, article_key: int, passages: Sequence[Passage]) -> None:
    columns = f"SELECT key, {_PASSAGE_COLUMNS} FROM passages WHERE article = ?"  # noqa: S608
    known = {row[1:]: row[0] for row in connection.execute(columns, (article_key,))}
    rows = dict.fromkeys(passage_row(passage, article_key) for passage in passages)
    deleted = [(key,) for row, key in known.items() if row not in rows]
    connection.executemany("DELETE FROM passages WHERE key = ?", deleted)
    connection.executemany(_INSERT_PASSAGE, [row for row in rows if row not in known])


def _delete_articles(connection: sqlite3.Connection, keys: Sequence[int]) -> None:
    rows = [(key,) for key in keys]
    connection.executemany("DELETE FROM passages WHERE article = ?", rows)
    connection.executemany("DELETE FROM articles WHERE key = ?", rows)


def assign_unique_ids(catalogue: Catalogue) -> None:
    """Give articles with the same own id different ids: the first by path and position keeps it, the next
    gets "id#2", and so on.

    The result depends only on the articles, not on the order in which they were added.
    """
    with catalogue.connection() as connection:
        groups = (
            "SELECT own_id, key, id, path FROM articles WHERE own_id IN "
            "(SELECT own_id FROM articles GROUP BY own_id HAVING count(*) > 1) OR own_id != id "
            "ORDER BY path, position"
        )
        rows = connection.execute(groups).fetchall()
        taken: set[str] = (
            {row[0] for row in connection.execute("SELECT own_id FROM articles")} if rows else set()
        )
        seen: Counter[str] = Counter()
        for own_id, key, article_id, _ in rows:
            seen[own_id] += 1
            unique_id = own_id if seen[own_id] == 1 else _unused_id(own_id, seen, taken)
            if unique_id != article_id:
                _rename(catalogue, connection, key, unique_id)


def _unused_id(own_id: str, seen: Counter[str], taken: set[str]) -> str:
    while f"{own_id}#{seen[own_id]}" in taken:
        seen[own_id] += 1
    taken.add(f"{own_id}#{seen[own_id]}")
    return f"{own_id}#{seen[own_id]}"


def _rename(catalogue: Catalogue, connection: sqlite3.Connection, key: int, id: str) -> None:
    rows = connection.execute("SELECT key FROM passages WHERE article = ? ORDER BY start", (key,))
    passages = [_with_id(passage, id) for passage in catalogue.by_keys([row[0] for row in rows])]
    connection.execute("UPDATE articles SET id = ? WHERE key = ?", (id, key))
    _replace_passages(connection, key, passages)


def copy_articles(source: Catalogue, target: Catalogue, keys: Iterable[int]) -> None:
    """Copy articles and their passages, with their keys, to an empty catalogue. The caller commits."""
    rows = [(key,) for key in keys]
    with target.connection() as connection:
        connection.execute("ATTACH ? AS source", (str(source.path),))
        for table, columns, key in (
            ("articles", _ARTICLE_COLUMNS, "key"),
            ("passages", _PASSAGE_COLUMNS, "article"),
        ):
            columns = f"key, {columns}"
            connection.executemany(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM source.{table} WHERE {key} = ?",  # noqa: S608
                rows,
            )


def add_words(catalogue: Catalogue) -> None:
    """Store the content words of passages that have none yet, in the languages of their articles."""
    query = (
        "SELECT p.key, p.text, a.language FROM passages p JOIN articles a ON a.key = p.article WHERE p.key IN"
    )
    with catalogue.connection() as connection:
        connection.execute(WORDS_TABLE)
        connection.execute("DELETE FROM words WHERE passage NOT IN (SELECT key FROM passages)")
        rows = connection.execute("SELECT key FROM passages EXCEPT SELECT passage FROM words").fetchall()
        for at in range(0, len(rows), _BATCH):
            found = look_up(connection, query, [row[0] for row in rows[at : at + _BATCH]])
            connection.executemany(
                "INSERT INTO words VALUES (?, ?, ?)",
                [
                    (key, code := language_code(language), content_hashes(text, code))
                    for key, text, language in found
                ],
            )
        connection.commit()


def add_rows(catalogue: Catalogue, passages: Sequence[Passage]) -> None:
    """Add passages fetched from a vector store, and their articles, with what the passages say of them."""
    with catalogue.connection() as connection:
        for passage in passages:
            info = passage.article
            row = connection.execute(
                "SELECT key FROM articles WHERE id = ? AND path = ?", (info.id, info.path)
            ).fetchone()
            key = row[0] if row else None
            if key is None or catalogue.article(info.id) != info:
                key = _put_article(connection, key, info, info.id)
            connection.execute(_INSERT_PASSAGE, passage_row(passage, key))


def remove_rows(catalogue: Catalogue, ids: Iterable[str]) -> None:
    """Remove passages by id, and the articles without passages."""
    with catalogue.connection() as connection:
        connection.executemany("DELETE FROM passages WHERE id = ?", [(passage_id,) for passage_id in ids])
        connection.execute("DELETE FROM articles WHERE key NOT IN (SELECT article FROM passages)")
