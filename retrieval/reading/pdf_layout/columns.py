"""Reading order of the segments of a page: columns that a file draws row by row are read one by one."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Protocol, TypeVar

_MIN_ROWS = 4  # lines in a column
_MIN_WORDS = 3  # per line in a column of prose; the cells of a table have fewer
_MIN_ALIGNED = 0.6  # share of a column's lines that start at its left edge
_MAX_WORD_LENGTH = 12  # characters; longer words are those of a script without spaces
_MIN_LOWER = 0.25  # share of the lines of prose that start with a small letter
_MIN_OVERLAP = 0.3  # share of the height of both columns in which they are side by side
_TOLERANCE = 3.0  # points
_MAX_INDENT = 40.0  # points from the left edge of a column to the start of a line
_MAX_DEPTH = 4  # columns are split in two at each level
_MAX_SEGMENTS = 2_000  # on a page; with more it is a table or a map


class Segment(Protocol):
    """Text on one line without wide gaps; positions in points."""

    @property
    def text(self) -> str:
        """Its words."""

    @property
    def start(self) -> float:
        """The left edge."""

    @property
    def end(self) -> float:
        """The right edge."""

    @property
    def baseline(self) -> float:
        """The height on the page, upwards."""


_Segment = TypeVar("_Segment", bound=Segment)


def reading_order(segments: Sequence[_Segment], depth: int = 0) -> list[_Segment]:
    """The segments of a page, column by column where there are columns of prose side by side.

    Elsewhere the order of the file is kept: it is the reading order of most files.
    """
    if depth > _MAX_DEPTH or not 2 * _MIN_ROWS <= len(segments) <= _MAX_SEGMENTS:
        return list(segments)
    for edge in _left_edges(segments):
        for top, bottom in _bands(segments, edge):
            inside = [s for s in segments if bottom <= s.baseline <= top]
            left = [s for s in inside if s.start < edge - _TOLERANCE]
            right = [s for s in inside if s.start >= edge - _TOLERANCE]
            if _are_columns(left, right, edge):
                above = [s for s in segments if s.baseline > top]
                below = [s for s in segments if s.baseline < bottom]
                parts = (above, left, right, below)
                return [s for part in parts for s in reading_order(part, depth + 1)]
    return list(segments)


def _left_edges(segments: Sequence[_Segment]) -> list[float]:
    """Positions where several segments start that have others on their left, leftmost first."""
    leftmost = min(segment.start for segment in segments)
    counts: dict[int, list[float]] = {}
    for segment in segments:
        if segment.start > leftmost + _MAX_INDENT:
            counts.setdefault(round(segment.start / _TOLERANCE), []).append(segment.start)
    edges = [min(starts) for starts in counts.values() if len(starts) >= _MIN_ROWS]
    return sorted(edges)[:20]


def _bands(segments: Sequence[_Segment], edge: float) -> list[tuple[float, float]]:
    """(top, bottom) of the parts of the page where nothing crosses *edge*, the largest first."""
    crossing = sorted(
        {s.baseline for s in segments if s.start < edge - _TOLERANCE and s.end > edge}, reverse=True
    )
    heights = sorted((s.baseline for s in segments), reverse=True)
    bands: list[list[float]] = [[]]
    next_crossing = 0
    for height in heights:
        while next_crossing < len(crossing) and crossing[next_crossing] > height:
            next_crossing += 1
            if bands[-1]:
                bands.append([])
        if next_crossing < len(crossing) and crossing[next_crossing] == height:
            continue
        bands[-1].append(height)
    bands.sort(key=len, reverse=True)
    return [(band[0], band[-1]) for band in bands if len(band) >= 2 * _MIN_ROWS][:10]


def _are_columns(left: Sequence[_Segment], right: Sequence[_Segment], edge: float) -> bool:
    """True for two columns of prose beside each other, not cells of a table or an indented paragraph."""
    if not _is_prose(left) or not _is_prose(right):
        return False
    in_next_column = [s for s in right if s.start <= edge + _MAX_INDENT]
    aligned = sum(abs(s.start - edge) <= _TOLERANCE for s in in_next_column)
    if aligned < max(_MIN_ROWS, _MIN_ALIGNED * len(in_next_column)):
        return False
    highest = min(max(s.baseline for s in side) for side in (left, right))
    lowest = max(min(s.baseline for s in side) for side in (left, right))
    heights = [s.baseline for s in (*left, *right)]
    return highest - lowest > _MIN_OVERLAP * (max(heights) - min(heights))


def _is_prose(column: Sequence[_Segment]) -> bool:
    """True if the lines have several words and, in scripts with case, often start mid-sentence.

    The cells of a table are short, or start with capitals.
    """
    if len(column) < _MIN_ROWS:
        return False
    if median(max(len(s.text.split()), len(s.text) / _MAX_WORD_LENGTH) for s in column) < _MIN_WORDS:
        return False
    first_letters = [s.text[0] for s in column if s.text[0].isalpha()]
    cased = [letter for letter in first_letters if letter.lower() != letter.upper()]
    return len(cased) < _MIN_ROWS or sum(map(str.islower, cased)) >= _MIN_LOWER * len(cased)
