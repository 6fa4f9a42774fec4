"""Reads mailboxes (.mbox) message by message, so that memory does not grow with the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from retrieval.errors import ReadError
from retrieval.reading.document.document import Document
from retrieval.reading.formats.eml import message_id, read_email
from retrieval.reading.formats.json_lines import BadRow, Row

_MAX_MESSAGE_BYTES = 64 * 2**20
_MAX_LINE_BYTES = 2**20
# A "From " line separates messages only if a header follows; in a body it is the start of a sentence. The
# standard library's mailbox splits at every such line.
_FROM_LINE = re.compile(rb"From \S+.*\d{4}\s*$|From - |From \S+@\S+\s*$")
_HEADER = re.compile(rb"[!-9;-~]{1,80}:")
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def read_mbox(file: BinaryIO) -> Iterator[tuple[Row, Document] | BadRow]:
    """The messages of a mailbox. Raises ReadError if the file is not a mailbox."""
    for number, (offset, data) in enumerate(_messages(file), start=1):
        if len(data) > _MAX_MESSAGE_BYTES:
            yield BadRow(f"message {number}", f"it is larger than {_MAX_MESSAGE_BYTES // 2**20} MB")
            continue
        try:
            document = _read(data)
        except ReadError as error:
            yield BadRow(f"message {number}", str(error)[0].lower() + str(error)[1:].rstrip("."))
        else:
            yield Row(message_id(data), number, offset, len(data)), document


def read_mbox_message(data: bytes, row: Row) -> Document | None:
    """The document of a message found earlier from its bytes; None if they are another message now."""
    if message_id(data) != row.id:
        return None
    try:
        return _read(data)
    except ReadError:
        return None


def _read(data: bytes) -> Document:
    return read_email(_ESCAPED_FROM.sub(rb"\1", data))


def _messages(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(byte offset, bytes) of each message, without its "From " line.

    A message that is too long is cut off above the limit; the rest of it is skipped.
    """
    offset, start, length = 0, 0, 0
    parts: list[bytes] = []
    previous, from_line = b"", None
    for number, line in enumerate(iter(lambda: file.readline(_MAX_LINE_BYTES), b"")):
        if number == 0 and not line.startswith(b"From "):
            raise ReadError('The file is not a mailbox: it does not start with "From ".')
        if from_line is not None and (_HEADER.match(line) or number == 1):
            if parts:
                yield start, b"".join(parts)
            parts, start, length = [], offset, 0
        elif from_line is not None:
            parts.append(from_line)
        is_separator = (not previous.strip() or number == 0) and (_FROM_LINE.match(line) or number == 0)
        from_line = line if is_separator else None
        if from_line is None and length <= _MAX_MESSAGE_BYTES:
            parts.append(line)
            length += len(line)
        offset += len(line)
        previous = line
    if parts:
        yield start, b"".join(parts)
