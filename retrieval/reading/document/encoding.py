"""Bytes of a file -> its text: the encoding is found, nothing else is changed; binary files are refused."""

from __future__ import annotations

import codecs
import re

from retrieval.errors import ReadError

_MARKS = (  # the longer marks first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 65_536  # bytes that decide
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROL = 0.05  # share of bytes: beyond it a file is not text
_MAGIC = (
    b"%PDF-", b"PK\x03\x04", b"\x7fELF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b", b"BZh",
    b"7z\xbc\xaf", b"Rar!", b"\xd0\xcf\x11\xe0", b"SQLite format 3", b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd", b"OggS", b"ID3", b"RIFF",
)  # fmt: skip


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of *data* without its byte order mark; line breaks, NULs and all else stay as they are.

    *declared* is the encoding that a header or the page names; it is taken when it fits. A lone
    surrogate or a byte that fits no encoding becomes one U+FFFD. Raises ReadError for what is not text.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return without_surrogates(data[len(mark) :].decode(name, "replace"))
    wide = _wide(data[:_SAMPLE])
    if wide:
        return data.decode(wide, "replace")
    if is_binary(data):
        raise ReadError("This is a binary file, not text.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _declared(data, declared) or _mostly_utf8(data) or _single_byte(data)


def is_wide(data: bytes) -> bool:
    """Whether a file is in UTF-16 or UTF-32, so that its bytes are no lines."""
    return data.startswith(tuple(mark for mark, _ in _MARKS[1:])) or _wide(data[:_SAMPLE]) is not None


def is_binary(data: bytes) -> bool:
    """Whether the beginning of a file says that it is no text in an encoding of single bytes or UTF-8."""
    sample = data[:_SAMPLE]
    if sample.startswith(_MAGIC):
        return True
    return len(_CONTROL.findall(sample)) > _MOST_CONTROL * len(sample)


def without_surrogates(text: str) -> str:
    """Each lone surrogate as U+FFFD, one for one: no encoding and no database can hold it."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: in most scripts every other byte is the same few values, for Latin 0."""
    pairs = len(sample) // 2
    if pairs < 2:
        return None
    for name, offset in (("utf-16-le", 1), ("utf-16-be", 0)):
        high, low = sample[offset : 2 * pairs : 2], sample[1 - offset : 2 * pairs : 2]
        if (
            high.count(0) > 0.4 * pairs
            and low.count(0) < 0.05 * pairs
            and _decodes(sample[: 2 * pairs], name)
        ):
            return name
    return None


def _decodes(data: bytes, name: str) -> bool:
    """Whether *data* is valid, but for a character cut in two at its end."""
    try:
        codecs.getincrementaldecoder(name)("strict").decode(data)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _declared(data: bytes, name: str | None) -> str | None:
    if not name:
        return None
    if name.lower().replace("_", "-") in ("iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii"):
        name = (
            "cp1252"  # what browsers take these names for: https://encoding.spec.whatwg.org/#names-and-labels
        )
    try:
        return data.decode(name)
    except (ValueError, LookupError):
        return None


def _mostly_utf8(data: bytes) -> str | None:
    """UTF-8 with a few foreign bytes (pasted in, or cut): these are read as Windows-1252."""
    text = data.decode("utf-8", "surrogateescape")
    broken = len(re.findall("[\udc80-\udcff]", text))
    whole = len(re.findall("[^\x00-\x7f\udc80-\udcff]", text))
    if broken > 0.2 * whole:
        return None
    return re.sub("[\udc80-\udcff]", lambda match: _western(ord(match[0]) - 0xDC00), text)


def _western(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "replace")


def _single_byte(data: bytes) -> str:
    """Windows-1252 where few letters are beyond ASCII (English); else what charset-normalizer finds."""
    beyond = len(re.findall(rb"[\x80-\xff]", data[:_SAMPLE]))
    if beyond > 0.12 * min(len(data), _SAMPLE):
        guess = _guess(data[:_SAMPLE])
        if guess and (text := _declared(data, guess)) is not None:
            return text
    return data.decode("cp1252", "replace")


def _guess(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes  # heavy, and rarely needed

    best = from_bytes(sample).best()
    return best.encoding if best else None
