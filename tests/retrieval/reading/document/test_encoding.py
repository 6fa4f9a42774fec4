"""Decoding of files."""

from __future__ import annotations

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import ReadError
from retrieval.reading.document.encoding import decode


@given(st.text(max_size=300))
def test_utf8_round_trips(text: str) -> None:
    """Line breaks, direction marks and emoji are kept; only a leading byte order mark is removed."""
    try:
        assert decode(codecs.BOM_UTF8 + text.encode()) == text
    except ReadError:
        assert any(ord(character) < 32 or ord(character) == 127 for character in text)


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_and_utf32_are_detected(name: str) -> None:
    """By their byte order mark; UTF-16 also by its zero bytes."""
    assert decode("“Eleven” firms met.\r\n".encode(name)) == "“Eleven” firms met.\r\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cp1252", "It’s “fine” – café"),
        ("cp1251", "Привет мир, это новость дня о рынке и компаниях"),
        ("gb18030", "新闻报道说今天天气很好" * 5),
        ("shift_jis", "日本語のニュースです" * 5),
        ("cp1250", "Radny powiedział, że nabrzeże kosztowało dziewięć milionów."),
        ("iso8859-2", "Radny powiedział, że nabrzeże kosztowało dziewięć milionów."),
        ("cp1250", "Přístav otevřel druhé nábřeží, řekl starosta v neděli."),
        ("cp1250", "A kikötő második rakpartja vasárnap nyílt meg, mondta a főmérnök örömmel."),
        ("cp1254", "Belediye başkanı, rıhtımın pazar günü açıldığını söyledi."),
        ("cp1257", "Uosto krantinė atidaryta sekmadienį, sakė meras žmonėms."),
        ("mac_roman", "The mayor said “it’s done” – and left the café."),
        ("cp850", "Der Bürgermeister eröffnete den Kai für größere Schiffe."),
        ("koi8-r", "Мэр сказал, что причал стоил девять миллионов."),
        ("cp866", "Мэр сказал, что причал стоил девять миллионов."),
        ("cp1253", "Ο δήμαρχος είπε ότι η προβλήτα άνοιξε την Κυριακή."),
        ("cp1255", "ראש העיר אמר שהרציף נפתח ביום ראשון."),
        ("cp1252", "São Paulo and Müller met in Ærø, a naïve idea"),
    ],
)
def test_other_encodings_are_detected(name: str, text: str) -> None:
    """Text that is not UTF-8 is read as Windows-1252 if it looks English, else by its bytes."""
    assert decode(text.encode(name)) == text


@pytest.mark.parametrize(
    ("declared", "encoding", "text"),
    [
        ("gb2312", "gb18030", "陶镕基"),
        ("iso-8859-1", "cp1252", "“a”"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
    ],
)
def test_a_declared_encoding_is_read_as_browsers_do(declared: str, encoding: str, text: str) -> None:
    """Many pages and emails declare a subset of the encoding that they use."""
    assert decode(text.encode(encoding), declared) == text


def test_an_invalid_byte_does_not_affect_the_rest_of_utf8() -> None:
    """A single Windows-1252 byte pasted into UTF-8 is decoded as such; the rest is decoded as UTF-8."""
    assert decode("naïve — ok — ñandú ".encode() + b"\x92") == "naïve — ok — ñandú ’"


def test_nul_and_control_characters_are_kept() -> None:
    """They are part of the text and count in offsets."""
    assert (
        decode(b"a\x00b and a good deal of text \x1b[31m here")
        == "a\x00b and a good deal of text \x1b[31m here"
    )


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n", b"%PDF-1.7 ...", bytes(range(32)) * 40, bytes(range(256)) * 12]
)
def test_binary_files_are_rejected(data: bytes) -> None:
    """Images and programs are not text."""
    with pytest.raises(ReadError, match="binary"):
        decode(data)


@given(st.binary(max_size=400))
def test_any_bytes_give_text_or_a_clear_error(data: bytes) -> None:
    """Only ReadError is raised, and the text can be encoded as UTF-8."""
    with suppress(ReadError):
        decode(data).encode()
