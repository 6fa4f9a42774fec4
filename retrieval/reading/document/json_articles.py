"""Finds the rows in a JSON value that are articles: answers of APIs nest them, and tables list columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from retrieval.reading.document.article_fields import article_text, flatten, is_record
from retrieval.reading.document.field_names import METADATA_FIELDS, OTHER_LISTS, TEXT_FIELDS

_MAX_DEPTH = 8  # of objects and lists around the articles
_MAX_COLUMNS = 2_000  # of a table: every row becomes an object of all columns


def is_article(value: object) -> bool:
    """True if an object has a text of its own. A summary is enough beside a title and a date, URL or author.

    A feed has such a description, too, but also a list of entries.
    """
    if not isinstance(value, Mapping):
        return False
    fields = flatten(value)
    if article_text(fields, with_summary=False) is not None:
        return True
    if not is_record(fields) or article_text(fields) is None:
        return False
    return not any(isinstance(part, list) and any(map(is_record, part)) for part in fields.values())


def articles_in(value: object, depth: int = 0) -> Iterator[object]:
    """The rows of all lists of articles inside *value*, including rows of these lists that are not articles.

    An object of articles by id is such a list, too.
    """
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        yield from rows_of(value, depth)
    elif isinstance(value, Mapping):
        if _is_json_feed(value):
            yield from _feed_items(value)
            return
        table = table_rows(value)
        if table is not None:
            yield from rows_of(table, depth)
            return
        by_id = [{"id": str(name), **part} for name, part in value.items() if is_article(part)]
        yield from by_id
        for name, part in value.items():
            if str(name).lower() not in OTHER_LISTS and not (by_id and is_article(part)):
                yield from articles_in(part, depth + 1)


def _is_json_feed(value: Mapping[str, object]) -> bool:
    return "jsonfeed.org" in str(value.get("version"))[:100] and isinstance(value.get("items"), list)


def _feed_items(feed: Mapping[str, object]) -> Iterator[object]:
    """The items of a JSON Feed with the feed's title as their publisher."""
    shared = {
        "publisher": feed.get("title"),
        "language": feed.get("language"),
        "authors": feed.get("authors"),
    }
    items = feed["items"]
    for item in items if isinstance(items, list) else ():
        yield {**shared, **item} if isinstance(item, Mapping) else item


def rows_of(values: list[object], depth: int = 0) -> Iterator[object]:
    """The rows of one list: if one is an article, all of them; else the articles inside them."""
    if any(map(is_article, values)):
        for row in values:
            nested = [] if is_article(row) else list(articles_in(row, depth + 1))
            yield from nested or [row]
    else:
        for row in values:
            yield from articles_in(row, depth + 1)


def table_rows(value: Mapping[str, object]) -> list[object] | None:
    """The rows of a table as pandas and datasets export it: by column, or split into columns and data."""
    columns, data = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(data, list) and len(columns) <= _MAX_COLUMNS:
        names = [str(name) for name in columns]
        return [dict(zip(names, row, strict=False)) for row in data if isinstance(row, list)] or None
    named = {str(name).lower(): column for name, column in value.items()}
    texts = next((column for name in TEXT_FIELDS if isinstance(column := named.get(name), list | dict)), None)
    titles = next((c for n in METADATA_FIELDS["title"] if isinstance(c := named.get(n), list | dict)), None)
    if not texts or type(texts) is not type(titles) or len(value) > _MAX_COLUMNS:
        return None
    if isinstance(texts, dict):
        if not all(str(key).isdecimal() for key in texts):
            return None
        columns_by_name = {name: column for name, column in value.items() if isinstance(column, dict)}
        return [{name: column.get(key) for name, column in columns_by_name.items()} for key in texts]
    lists = {name: column for name, column in value.items() if isinstance(column, list)}
    if any(len(column) != len(texts) for column in lists.values()) or not isinstance(texts[0], str):
        return None
    return [dict(zip(lists, cells, strict=True)) for cells in zip(*lists.values(), strict=True)]
