"""Splits text into lines with their offsets, numbered as in a text editor, and recognizes prose lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
# Characters.
_MIN_PROSE_LENGTH = 80
_MIN_SHORT_PROSE_LENGTH = 40
_MAX_MEAN_LINE_LENGTH = 12  # of a shredded text
_MIN_SHREDDED_LINES = 100_000
_NON_BLANK_LINE = re.compile(r"\S[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Line:
    """``text[start:end]`` is the line without surrounding whitespace; ``number`` counts from 1.

    ``words`` is the line with each run of whitespace collapsed to one space. Use it for comparisons only: its
    offsets do not match the text.
    """

    number: int
    start: int
    end: int
    words: str


def lines_of(text: str) -> list[Line]:
    r"""All lines, including empty ones; lines end at \n, \r\n or \r.

    >>> [(line.number, line.start, line.end, line.words) for line in lines_of("a  b\r\n\n c")]
    [(1, 0, 4, 'a b'), (2, 6, 6, ''), (3, 8, 9, 'c')]
    """
    lines: list[Line] = []
    start = 0
    for match in _LINE_BREAK.finditer(text):
        lines.append(_line(text, len(lines) + 1, start, match.start()))
        start = match.end()
    lines.append(_line(text, len(lines) + 1, start, len(text)))
    return lines


def line_at(text: str, offset: int) -> int:
    r"""The 1-based number of the line that contains ``text[offset]``.

    >>> line_at("a\r\nb\rc", 5)
    3
    """
    return 1 + text.count("\n", 0, offset) + text.count("\r", 0, offset) - text.count("\r\n", 0, offset)


def _line(text: str, number: int, start: int, end: int) -> Line:
    raw = text[start:end]
    start += len(raw) - len(raw.lstrip())
    stripped = raw.strip()
    return Line(number, start, start + len(stripped), " ".join(stripped.split()))


def ends_sentence(words: str) -> bool:
    """True if a line ends with sentence-final punctuation."""
    return bool(_SENTENCE_END.search(words))


def is_prose(words: str) -> bool:
    """True if a line is long and ends like a sentence: almost certainly a paragraph."""
    return len(words) >= _MIN_PROSE_LENGTH and ends_sentence(words)


def is_short_prose(words: str) -> bool:
    """True if a line could be a short paragraph: several words that end like a sentence."""
    return len(words) >= _MIN_SHORT_PROSE_LENGTH and ends_sentence(words)


def is_shredded(text: str) -> bool:
    """True if a text is a very long column of letters, numbers or single words.

    Such a text has no title, byline or paragraphs, and analysing its lines one by one would be slow.
    """
    breaks = text.count("\n") + text.count("\r")
    if breaks < _MIN_SHREDDED_LINES or len(text) > _MAX_MEAN_LINE_LENGTH * breaks:
        return False
    non_blank = sum(1 for _ in _NON_BLANK_LINE.finditer(text))
    return non_blank > _MIN_SHREDDED_LINES and len(text) < _MAX_MEAN_LINE_LENGTH * non_blank
