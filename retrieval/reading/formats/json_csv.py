"""Dumps that are one JSON value or a CSV table -> Documents, one for each row that has text."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator

from retrieval.errors import ReadError
from retrieval.reading.document.document import Document
from retrieval.reading.document.encoding import decode
from retrieval.reading.formats.json_lines import LONGEST_ROW, BadRow, Row, row_document, row_id

_MOST_COLUMNS = 2_000  # a row has to be spelled out by column, however short it is
_SAMPLE = 20_000  # characters of a table that show how its cells are divided


def read_json(data: bytes) -> Iterator[tuple[Row, Document] | BadRow]:
    """The articles of a JSON file: a list of them, one alone, or an object that holds such a list."""
    try:
        value: object = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        raise ReadError("This file is not valid JSON.") from error
    rows = _rows(value)
    if rows is None:
        raise ReadError("There is no list of articles in this JSON file.")
    for number, row in enumerate(rows, start=1):
        yield _article(row, number, "article")


def _rows(value: object) -> list[object] | None:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return None
    if row_document(value) is not None:
        return [value]
    lists = [
        part
        for part in value.values()
        if isinstance(part, list) and any(isinstance(row, dict) for row in part)
    ]
    if lists:
        return max(lists, key=len)
    if value and all(isinstance(part, dict) for part in value.values()):  # by id: {"a1": {...}, "a2": {...}}
        return [{"id": name, **part} for name, part in value.items() if isinstance(part, dict)]
    return None


def _article(row: object, number: int, word: str) -> tuple[Row, Document] | BadRow:
    if not isinstance(row, dict):
        return BadRow(f"{word} {number}", "it is not a JSON object")
    document = row_document(row)
    if document is None:
        return BadRow(f"{word} {number}", "it has no text")
    return Row(row_id(row), number, 0, 0), document


def read_table(data: bytes) -> Iterator[tuple[Row, Document] | BadRow]:
    """The articles of a table whose first row names the columns (title, text, date, source, url, …)."""
    text = decode(data)
    csv.field_size_limit(LONGEST_ROW)
    reader = csv.DictReader(text.splitlines(keepends=True), dialect=_dialect(text))
    try:
        if len(reader.fieldnames or ()) > _MOST_COLUMNS:
            raise ReadError(f"A table of articles has no more than {_MOST_COLUMNS:,} columns.")
        for number, row in enumerate(reader, start=2):
            yield _article({str(name): cell for name, cell in row.items()}, number, "row")
    except csv.Error as error:
        raise ReadError("This table is broken: a cell has no end, or is too long.") from error


def _dialect(text: str) -> type[csv.Dialect]:
    """Divided by commas, semicolons or tabs: whichever the first line has most of."""
    first = text[:_SAMPLE].splitlines()[0] if text.strip() else ""
    mark = max(",;\t", key=first.count)

    class _Found(csv.excel):
        delimiter = mark

    return _Found
