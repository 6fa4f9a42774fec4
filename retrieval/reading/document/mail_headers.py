"""Decodes the headers of emails, including the wrong encodings that mail programs declare."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from email.policy import EmailPolicy

from retrieval.errors import ReadError
from retrieval.reading.document.encoding import decode

_MAX_LENGTH = 2_000  # characters of a header: the standard parser takes quadratic time
_ENCODED_WORD = re.compile(r"=\?([\w.:-]{1,40})(?:\*[\w-]{1,20})?\?([bBqQ])\?([^?\s]{0,2000})\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")


class _RawHeaders(EmailPolicy):
    """Gives each header as it is in the file, truncated, without parsing it."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value[:_MAX_LENGTH]


MAIL_POLICY = _RawHeaders()


def decoded_header(value: str) -> str:
    """A header as text: encoded words (RFC 2047) and bytes that are not ASCII are decoded.

    Bytes of adjacent words in one encoding are joined first, since some programs split characters.

    >>> decoded_header("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?= by Jane")
    'café by Jane'
    """
    if not value.isascii():
        value = _decode(value.encode("utf-8", "surrogateescape"), None)
    parts: list[str] = []
    pending, charset, offset = b"", "", 0
    value = _BETWEEN_WORDS.sub(r"\1", value)
    for word in _ENCODED_WORD.finditer(value):
        between = value[offset : word.start()]
        if pending and (between or word[1].lower() != charset):
            parts.append(_decode(pending, charset))
            pending = b""
        parts.append(between)
        charset, offset = word[1].lower(), word.end()
        pending += _word_bytes(word[2], word[3])
    if pending:
        parts.append(_decode(pending, charset))
    return "".join([*parts, value[offset:]])


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return quopri.decodestring(data, header=True)
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return b""


def _decode(data: bytes, charset: str | None) -> str:
    try:
        return decode(data, charset)
    except ReadError:  # it looks binary
        return data.decode("latin-1")
