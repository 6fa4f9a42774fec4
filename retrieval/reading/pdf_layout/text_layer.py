"""Recognizes pages whose text layer is useless: glyph codes, wrong letters, or one letter per line."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_GLYPH_CODE = re.compile(
    r"\(cid:\d+\)|/[A-Za-z]{0,2}\d{1,5}\b|\b[gGcC]\d{1,4}\b|\bglyph\d+\b|\bu?ni[0-9A-Fa-f]{4}\b"
)
_VOWELS = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýœąęěůűőıāēīōū")
_UNUSABLE = frozenset({"Cc", "Cn", "Co", "Cs"})  # control, unassigned and private-use characters
# Shares of the characters or words of a page; measured on pages of books, papers and forms.
_MAX_UNUSABLE = 0.2
_MAX_GLYPH_CODES = 0.4
_MAX_SYMBOLS = 0.5
_MIN_VOWELS = 0.2
_MAX_SINGLE_LETTERS = 0.7
# Below these counts, a share says nothing.
_MIN_CHARACTERS = 20
_MIN_LETTERS = 150
_MIN_LINES = 15


def is_garbage(lines: Sequence[str]) -> bool:
    """True if the text of a page is not what its image shows."""
    characters = [c for line in lines for c in line if not c.isspace()]
    if _is_one_letter_per_line(lines):
        return True
    if len(characters) < _MIN_CHARACTERS:
        return False
    unusable = sum(c == "\ufffd" or unicodedata.category(c) in _UNUSABLE for c in characters)
    if unusable > _MAX_UNUSABLE * len(characters):
        return True
    text = "\n".join(lines)
    codes = sum(len(code) for code in _GLYPH_CODE.findall(text))
    if codes > _MAX_GLYPH_CODES * len(characters):
        return True
    return _has_wrong_letters(characters)


def _has_wrong_letters(characters: Sequence[str]) -> bool:
    """True for text whose letters are shifted ("7KH" for "The"): few vowels, or mostly symbols."""
    letters = [c for c in characters if unicodedata.category(c)[0] in "LM"]
    digits = sum(c.isdigit() for c in characters)
    if len(characters) >= _MIN_LETTERS and len(letters) + digits < (1 - _MAX_SYMBOLS) * len(characters):
        return not any(c in ".…_-–—·|" for c in _most_common(characters))
    latin = [c for c in map(str.lower, letters) if c < "\u0250"]
    if len(latin) < _MIN_LETTERS or len(latin) < 0.8 * len(letters):
        return False
    return sum(c in _VOWELS for c in latin) < _MIN_VOWELS * len(latin)


def _most_common(characters: Sequence[str]) -> str:
    """The most common symbol: leaders of a table of contents and rules are not garbage."""
    common = Counter(c for c in characters if not c.isalnum()).most_common(1)
    return common[0][0] if common else ""


def _is_one_letter_per_line(lines: Sequence[str]) -> bool:
    """True for single letters in lines of their own, or set apart by spaces."""
    words = [word for line in lines for word in line.split()]
    letters = sum(len(word) == 1 and word.isalpha() and word < "\u2e80" for word in words)
    return len(words) >= _MIN_LINES and letters > _MAX_SINGLE_LETTERS * len(words)
