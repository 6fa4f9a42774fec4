"""Writing the catalogue: the articles of a file replaced by what was read now, no row more than needed."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from retrieval.article import Article, ArticleInfo, content_digest
from retrieval.index.catalogue import Catalogue, info_row, passage_row
from retrieval.passage import Passage

_INFO = tuple(field.name for field in fields(ArticleInfo))
_ARTICLE_COLUMNS = ", ".join((*_INFO, "own_id", "position", "digest", "content"))
_ARTICLE_MARKS = ", ".join("?" * (len(_INFO) + 4))
_PASSAGE_COLUMNS = 'id, article, start, "end", line, section, sentences, text, hash'


def place_free_digest(article: Article) -> str:
    """Equal for the same content in another file or under another id."""
    return content_digest(replace(article, info=replace(article.info, id="", path="")))


def replace_file(
    catalogue: Catalogue, path: str, articles: Sequence[tuple[Article, Sequence[Passage] | None]]
) -> None:
    """Make the articles of a file those given, each with its passages (None: as they are).

    Articles keep their keys while their own ids stay, passages while they stay the same. To be called
    within ``catalogue.reading()``; the caller commits.
    """
    with catalogue.reading() as connection:
        query = "SELECT own_id, key, id FROM articles WHERE path = ?"
        known = {row[0]: (row[1], row[2]) for row in connection.execute(query, (path,))}
        for position, (article, passages) in enumerate(articles):
            key, article_id = known.pop(article.info.id, (None, article.info.id))
            key = _write_article(connection, key, article_id, article, position)
            if passages is not None:
                _replace_passages(connection, key, [_under(passage, article_id) for passage in passages])
        _delete_articles(connection, [key for key, _ in known.values()])


def _under(passage: Passage, id: str) -> Passage:
    return passage if passage.article.id == id else replace(passage, article=replace(passage.article, id=id))


def _write_article(
    connection: sqlite3.Connection, key: int | None, id: str, article: Article, position: int
) -> int:
    info = info_row(replace(article.info, id=id))
    values = (key, *info, article.info.id, position, article.digest, place_free_digest(article))
    statement = f"INSERT OR REPLACE INTO articles (key, {_ARTICLE_COLUMNS}) VALUES (?, {_ARTICLE_MARKS})"  # noqa: S608
    written = connection.execute(statement, values).lastrowid
    return key if key is not None else int(written or 0)


def _replace_passages(connection: sqlite3.Connection, article_key: int, passages: Sequence[Passage]) -> None:
    columns = f"SELECT key, {_PASSAGE_COLUMNS} FROM passages WHERE article = ?"  # noqa: S608
    known = {row[1:]: row[0] for row in connection.execute(columns, (article_key,))}
    rows = dict.fromkeys(passage_row(passage, article_key) for passage in passages)
    gone = [(key,) for row, key in known.items() if row not in rows]
    connection.executemany("DELETE FROM passages WHERE key = ?", gone)
    insert = f"INSERT INTO passages ({_PASSAGE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    connection.executemany(insert, [row for row in rows if row not in known])


def _delete_articles(connection: sqlite3.Connection, keys: Sequence[int]) -> None:
    marks = [(key,) for key in keys]
    connection.executemany("DELETE FROM passages WHERE article = ?", marks)
    connection.executemany("DELETE FROM articles WHERE key = ?", marks)


def settle_ids(catalogue: Catalogue) -> None:
    """Give articles of equal own id different ids: the first by path and place keeps it, then "id#2" ….

    The outcome depends on the articles alone, not on the order in which they came.
    """
    with catalogue.reading() as connection:
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
            wanted = own_id if seen[own_id] == 1 else _free(own_id, seen, taken)
            if wanted != article_id:
                _rename(catalogue, connection, key, wanted)


def _free(own_id: str, seen: Counter[str], taken: set[str]) -> str:
    while f"{own_id}#{seen[own_id]}" in taken:
        seen[own_id] += 1
    taken.add(f"{own_id}#{seen[own_id]}")
    return f"{own_id}#{seen[own_id]}"


def _rename(catalogue: Catalogue, connection: sqlite3.Connection, key: int, id: str) -> None:
    keys = [
        row[0]
        for row in connection.execute("SELECT key FROM passages WHERE article = ? ORDER BY start", (key,))
    ]
    passages = [_under(each.passage, id) for each in catalogue.by_keys(keys)]
    connection.execute("UPDATE articles SET id = ? WHERE key = ?", (id, key))
    _replace_passages(connection, key, passages)


def add_rows(catalogue: Catalogue, passages: Sequence[Passage]) -> None:
    """Add passages as they come from a store, and their articles, of which only that much is known."""
    with catalogue.reading() as connection:
        for passage in passages:
            info = passage.article
            row = connection.execute(
                "SELECT key FROM articles WHERE id = ? AND path = ?", (info.id, info.path)
            ).fetchone()
            key = row[0] if row else _write_bare_article(connection, None, info)
            if row and catalogue.article(info.id) != info:
                _write_bare_article(connection, key, info)
            _add_passage(connection, passage_row(passage, key))


def _write_bare_article(connection: sqlite3.Connection, key: int | None, info: ArticleInfo) -> int:
    values = (key, *info_row(info), info.id, 0, "", "")
    statement = f"INSERT OR REPLACE INTO articles (key, {_ARTICLE_COLUMNS}) VALUES (?, {_ARTICLE_MARKS})"  # noqa: S608
    written = connection.execute(statement, values).lastrowid
    return key if key is not None else int(written or 0)


def _add_passage(connection: sqlite3.Connection, row: tuple[object, ...]) -> None:
    connection.execute(
        f"INSERT INTO passages ({_PASSAGE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        row,
    )


def remove_rows(catalogue: Catalogue, ids: Iterable[str]) -> None:
    """Remove passages by id, and the articles of which none is left."""
    with catalogue.reading() as connection:
        connection.executemany("DELETE FROM passages WHERE id = ?", [(each,) for each in ids])
        connection.execute("DELETE FROM articles WHERE key NOT IN (SELECT article FROM passages)")
