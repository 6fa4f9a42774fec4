"""Decodes the bytes of a file: detects the encoding, changes nothing else, and rejects binary files."""

from __future__ import annotations

import codecs
import re

from retrieval.errors import ReadError
from retrieval.reading.document.language_letters import detect_by_letters

_BYTE_ORDER_MARKS = (  # UTF-32 before UTF-16, whose mark is a prefix of it
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 65_536  # examined for detection
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MAX_CONTROL_SHARE = 0.05  # of the sampled bytes: above it a file is binary
_NON_ASCII = re.compile(rb"[\x80-\xff]")
# Names that browsers read as a larger encoding: https://encoding.spec.whatwg.org/#names-and-labels
_BROWSER_ENCODINGS = {
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin-1", "latin1", "l1", "ascii", "us-ascii"), "cp1252"),
    **dict.fromkeys(("gb2312", "gb-2312-80", "x-gbk", "gbk", "chinese"), "gb18030"),
    **dict.fromkeys(("shift-jis", "sjis", "x-sjis", "ms-kanji", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks-c-5601-1987", "ksc5601", "korean"), "cp949"),
    **dict.fromkeys(("iso-8859-9", "iso8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("tis-620", "iso-8859-11"), "cp874"),
    "big5": "big5hkscs",
}
_MAGIC = (
    b"%PDF-", b"PK\x03\x04", b"\x7fELF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b", b"BZh",
    b"7z\xbc\xaf", b"Rar!", b"\xd0\xcf\x11\xe0", b"SQLite format 3", b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd", b"OggS", b"ID3", b"RIFF",
)  # fmt: skip


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of *data* without its byte order mark; line breaks, NULs and everything else are kept.

    *declared* is the encoding named by a header or the page; it is used if the data is valid in it. Each lone
    surrogate and each undecodable byte becomes one U+FFFD. Raises ReadError for binary data.
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return replace_surrogates(data[len(mark) :].decode(name, "replace"))
    utf16 = _detect_utf16(data[:_SAMPLE_BYTES])
    if utf16:
        return data.decode(utf16, "replace")
    if is_binary(data):
        raise ReadError("The file is binary, not text.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_declared(data, declared) or _mostly_utf8(data) or _single_byte(data)


def is_utf8(sample: bytes) -> bool:
    """True if a file that starts with *sample* is in UTF-8, apart from a character cut off at its end."""
    return not is_utf16_or_utf32(sample) and _decodes(sample, "utf-8")


def is_utf16_or_utf32(data: bytes) -> bool:
    """True if a file is in UTF-16 or UTF-32, so that its bytes cannot be split into lines."""
    return (
        data.startswith(tuple(mark for mark, _ in _BYTE_ORDER_MARKS[1:]))
        or _detect_utf16(data[:_SAMPLE_BYTES]) is not None
    )


def is_binary(data: bytes) -> bool:
    """True if a file starts like a known binary format or has too many control bytes; ignores UTF-16."""
    sample = data[:_SAMPLE_BYTES]
    if sample.startswith(_MAGIC):
        return True
    return len(_CONTROL.findall(sample)) > _MAX_CONTROL_SHARE * len(sample)


def replace_surrogates(text: str) -> str:
    """Replaces each lone surrogate by one U+FFFD: no encoding or database can store surrogates."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _detect_utf16(sample: bytes) -> str | None:
    """UTF-16 without a byte order mark: in Latin text every other byte is 0."""
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
    """True if *data* is valid, apart from an incomplete character at its end."""
    try:
        codecs.getincrementaldecoder(name)("strict").decode(data)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _decode_declared(data: bytes, name: str | None) -> str | None:
    if not name:
        return None
    label = name.strip().lower().replace("_", "-")
    try:
        return data.decode(_BROWSER_ENCODINGS.get(label, label))
    except (ValueError, LookupError):
        return None


def _mostly_utf8(data: bytes) -> str | None:
    """UTF-8 with a few invalid bytes (pasted in, or truncated), which are read as Windows-1252."""
    text = data.decode("utf-8", "surrogateescape")
    invalid = len(re.findall("[\udc80-\udcff]", text))
    valid = len(re.findall("[^\x00-\x7f\udc80-\udcff]", text))
    if invalid > 0.2 * valid:
        return None
    return re.sub("[\udc80-\udcff]", lambda match: _cp1252_character(ord(match[0]) - 0xDC00), text)


def _cp1252_character(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "replace")


def _single_byte(data: bytes) -> str:
    """The encoding whose letters fit one language; else Windows-1252 if few bytes are non-ASCII (English),
    else the encoding charset-normalizer detects."""
    sample = data[:_SAMPLE_BYTES]
    if (fitting := detect_by_letters(sample)) and (text := _decode_declared(data, fitting)) is not None:
        return text
    if len(_NON_ASCII.findall(sample)) > 0.12 * len(sample):
        guess = _detect_encoding(sample)
        if guess and (text := _decode_declared(data, guess)) is not None:
            return text
    return data.decode("cp1252", "replace")


def _detect_encoding(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes  # heavy and rarely needed

    best = from_bytes(sample).best()
    return best.encoding if best else None
