"""Parses a JSON file value by value, so that memory does not grow with the file.

The standard parser reads each value from a buffer, which grows only until it holds that value. (ijson, the
usual library for this, rejects the NaN that pandas writes.)
"""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass
from typing import BinaryIO

from retrieval.reading.document.encoding import decode

_CHUNK_BYTES = 2**20
_MAX_TRUNCATED = 40  # characters: an error this close to the end of the buffer can be due to a cut-off value
_SPACE = " \t\r\n\x1e\0"  # RFC 7464 separates values by the record separator


@dataclass(frozen=True, slots=True)
class JsonValue:
    """A parsed value and its byte span in the file."""

    value: object
    offset: int
    length: int


class JsonInvalid(Exception):
    """The file is not valid JSON from here on."""


class JsonStream:
    """Reads UTF-8 from the current position of *file*; a stray byte is read as Windows-1252."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._parse = json.JSONDecoder(strict=False).raw_decode
        self._buffer = ""
        self._position = 0
        self._ended = False
        self._offset = 0  # bytes before the position
        self._fill()
        if self._buffer.startswith("\ufeff"):
            self._advance(1)

    def peek(self) -> str:
        """The next character that is not white space; "" at the end."""
        while True:
            for index in range(self._position, len(self._buffer)):
                if self._buffer[index] not in _SPACE:
                    self._advance(index)
                    return self._buffer[index]
            self._advance(len(self._buffer))
            if self._ended:
                return ""
            self._fill()

    def skip(self, characters: str) -> bool:
        """Skip the next character if it is one of *characters*."""
        found = self.peek()
        if not found or found not in characters:
            return False
        self._advance(self._position + 1)
        return True

    def value(self, max_length: int, *, keep: bool = False) -> JsonValue | None:
        """The next value; None, without moving on, if it is longer than *max_length* characters.

        *keep* does not move on either. Raises JsonInvalid.
        """
        self.peek()
        while True:
            try:
                value, end = self._parse(self._buffer, self._position)
            except json.JSONDecodeError as error:
                is_truncated = error.msg.startswith("Unterminated")
                if self._ended or not (is_truncated or error.pos >= len(self._buffer) - _MAX_TRUNCATED):
                    raise JsonInvalid from error
            except (ValueError, RecursionError) as error:  # a number of thousands of digits, or deep nesting
                raise JsonInvalid from error
            else:
                if end < len(self._buffer) or self._ended:
                    return JsonValue(value, self._offset, 0) if keep else self._consume(value, end)
            if len(self._buffer) - self._position > max_length:
                return None
            self._fill()

    def _consume(self, value: object, end: int) -> JsonValue:
        text, offset = self._buffer[self._position : end], self._offset
        self._advance(end)
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:  # an escaped stray byte; lone surrogates are always "\\ud800" in JSON
                value = json.loads(decode(text.encode("utf-8", "surrogateescape")), strict=False)
        return JsonValue(value, offset, self._offset - offset)

    def _advance(self, position: int) -> None:
        passed = self._buffer[self._position : position]
        self._offset += len(passed) if passed.isascii() else len(passed.encode("utf-8", "surrogateescape"))
        self._position = position

    def _fill(self) -> None:
        """Extend the buffer by at least what it holds, so that a long value is read in linear time."""
        rest = self._buffer[self._position :]
        data = self._file.read(max(_CHUNK_BYTES, len(rest)))
        self._ended = not data
        self._buffer = rest + self._decoder.decode(data or b"", final=self._ended)
        self._position = 0
