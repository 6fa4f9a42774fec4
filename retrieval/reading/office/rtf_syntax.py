"""Tokens, character sets and special characters of RTF."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,40})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\"
)
# \fcharset -> Python codec; others use the code page of the document.
_CODECS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 255: "cp437",
}  # fmt: skip
SYMBOL_CHARSET = 2  # codes of a symbol font, not of letters
SPECIAL_CHARACTERS = {
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "bullet": "•", "tab": " ", "emspace": " ", "enspace": " ", "qmspace": " ", "line": "\n", "lbr": "\n",
    "softline": "\n", "nestcell": " | ", "nestrow": "\n",
}  # fmt: skip
SYMBOLS = {"~": "\u00a0", "_": "-", "{": "{", "}": "}", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Token:
    """One token: ``kind`` is "word" (with its ``number``), "byte", "symbol", "{", "}" or "text"."""

    kind: str
    value: str
    number: int | None = None


def tokens(source: str) -> Iterator[Token]:
    r"""The tokens of an RTF file that was decoded as Latin-1; binary data is skipped.

    >>> [(t.kind, t.value, t.number) for t in tokens(r"{\b0 a\'e9}")]
    [('{', '{', None), ('word', 'b', 0), ('text', 'a', None), ('byte', 'é', None), ('}', '}', None)]
    """
    position = 0
    while match := _TOKEN.match(source, position):
        position = match.end()
        word, number, byte, symbol, brace, text = match.groups()
        if word:
            value = int(number) if number else None
            if word == "bin":
                position += max(value or 0, 0)
            else:
                yield Token("word", word, value)
        elif byte:
            yield Token("byte", chr(int(byte, 16)))
        elif symbol:
            yield Token("word", "par") if symbol in "\r\n" else Token("symbol", symbol)
        elif brace:
            yield Token(brace, brace)
        elif text:
            yield Token("text", text)


def codec_of_charset(charset: int, default: str) -> str:
    """The codec of a font's character set."""
    return _CODECS.get(charset, default)


def codec_of_code_page(number: int) -> str:
    """The codec of \\ansicpg; that of Western Windows if it is unknown."""
    name = {65001: "utf-8", 10000: "mac_roman", 936: "gbk", 950: "big5"}.get(number, f"cp{number}")
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name
