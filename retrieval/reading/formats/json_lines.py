"""Reads dumps of articles with one JSON object per line; a row's text is unchanged unless it is HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from typing import BinaryIO

from retrieval.article import Heading
from retrieval.errors import ReadError
from retrieval.reading.document.article_fields import (
    article_text,
    describe_fields,
    flatten,
    metadata_from_fields,
    unpublished_reason,
)
from retrieval.reading.document.blocks import join_blocks
from retrieval.reading.document.document import Document, Metadata
from retrieval.reading.document.encoding import decode, is_binary, is_utf16_or_utf32, replace_surrogates
from retrieval.reading.document.field_markup import is_markup, is_whole_page, markup_blocks, unescape
from retrieval.reading.document.field_names import ID_FIELDS, MISSING_VALUES
from retrieval.reading.document.json_articles import articles_in, is_article
from retrieval.reading.formats.plain_text import boilerplate_reasons, dropped_lines
from retrieval.text_lines import is_shredded, lines_of

MAX_ROW_BYTES = 64 * 2**20
_MAX_FILE_BYTES = 64 * 2**20  # of a file in UTF-16 or UTF-32, which is decoded in memory
_LEADING_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*("(?:[^"\\]|\\.){0,500}"|-?\d{1,40})\s*[,}]')


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: its id if it has one, and its 1-based line or number; 0 if it is the whole file.

    ``offset`` and ``length`` are its bytes in the file; a length of 0 means that it cannot be read alone.
    ``member`` is the name of its file in an archive.
    """

    id: str | None
    line: int
    offset: int = 0
    length: int = 0
    member: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not an article: its location ("line 4") and the reason, in a few words."""

    location: str
    reason: str


def read_json_lines(file: BinaryIO) -> Iterator[tuple[Row, Document] | BadRow]:
    """The articles of a .jsonl file in order, one row in memory at a time. Raises ReadError if binary."""
    if not is_utf16_or_utf32(_sample(file)):
        yield from _rows(file)
        return
    data = file.read(_MAX_FILE_BYTES + 1)
    if len(data) > _MAX_FILE_BYTES:
        raise ReadError(f"The file is too large for UTF-16: more than {_MAX_FILE_BYTES // 2**20} MB.")
    for result in _rows(BytesIO(decode(data).encode())):
        yield result if isinstance(result, BadRow) else (Row(result[0].id, result[0].line), result[1])


def _rows(file: BinaryIO) -> Iterator[tuple[Row, Document] | BadRow]:
    for line, offset, data in _lines(file):
        row = _parse(data)
        if isinstance(row, str):
            yield BadRow(f"line {line}", row)
            continue
        if _is_bulk_action(row):
            continue
        yield from row_results(row, f"line {line}", Row(row_id(row), line, offset, len(data)))


def _is_bulk_action(row: Mapping[str, object]) -> bool:
    """True for the line that precedes a document in a bulk request to Elasticsearch: {"index": {…}}."""
    return len(row) == 1 and isinstance(row.get("index") or row.get("create"), dict)


def row_results(value: object, location: str, row: Row) -> Iterator[tuple[Row, Document] | BadRow]:
    """The article of a JSON value, or those in the lists inside it, or why there is none."""
    if not isinstance(value, dict):
        yield BadRow(location, "it is not a JSON object")
        return
    nested = [] if is_article(value) else list(articles_in(value))
    if not nested:
        document = row_document(value)
        yield BadRow(location, document) if isinstance(document, str) else (row, document)
    for part in nested:
        document = row_document(part) if isinstance(part, dict) else "it is not a JSON object"
        if isinstance(document, str) or not isinstance(part, dict):
            yield BadRow(location, str(document))
        else:
            yield Row(row_id(part), row.line), document


def scan_rows(file: BinaryIO) -> Iterator[Row]:
    """Only the ids and byte spans of the rows; much faster if "id" is the first field of a row."""
    if is_utf16_or_utf32(_sample(file)):
        yield from (result[0] for result in read_json_lines(file) if not isinstance(result, BadRow))
        return
    yield from _scan(file)


def _sample(file: BinaryIO) -> bytes:
    sample = file.read(4096)
    file.seek(0)
    return sample


def _scan(file: BinaryIO) -> Iterator[Row]:
    for line, offset, data in _lines(file):
        leading_id = _LEADING_ID.match(data)
        if leading_id:
            try:
                own_id = row_id({"id": json.loads(leading_id[1])})
            except ValueError:
                continue
        else:
            row = _parse(data)
            if isinstance(row, str):
                continue
            nested = [] if is_article(row) else list(articles_in(row))
            if nested:
                yield from (Row(row_id(part), line) for part in nested if isinstance(part, dict))
                continue
            own_id = row_id(row)
        yield Row(own_id, line, offset, len(data))


def read_json_row(data: bytes, row: Row) -> Document | None:
    """The document of a row found earlier from its bytes; None if they are another row now."""
    fields = _parse(data)
    document = row_document(fields) if isinstance(fields, dict) and row_id(fields) == row.id else None
    return document if isinstance(document, Document) else None


def row_id(row: Mapping[str, object]) -> str | None:
    """The row's own id as a single-line string, or None."""
    for fields in (row, flatten(row)):
        for name in ID_FIELDS:
            value = fields.get(name)
            value = value.get("$oid") if isinstance(value, Mapping) else value  # MongoDB
            if isinstance(value, str | int) and not isinstance(value, bool):
                words = " ".join(replace_surrogates(str(value)).split())
                if words and words.lower() not in MISSING_VALUES:
                    return words
    return None


def row_document(row: Mapping[str, object]) -> Document | str:
    """The document of a row, or the reason why it is not an article.

    The text is assumed to be clean: only a repeated title and clear boilerplate are dropped. It is unchanged
    unless it is HTML.
    """
    fields = flatten(row)
    if reason := unpublished_reason(fields):
        return reason
    found = article_text(fields)
    if found is None:
        return f"it has no text; its fields are {describe_fields(row)}" if row else "it is empty"
    metadata = _printable(metadata_from_fields(fields))
    if is_whole_page(found.text):
        return _page_document(found.text, metadata)
    text, headings = _text_of_field(found.text)
    if found.question:
        question, _ = _text_of_field(found.question)
        text = f"{question}\n\n{text}"
        headings = ()
        metadata = metadata.with_fallback(Metadata(title=" ".join(question.split())))
    if not text.strip():
        return "its text is markup without words"
    return _row_document(text, headings, metadata)


def _text_of_field(value: str) -> tuple[str, tuple[Heading, ...]]:
    value = replace_surrogates(value)
    if not is_markup(value):
        value = unescape(value)  # of markup, if it was escaped twice
    return join_blocks(markup_blocks(value)) if is_markup(value) else (value, ())


def _page_document(page: str, metadata: Metadata) -> Document | str:
    from retrieval.reading.formats.html import read_html

    try:
        document = read_html(replace_surrogates(page))
    except ReadError as error:
        return str(error)
    return replace(document, metadata=metadata.with_fallback(document.metadata))


def _row_document(text: str, headings: tuple[Heading, ...], metadata: Metadata) -> Document:
    if is_shredded(text):
        return Document(text, metadata)
    lines = [line for line in lines_of(text) if line.words]
    reasons = boilerplate_reasons(lines)
    if metadata.title and lines[0].words.casefold() == metadata.title.casefold() and len(lines) > 1:
        reasons[lines[0].number] = "title"
    numbers = {line.start: line.number for line in lines}
    kept = tuple(heading for heading in headings if numbers.get(heading.start) not in reasons)
    return Document(text, metadata, kept, dropped_lines(lines, reasons))


def _printable(metadata: Metadata) -> Metadata:
    values = {name: value for name, value in asdict(metadata).items() if isinstance(value, str)}
    tags = tuple(map(replace_surrogates, metadata.tags))
    return Metadata(**{name: replace_surrogates(value) for name, value in values.items()}, tags=tags)


def _lines(file: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """(1-based line, byte offset, bytes) of each non-blank line."""
    offset = 0
    for number, data in enumerate(iter(lambda: file.readline(MAX_ROW_BYTES), b""), start=1):
        if number == 1:
            if is_binary(data):
                raise ReadError("The file is binary, not JSON Lines.")
            mark_length = 3 if data.startswith(b"\xef\xbb\xbf") else 0
            data, offset = data[mark_length:], mark_length
        if data.strip():
            yield number, offset, data
        offset += len(data)


def _parse(data: bytes) -> dict[str, object] | str:
    """The object of a row, or the reason why it is not one."""
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
