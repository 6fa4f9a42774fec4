"""The lines of a text with their places, counted as an editor counts them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BREAK = re.compile(r"\r\n|\r|\n")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_PROSE = 80  # characters: a line this long that ends like a sentence is prose
_SHORT_PROSE = 40
_MANY_LINES = 100_000
_SHRED = 12  # characters
_FILLED = re.compile(r"\S[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Line:
    """``text[start:end]`` is the line without white space at its ends; ``number`` counts from 1.

    ``words`` is the same with each run of white space as one space, for comparing, not for measuring.
    """

    number: int
    start: int
    end: int
    words: str


def lines_of(text: str) -> list[Line]:
    r"""All lines, empty ones too; a break is \n, \r\n or \r.

    >>> [(line.number, line.start, line.end, line.words) for line in lines_of("a  b\r\n\n c")]
    [(1, 0, 4, 'a b'), (2, 6, 6, ''), (3, 8, 9, 'c')]
    """
    lines: list[Line] = []
    at = 0
    for match in _BREAK.finditer(text):
        lines.append(_line(text, len(lines) + 1, at, match.start()))
        at = match.end()
    lines.append(_line(text, len(lines) + 1, at, len(text)))
    return lines


def line_at(text: str, at: int) -> int:
    r"""The number, from 1, of the line in which ``text[at]`` stands.

    >>> line_at("a\r\nb\rc", 5)
    3
    """
    return 1 + text.count("\n", 0, at) + text.count("\r", 0, at) - text.count("\r\n", 0, at)


def _line(text: str, number: int, start: int, end: int) -> Line:
    raw = text[start:end]
    start += len(raw) - len(raw.lstrip())
    bare = raw.strip()
    return Line(number, start, start + len(bare), " ".join(bare.split()))


def ends_sentence(words: str) -> bool:
    """Whether a line ends as sentences do."""
    return bool(_SENTENCE_END.search(words))


def is_prose(words: str) -> bool:
    """Whether a line is long and ends like a sentence: almost surely a paragraph."""
    return len(words) >= _PROSE and ends_sentence(words)


def ends_like_prose(words: str) -> bool:
    """Whether a line may be a short paragraph: several words that end like a sentence."""
    return len(words) >= _SHORT_PROSE and ends_sentence(words)


def is_shredded(text: str) -> bool:
    """Whether a text is a very long column of letters, numbers or single words, which has no title, no
    byline and no paragraphs: to look at each of its lines would take long and tell nothing."""
    breaks = text.count("\n") + text.count("\r")
    if breaks < _MANY_LINES or len(text) > _SHRED * breaks:
        return False
    filled = sum(1 for _ in _FILLED.finditer(text))
    return filled > _MANY_LINES and len(text) < _SHRED * filled
