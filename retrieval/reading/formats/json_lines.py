"""Dumps of articles, one JSON object a line -> Documents; ``text`` is the row's text, untouched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from retrieval.errors import ReadError
from retrieval.reading.document.document import Document, Facts
from retrieval.reading.document.encoding import decode, is_binary, is_wide, without_surrogates
from retrieval.reading.document.safe_open import open_file
from retrieval.reading.formats.markdown import facts_of
from retrieval.reading.formats.plain_text import dropped_lines, line_reasons
from retrieval.text_lines import is_shredded, lines_of

LONGEST_ROW = 64 * 2**20  # bytes
_TEXT_NAMES = (
    "text", "body", "content", "articlebody", "article_body", "article_text", "full_text", "fulltext",
    "maintext", "article", "story",
)  # fmt: skip
_ID_NAMES = ("id", "_id", "guid", "article_id", "doc_id")
_ID_FIRST = re.compile(rb'\s*\{\s*"id"\s*:\s*("(?:[^"\\]|\\.){0,500}"|-?\d{1,40})\s*[,}]')


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a dump: its id (None when it has none), its 1-based line or number, its bytes in the file."""

    id: str | None
    line: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is no article: where it is ("line 4"), and why, in a few words."""

    place: str
    reason: str


def read_rows(path: Path) -> Iterator[tuple[Row, Document] | BadRow]:
    """The articles of a .jsonl file in order, one row in memory at a time; ReadError for binary files."""
    with open_file(path) as file:
        yield from _rows(file)


def read_packed(data: bytes) -> Iterator[tuple[Row, Document] | BadRow]:
    """The same for a file that was packed, or that is in UTF-16; its places are of no use."""
    text = decode(data) if is_wide(data) else None
    yield from _rows(BytesIO(data if text is None else text.encode()))


def _rows(file: BinaryIO) -> Iterator[tuple[Row, Document] | BadRow]:
    for line, offset, data in _lines(file):
        row = _parse(data)
        if isinstance(row, str):
            yield BadRow(f"line {line}", row)
            continue
        document = row_document(row)
        if document is None:
            yield BadRow(f"line {line}", "it has no text")
            continue
        yield Row(row_id(row), line, offset, len(data)), document


def scan_rows(path: Path) -> Iterator[Row]:
    """Ids and places of the rows only; much faster where "id" is a row's first field."""
    with open_file(path) as file:
        yield from _scan(file)


def _scan(file: BinaryIO) -> Iterator[Row]:
    for line, offset, data in _lines(file):
        quick = _ID_FIRST.match(data)
        if quick:
            try:
                found: str | None = str(json.loads(quick[1]))
            except ValueError:
                continue
        else:
            row = _parse(data)
            if isinstance(row, str):
                continue
            found = row_id(row)
        yield Row(found, line, offset, len(data))


def read_row_at(path: Path, row: Row) -> Document | None:
    """The document at a place found before; None when the row with this id does not stand there now."""
    with open_file(path) as file:
        file.seek(row.offset)
        fields = _parse(file.read(row.length))
    return row_document(fields) if isinstance(fields, dict) and row_id(fields) == row.id else None


def row_id(row: Mapping[str, object]) -> str | None:
    """The row's own id as a string of one line, None when it has none."""
    for name in _ID_NAMES:
        value = row.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool):
            words = " ".join(without_surrogates(str(value)).split())
            if words:
                return words
    return None


def row_document(row: Mapping[str, object]) -> Document | None:
    """The document of a row; its text is clean: only a repeated title and unmistakable clutter is marked."""
    lowered = {name.lower(): value for name, value in row.items()}
    text = next(
        (value for name in _TEXT_NAMES if isinstance(value := lowered.get(name), str) and value), None
    )
    if text is None or not text.strip():
        return None
    text = without_surrogates(text)
    facts = facts_of(lowered)
    if is_shredded(text):
        return Document(text, _clean(facts))
    lines = [line for line in lines_of(text) if line.words]
    reasons = line_reasons(lines)
    if facts.title and lines[0].words.casefold() == facts.title.casefold() and len(lines) > 1:
        reasons[lines[0].number] = "title"
    return Document(text, _clean(facts), (), dropped_lines(lines, reasons))


def _clean(facts: Facts) -> Facts:
    def clean(value: str | None) -> str | None:
        return None if value is None else without_surrogates(value)

    return Facts(*(clean(value) for value in (
        facts.title, facts.publisher, facts.author, facts.published, facts.updated, facts.url, facts.language
    )))  # fmt: skip


def _lines(file: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """(1-based line, offset in bytes, bytes) of each line that is not empty."""
    offset = 0
    for number, data in enumerate(iter(lambda: file.readline(LONGEST_ROW), b""), start=1):
        if number == 1:
            if is_binary(data):
                raise ReadError("This is a binary file, not lines of JSON.")
            mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
            data, offset = data[mark:], mark
        if data.strip():
            yield number, offset, data
        offset += len(data)


def _parse(data: bytes) -> dict[str, object] | str:
    """The object of a row, or why it is none."""
    try:
        row = json.loads(_text_of(data))
    except (ValueError, RecursionError):
        return "it is not valid JSON"
    return row if isinstance(row, dict) else "it is not a JSON object"


def _text_of(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return decode(data)
