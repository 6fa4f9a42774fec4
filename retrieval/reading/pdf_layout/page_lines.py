"""Joins the runs of characters of a page to segments, and segments to lines in reading order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrieval.reading.document.raised_text import join_raised
from retrieval.reading.pdf_layout.columns import reading_order

# Multiples of the size of the text before.
_MAX_GAP = 0.9  # between the words of a segment; beyond it there is a column or a cell
_MIN_WORD_GAP = 0.15
_MAX_BASELINE_SHIFT = 0.15  # on one baseline
_MAX_RAISED = 0.75
_MAX_LOWERED = 0.4
_MAX_RAISED_SIZE = 0.9
_MAX_ROTATED_LABEL = 200  # characters of text in another direction that are a label or a stamp


@dataclass(frozen=True, slots=True)
class TextRun:
    """Characters of one size on one baseline; all positions in points, ``baseline`` is upwards."""

    text: str
    start: float
    end: float
    baseline: float
    size: float


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line of text, or the part of it in one column."""

    text: str
    start: float
    end: float
    baseline: float
    size: float


def page_lines(runs: Iterable[tuple[int, TextRun]]) -> list[PageLine]:
    """The lines of a page in reading order, from its runs with their angles, in the order of the file.

    Text in another direction than most of the page follows at the end; short labels and tilted text, such as
    a watermark, are left out.
    """
    by_angle: dict[int, list[TextRun]] = {}
    for angle, run in runs:
        by_angle.setdefault(angle, []).append(run)
    by_angle.pop(-1, None)
    lengths = {angle: sum(len(run.text) for run in group) for angle, group in by_angle.items()}
    lines: list[PageLine] = []
    for angle in sorted(by_angle, key=lambda angle: -lengths[angle]):
        if not lines or lengths[angle] > _MAX_ROTATED_LABEL:
            group = by_angle[angle]
            if angle in (90, 270):  # PDFium orders vertical text as if it were horizontal
                group = sorted(group, key=lambda run: (-run.baseline, run.start))
            lines += _join_rows(reading_order(_without_stray_marks(_segments(group))))
    return lines


class _Segment:
    """Runs next to one another on one line, some of them raised or lowered."""

    def __init__(self, run: TextRun) -> None:
        self.pieces = [(run.text, False)]
        self.start, self.end, self.baseline, self.size = run.start, run.end, run.baseline, run.size

    def add(self, run: TextRun) -> bool:
        """Append a run if it continues the segment; False if it does not."""
        size = max(self.size, run.size)
        gap = max(run.start - self.end, self.start - run.end)  # the second in text from right to left
        shift = run.baseline - self.baseline
        if not -0.5 * size < gap < _MAX_GAP * size:
            return False
        is_raised = False
        if abs(shift) > _MAX_BASELINE_SHIFT * size:
            small = run.size <= _MAX_RAISED_SIZE * self.size
            is_first_raised = (
                len(self.pieces) == 1 and self.size <= _MAX_RAISED_SIZE * run.size and self._is_short()
            )
            if is_first_raised and -_MAX_RAISED * size < shift < 0:
                self.pieces = [(self.pieces[0][0], True)]
                self.baseline, self.size = run.baseline, run.size
            elif small and 0 < shift < _MAX_RAISED * size:
                is_raised = True
            elif not (small and -_MAX_LOWERED * size < shift < 0):
                return False
        elif run.size > self.size and len(run.text) > len(self.pieces[0][0]):
            self.size = run.size
        if gap > _MIN_WORD_GAP * size and not is_raised:
            self.pieces.append((" ", False))
        self.pieces.append((run.text, is_raised))
        self.start, self.end = min(self.start, run.start), max(self.end, run.end)
        return True

    def _is_short(self) -> bool:
        return len(self.pieces[0][0]) <= 4

    def line(self) -> PageLine:
        """The segment as a line of text without footnote marks."""
        words = " ".join(join_raised(self.pieces).split())
        return PageLine(words, self.start, self.end, self.baseline, self.size)


def _segments(runs: Sequence[TextRun]) -> list[PageLine]:
    segments: list[_Segment] = []
    for run in runs:
        if not segments or not segments[-1].add(run):
            segments.append(_Segment(run))
    return [line for segment in segments if (line := segment.line()).text]


def _without_stray_marks(lines: Sequence[PageLine]) -> list[PageLine]:
    """The lines without raised marks that the file draws apart from the line that they belong to."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    body = max(sizes, key=lambda size: sizes[size], default=0.0)
    small = [
        line
        for line in lines
        if line.size <= _MAX_RAISED_SIZE * body and len(line.text) <= 4 and line.text.isdigit()
    ]
    stray = {id(mark) for mark in small[:1000] if any(_is_raised_above(mark, line) for line in lines)}
    return [line for line in lines if id(line) not in stray]


def _is_raised_above(mark: PageLine, line: PageLine) -> bool:
    shift = mark.baseline - line.baseline
    return (
        mark.size <= _MAX_RAISED_SIZE * line.size
        and _MAX_BASELINE_SHIFT * line.size < shift < _MAX_RAISED * line.size
        and line.start < mark.start < line.end + 0.3 * line.size
    )


def _join_rows(lines: Sequence[PageLine]) -> list[PageLine]:
    """Consecutive segments on one baseline, such as the cells of a table row, as one line."""
    rows: list[list[PageLine]] = []
    for line in lines:
        if rows and _same_row(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [
        PageLine(
            " ".join(line.text for line in row),
            min(line.start for line in row),
            max(line.end for line in row),
            row[0].baseline,
            max(row, key=lambda line: len(line.text)).size,
        )
        for row in rows
    ]


def _same_row(before: PageLine, line: PageLine) -> bool:
    shift = abs(line.baseline - before.baseline)
    return shift <= _MAX_BASELINE_SHIFT * max(line.size, before.size) and line.start >= before.end - 1
