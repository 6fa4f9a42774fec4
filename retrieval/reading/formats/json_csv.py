"""Reads JSON and CSV files: one Document for each row that has text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from itertools import chain
from typing import BinaryIO

from retrieval.errors import ReadError
from retrieval.reading.document.article_fields import describe_fields
from retrieval.reading.document.document import Document
from retrieval.reading.document.encoding import decode, is_binary, is_utf8
from retrieval.reading.document.field_names import (
    ANSWER_FIELDS,
    ID_FIELDS,
    METADATA_FIELDS,
    OTHER_LISTS,
    QUESTION_FIELDS,
    SUMMARY_FIELDS,
    TEXT_FIELDS,
)
from retrieval.reading.document.json_articles import articles_in, is_article
from retrieval.reading.document.json_stream import JsonInvalid, JsonStream, JsonValue
from retrieval.reading.formats.json_lines import (
    MAX_ROW_BYTES,
    BadRow,
    Row,
    read_json_lines,
    row_document,
    row_id,
)

_Result = tuple[Row, Document] | BadRow
_Results = Iterator[_Result]
_SAMPLE_BYTES = 65_536
_MAX_DECODED_BYTES = 64 * 2**20  # of a file that is not in UTF-8, which is decoded in memory
_MAX_OBJECT_LENGTH = 8 * 2**20  # characters: the members of a longer object are read one by one
_MAX_PARAGRAPHS_LENGTH = 2**20  # characters of a file that is a list of paragraphs
_MAX_DEPTH = 8  # of such objects
_MAX_PENDING = 1_000  # rows before the first article of a list
_MAX_COLUMNS = 2_000  # every row becomes a dict of all columns, however short the row is
_DIALECT_SAMPLE_LENGTH = 20_000  # characters examined to find the delimiter
_DELIMITERS = ",;\t|^~¦§\x1f\x01#:"
_KNOWN_COLUMNS = frozenset(
    chain(*METADATA_FIELDS.values(), TEXT_FIELDS, SUMMARY_FIELDS, QUESTION_FIELDS, ANSWER_FIELDS, ID_FIELDS)
)


def read_json(file: BinaryIO) -> _Results:
    """The articles of a JSON file of any size: of a list, of lists inside objects, or a single article.

    Raises ReadError for invalid JSON, or if there are no articles.
    """
    sample = file.read(_SAMPLE_BYTES)
    file.seek(0)
    if is_utf8(sample):
        if is_binary(sample):
            raise ReadError("The file is binary, not JSON.")
        yield from read_json_lines(file) if _is_json_lines(sample) else _articles(JsonStream(file))
        return
    data = file.read(_MAX_DECODED_BYTES + 1)
    if len(data) > _MAX_DECODED_BYTES:
        raise ReadError(f"The file is too large without UTF-8: more than {_MAX_DECODED_BYTES // 2**20} MB.")
    for result in read_json(BytesIO(decode(data).encode())):
        yield result if isinstance(result, BadRow) else (Row(result[0].id, result[0].line), result[1])


def read_json_value(data: bytes, row: Row) -> Document | None:
    """The document of a row found earlier from its bytes; None if they are another row now."""
    try:
        found = JsonStream(BytesIO(data)).value(MAX_ROW_BYTES)
    except JsonInvalid:
        return None
    value = found.value if found else None
    document = row_document(value) if isinstance(value, dict) and row_id(value) == row.id else None
    return document if isinstance(document, Document) else None


def _is_json_lines(sample: bytes) -> bool:
    """True if the first two lines that are not blank are objects: JSON Lines in a file named .json."""
    lines = [line for line in sample.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()][:3]
    are_objects = len(lines) > 1 and all(line.strip().startswith(b"{") for line in lines[:2])
    return are_objects and lines[0].rstrip().endswith(b"}")


def _articles(stream: JsonStream) -> _Results:
    paragraphs = _paragraphs(stream)
    if paragraphs is not None:
        yield paragraphs
        return
    number, articles = 0, 0
    first: JsonValue | None = None
    try:
        for found in _values(stream, 0):
            first = first or found
            nested = [] if is_article(found.value) else list(articles_in(found.value))
            for value in nested or [found.value]:
                number += 1
                offset, length = (0, 0) if nested else (found.offset, found.length)
                result = _article(value, number, "article", offset, length)
                articles += not isinstance(result, BadRow)
                yield result
    except JsonInvalid:
        if articles == 0:
            raise ReadError("The file is not valid JSON.") from None
        yield BadRow(f"article {number + 1}", "from here on, the file is not valid JSON")
    if articles == 0 and number <= 1:
        names = describe_fields(first.value) if first and isinstance(first.value, dict) else ""
        raise ReadError(
            "The JSON file contains no articles" + (f"; its fields are {names}." if names else ".")
        )


def _paragraphs(stream: JsonStream) -> _Result | None:
    """The document of a file that is a list of strings, its paragraphs; None for any other file."""
    if stream.peek() != "[":
        return None
    try:
        found = stream.value(_MAX_PARAGRAPHS_LENGTH, keep=True)
    except JsonInvalid:
        return None
    value = found.value if found else None
    if not isinstance(value, list) or not value or not all(isinstance(part, str) for part in value):
        return None
    return _article({"text": value}, 0, "article")


def _values(stream: JsonStream, depth: int) -> Iterator[JsonValue]:
    """The elements of lists, and each object that is not in a list as a whole if it is small enough."""
    while stream.peek():
        if stream.peek() == "[":
            yield from _elements(stream)
        elif (found := stream.value(_MAX_OBJECT_LENGTH)) is not None:
            yield found
        elif stream.peek() == "{" and depth < _MAX_DEPTH:
            yield from _members(stream, depth)
        else:
            raise JsonInvalid
        if depth:
            return
        stream.skip(",")


def _elements(stream: JsonStream) -> Iterator[JsonValue]:
    stream.skip("[")
    while not stream.skip("]"):
        found = stream.value(MAX_ROW_BYTES)
        if found is None:
            raise JsonInvalid
        yield found
        if not stream.skip(",") and stream.peek() != "]":
            raise JsonInvalid


def _members(stream: JsonStream, depth: int) -> Iterator[JsonValue]:
    """The articles in the lists and objects of an object that is too large to be parsed at once."""
    stream.skip("{")
    while not stream.skip("}"):
        name = stream.value(MAX_ROW_BYTES)
        if name is None or not isinstance(name.value, str) or not stream.skip(":"):
            raise JsonInvalid
        is_list = stream.peek() == "["
        for found in _article_list(_values(stream, depth + 1)):
            if name.value.lower() in OTHER_LISTS:
                continue
            if isinstance(found.value, dict) and not is_list and is_article(found.value):
                yield JsonValue({"id": name.value, **found.value}, 0, 0)
            else:
                yield found
        if not stream.skip(",") and stream.peek() != "}":
            raise JsonInvalid


def _article_list(values: Iterator[JsonValue]) -> Iterator[JsonValue]:
    """The values from the first article on, and a few before it; none if there is no article."""
    pending: list[JsonValue] | None = []
    for found in values:
        if pending is None:
            yield found
        elif is_article(found.value) or next(articles_in(found.value), None) is not None:
            yield from (*pending, found)
            pending = None
        elif len(pending) < _MAX_PENDING:
            pending.append(found)


def _article(value: object, number: int, unit: str, offset: int = 0, length: int = 0) -> _Result:
    document = row_document(value) if isinstance(value, dict) else "it is not a JSON object"
    if isinstance(document, str) or not isinstance(value, dict):
        return BadRow(f"{unit} {number}", str(document))
    return Row(row_id(value), number, offset, length), document


def read_csv(data: bytes) -> _Results:
    """The articles of a CSV file with a header row (title, text, date, source, url, …). Raises ReadError."""
    text = decode(data)
    csv.field_size_limit(MAX_ROW_BYTES)
    separator = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)  # as Excel writes it
    text = text[separator.end() :] if separator else text
    rows = csv.reader(StringIO(text, newline=""), dialect=_dialect(text, separator[1] if separator else None))
    try:
        header = [name.strip().lower() for name in next(rows, [])]
        if len(header) > _MAX_COLUMNS:
            raise ReadError(f"The table has more than {_MAX_COLUMNS:,} columns.")
        for number, cells in enumerate((cells for cells in rows if any(cells)), start=2):
            if len(cells) > len(header) and any(cells[len(header) :]):
                yield BadRow(f"row {number}", "it has more cells than the table has columns")
            else:
                yield _article(dict(zip(header, cells, strict=False)), number, "row")
    except csv.Error as error:
        raise ReadError("The table is damaged: a cell is unterminated or too long.") from error


def _dialect(text: str, delimiter: str | None) -> type[csv.Dialect]:
    """The delimiter that splits the header into the most known names, else into the most columns."""
    sample = text[:_DIALECT_SAMPLE_LENGTH]
    chosen = delimiter or max(_DELIMITERS, key=lambda mark: _header_score(sample, mark))
    has_spaces = f'{chosen} "' in sample
    has_backslashes = sample.count('\\"') > sample.count('""')  # MySQL escapes quotes by backslashes

    class _Dialect(csv.excel):
        delimiter = chosen
        doublequote = not has_backslashes
        escapechar = "\\" if has_backslashes else None
        skipinitialspace = has_spaces

    return _Dialect


def _header_score(sample: str, delimiter: str) -> tuple[int, int]:
    try:
        header = next(csv.reader(StringIO(sample, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return 0, 0
    return sum(name.strip().lower() in _KNOWN_COLUMNS for name in header), len(header)
