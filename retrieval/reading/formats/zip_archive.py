"""Reads ZIP archives: the articles of each file in it, as if the archive were a folder."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, cast

from retrieval.errors import ReadError
from retrieval.reading.document.document import Document, file_name_metadata, tidy
from retrieval.reading.formats.json_lines import BadRow, Row
from retrieval.reading.formats.registry import (
    COLLECTIONS,
    MAX_FILE_BYTES,
    STREAMS,
    decompress,
    kind_of,
    read_collection,
    read_document,
    read_stream,
)

_Results = Iterator[tuple[Row, Document] | BadRow]
_MAX_TOTAL_BYTES = 2**30  # of all files, decompressed: rejects zip bombs
_MAX_FILES = 100_000
_IGNORED = re.compile(r"(?:^|/)(?:\.|__MACOSX/|Thumbs\.db$|desktop\.ini$|~\$)")  # hidden and system files
_ARCHIVE_ERRORS = (
    zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError,
)  # fmt: skip


def read_zip(file: BinaryIO) -> _Results:
    """The articles of all files in the archive. Raises ReadError if it is damaged or too large.

    Files that cannot be read are reported; archives inside the archive are not opened.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > _MAX_FILES:
                raise ReadError(f"The archive contains more than {_MAX_FILES:,} files.")
            remaining = _MAX_TOTAL_BYTES
            for member in members:
                if member.is_dir() or _IGNORED.search(member.filename):
                    continue
                yield from _read_member(archive, member, remaining)
                remaining -= member.file_size
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ReadError("The ZIP archive is damaged.") from error


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, remaining: int) -> _Results:
    name = tidy(member.filename.replace("\\", "/")) or "unnamed"
    kind = kind_of(name)
    if kind is None or kind == "ZIP":
        reason = "it is an archive inside an archive" if kind else "its file type is not supported"
        yield BadRow(f"file {name}", reason)
        return
    try:
        for result in _results(archive, member, kind, remaining):
            if isinstance(result, BadRow):
                yield BadRow(f"file {name}", f"{result.location}: {result.reason}")
            else:
                row, document = result
                yield Row(row.id, row.line, member=name), _with_file_name(document, name, row)
    except ReadError as error:
        yield BadRow(f"file {name}", str(error)[0].lower() + str(error)[1:].rstrip("."))


def _results(archive: zipfile.ZipFile, member: zipfile.ZipInfo, kind: str, remaining: int) -> _Results:
    if member.flag_bits & 0x1:
        raise ReadError("It is encrypted.")
    is_stream = kind in STREAMS and not member.filename.lower().endswith(".gz")
    if member.file_size > (remaining if is_stream else min(MAX_FILE_BYTES, remaining)):
        raise ReadError(f"It is too large: {member.file_size / 2**20:,.0f} MB.")
    try:
        with archive.open(member) as file:  # reads no more than the size in the table of the archive
            if is_stream:
                for result in read_stream(kind, cast(BinaryIO, file)):
                    yield _without_offset(result)
                return
            data = file.read()
    except _ARCHIVE_ERRORS as error:
        raise ReadError("It is damaged, or compressed by an unsupported method.") from error
    if member.filename.lower().endswith(".gz"):
        data = decompress(data)
    if not data.strip():
        raise ReadError("It is empty.")
    if kind in COLLECTIONS:
        yield from read_collection(kind, data)
    else:
        yield Row(None, 0), read_document(kind, data)


def _without_offset(result: tuple[Row, Document] | BadRow) -> tuple[Row, Document] | BadRow:
    return result if isinstance(result, BadRow) else (Row(result[0].id, result[0].line), result[1])


def _with_file_name(document: Document, name: str, row: Row) -> Document:
    """A whole file takes its title and date from its name, as it does outside an archive."""
    if row.line:
        return document
    return replace(document, metadata=document.metadata.with_fallback(file_name_metadata(name)))
