"""Joins the lines of PDF pages to paragraphs, and sentences that continue on the next page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median, quantiles

from retrieval.reading.pdf_layout.line_hyphens import HyphenJoiner
from retrieval.reading.pdf_layout.page_lines import PageLine
from retrieval.text_lines import ends_sentence

_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s|$)")
_HYPHEN = re.compile(r"[^\W_][-\u00ad\u2010]$")
_ITEM = re.compile(r"(?:[•▪●■◦‣–—*]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")
_LEADERS = re.compile(r"(?:\.\s?){4,}\s*\w+$")  # in a table of contents
# Shares of the width of a column.
_FULL = 0.88
_NEARLY_FULL = 0.6
_MIN_FULL_LENGTH = 25  # characters; shorter lines are those of a list, an address or a poem
_MAX_SIZE_RATIO = 1.12  # of two lines of one paragraph
_MAX_LEADING = 1.3  # times the typical distance between two lines
_MAX_INDENT = 4  # sizes between the left edges of lines in one column
_MAX_BLOCK_GAP = 2.5  # sizes between two lines of one block
_NEAR_LINES = 4  # before and after a line
_MIN_BODY_SIZE = 0.9  # times the size of most text; smaller text is a footnote or a caption


@dataclass(frozen=True, slots=True)
class PdfParagraph:
    """The joined lines of a paragraph; ``size`` is the height of its font in points."""

    text: str
    size: float


def page_paragraphs(
    lines: Sequence[PageLine], joiner: HyphenJoiner, full_length: float, size: float
) -> list[PdfParagraph]:
    """The paragraphs of a page.

    *full_length* is the typical number of characters of a full line, *size* that of most of the text.
    """
    edges = _right_edges(lines)
    leading = _typical_leading(lines)
    paragraphs: list[PdfParagraph] = []
    before: PageLine | None = None
    continues = False
    for line, edge in zip(lines, edges, strict=True):
        if before is not None and continues and not _starts_paragraph(before, line, leading):
            paragraphs[-1] = replace(paragraphs[-1], text=joiner.join(paragraphs[-1].text, line.text))
        else:
            paragraphs.append(PdfParagraph(line.text, line.size))
        is_title = line.size > _MAX_SIZE_RATIO * size
        continues = not ends_sentence(line.text) if is_title else _continues(line, edge, full_length)
        before = line
    return paragraphs


def typical_full_length(lines: Sequence[PageLine]) -> float:
    """The typical length, in characters, of a line that fills its column: the 90th percentile."""
    lengths = [len(line.text) for line in lines]
    return quantiles(lengths, n=10)[8] if len(lengths) > 1 else float("inf")


def body_size(pages: Sequence[Sequence[PageLine]]) -> float:
    """The size of most of the text."""
    lengths: dict[float, int] = {}
    for line in (line for lines in pages for line in lines):
        lengths[round(line.size, 1)] = lengths.get(round(line.size, 1), 0) + len(line.text)
    return max(lengths, key=lambda size: lengths[size], default=0.0)


def join_across_pages(
    pages: Sequence[Sequence[PdfParagraph]], joiner: HyphenJoiner, size: float
) -> list[list[PdfParagraph]]:
    """The pages, with each sentence whole on the page where it starts.

    Footnotes, which are smaller than *size*, can stand between the two parts of the sentence.
    """
    joined: list[list[PdfParagraph]] = []
    for paragraphs in pages:
        rest = list(paragraphs)
        last = _last_body_paragraph(joined[-1], size) if joined else None
        if last is not None and rest and rest[0].size >= _MIN_BODY_SIZE * size:
            before, first = joined[-1][last], rest[0].text
            sentence_end = _SENTENCE_END.search(first)
            if sentence_end and not ends_sentence(before.text) and _continues_on(before.text, first):
                text = joiner.join(before.text, first[: sentence_end.end()])
                joined[-1][last] = replace(before, text=text)
                rest[0] = replace(rest[0], text=first[sentence_end.end() :].strip())
        joined.append([paragraph for paragraph in rest if paragraph.text])
    return joined


def _last_body_paragraph(paragraphs: Sequence[PdfParagraph], size: float) -> int | None:
    numbers = (
        number
        for number in range(len(paragraphs) - 1, -1, -1)
        if paragraphs[number].size >= _MIN_BODY_SIZE * size
    )
    return next(numbers, None)


def _continues_on(before: str, first: str) -> bool:
    """True if *first* continues a sentence: in small letters, or after prose that is cut off."""
    if first[:1].islower() or _HYPHEN.search(before):
        return True
    return before.count(" ") >= 2 and before[-1:].isalpha() and before[-1:].islower()


def _right_edges(lines: Sequence[PageLine]) -> list[float]:
    """The right edge of each line's column: the longest line near it in its block.

    Of many lines it is the second longest: the longest can be a heading over several columns.
    """
    edges: list[float] = []
    start = 0
    for number in range(1, len(lines) + 1):
        if number < len(lines) and _same_block(lines[number - 1], lines[number]):
            continue
        for middle in range(start, number):
            near = lines[max(start, middle - _NEAR_LINES) : min(number, middle + _NEAR_LINES + 1)]
            ends = sorted(line.end for line in near)
            edges.append(ends[-2] if len(near) > _NEAR_LINES else ends[-1])
        start = number
    return edges


def _same_block(before: PageLine, line: PageLine) -> bool:
    below = 0 < before.baseline - line.baseline < _MAX_BLOCK_GAP * before.size
    aligned = abs(line.start - before.start) <= _MAX_INDENT * max(line.size, before.size)
    return below and aligned and not _different_size(before, line)


def _different_size(before: PageLine, line: PageLine) -> bool:
    small, large = sorted((before.size, line.size))
    return large > _MAX_SIZE_RATIO * small


def _typical_leading(lines: Sequence[PageLine]) -> float:
    """The typical distance of two baselines, in sizes."""
    distances = [
        (before.baseline - line.baseline) / before.size
        for before, line in pairwise(lines)
        if before.size and _same_block(before, line) and before.baseline - line.baseline < 4 * before.size
    ]
    return median(distances) if len(distances) > 2 else float("inf")


def _starts_paragraph(before: PageLine, line: PageLine, leading: float) -> bool:
    """True if a line is set apart from the one before: by size, space, indent, or as a list item."""
    if _different_size(before, line) or (_ITEM.match(line.text) and not _HYPHEN.search(before.text)):
        return True
    distance = before.baseline - line.baseline
    if distance <= 0:  # the next column
        return ends_sentence(before.text)
    if distance > _MAX_LEADING * max(leading, 1.0) * before.size and leading != float("inf"):
        return True
    return line.start - before.start > 0.8 * line.size and ends_sentence(before.text)


def _continues(line: PageLine, edge: float, full_length: float) -> bool:
    """True if a line is hyphenated or nearly full width, or is somewhat shorter and ends mid-sentence."""
    if _HYPHEN.search(line.text):
        return True
    if _LEADERS.search(line.text):
        return False
    length = len(line.text)
    width = (line.end - line.start) / max(edge - line.start, 1.0)
    if length < _MIN_FULL_LENGTH and length < 0.9 * full_length:
        return False
    if width >= _FULL:
        return length >= 0.4 * full_length or not ends_sentence(line.text)
    return width >= _NEARLY_FULL and not ends_sentence(line.text)
