"""Bytes to text."""

from __future__ import annotations

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import ReadError
from retrieval.reading.document.encoding import decode


@given(st.text(max_size=300))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    """Line breaks, marks of direction and emoji are kept; only a leading mark is removed."""
    try:
        assert decode(codecs.BOM_UTF8 + text.encode()) == text
    except ReadError:
        assert any(ord(character) < 32 or ord(character) == 127 for character in text)


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_known_with_and_without_a_mark(name: str) -> None:
    """UTF-16 is known by its zeros when it has no mark."""
    assert decode("“Eleven” firms met.\r\n".encode(name)) == "“Eleven” firms met.\r\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cp1252", "It’s “fine” – café"),
        ("cp1251", "Привет мир, это новость дня о рынке и компаниях"),
        ("gb18030", "新闻报道说今天天气很好" * 5),
        ("shift_jis", "日本語のニュースです" * 5),
    ],
)
def test_other_encodings_are_found(name: str, text: str) -> None:
    """What is not UTF-8 is Windows-1252 when it looks English, else what its letters say."""
    assert decode(text.encode(name)) == text


def test_a_foreign_byte_does_not_spoil_utf8() -> None:
    """One byte of Windows-1252 pasted into UTF-8 becomes what was meant; the rest stays UTF-8."""
    assert decode("naïve — ok — ñandú ".encode() + b"\x92") == "naïve — ok — ñandú ’"


def test_nul_and_control_characters_stay() -> None:
    """They are part of the text, and offsets count them."""
    assert (
        decode(b"a\x00b and a good deal of text \x1b[31m here")
        == "a\x00b and a good deal of text \x1b[31m here"
    )


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n", b"%PDF-1.7 ...", bytes(range(32)) * 40, bytes(range(256)) * 12]
)
def test_binary_files_are_refused(data: bytes) -> None:
    """A picture or a program is no text."""
    with pytest.raises(ReadError, match="binary"):
        decode(data)


@given(st.binary(max_size=400))
def test_any_bytes_give_text_or_a_clear_error(data: bytes) -> None:
    """No other error comes out, and the text can be written as UTF-8."""
    with suppress(ReadError):
        decode(data).encode()
