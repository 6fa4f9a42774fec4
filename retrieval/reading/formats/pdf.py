"""Reads PDF files with a text layer: lines are joined into paragraphs, pages become sections.

The text is rebuilt: columns are read one by one, lines of a paragraph are joined, and running heads, page
numbers and footnote marks are removed. A line "Page 2" marks the start of a page. A sentence that continues
from the page before is kept whole and precedes the mark, so a citation names the page where it starts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

from retrieval.article import Dropped, Heading
from retrieval.errors import ReadError
from retrieval.reading.document.document import Document, tidy
from retrieval.reading.document.encoding import replace_surrogates
from retrieval.reading.formats.plain_text import read_text
from retrieval.reading.metadata.language import detect_language
from retrieval.reading.pdf_layout import pdfium_worker
from retrieval.reading.pdf_layout.line_hyphens import HyphenJoiner
from retrieval.reading.pdf_layout.page_lines import PageLine, TextRun, page_lines
from retrieval.reading.pdf_layout.paragraphs import (
    PdfParagraph,
    body_size,
    join_across_pages,
    page_paragraphs,
    typical_full_length,
)
from retrieval.reading.pdf_layout.running_heads import without_running_heads
from retrieval.reading.pdf_layout.text_layer import is_garbage

_MAX_SECONDS = 60  # for PDFium; a book of 1,000 pages takes 10
_MIN_TITLE_SIZE = 1.15  # times the size of most text
_MAX_TITLE_PARAGRAPHS = 6  # at the top of the first page
_MAX_TITLE_LENGTH = 250  # characters
_SECTION_NAMES = frozenset({"abstract", "contents", "introduction", "preface", "table of contents"})
_DAMAGED = "The PDF file is too damaged to read."
_ERRORS = {
    "locked": "The PDF file is locked with a password.",
    "damaged": _DAMAGED,
    "pages": f"The PDF file is too long: more than {pdfium_worker.MAX_PAGES:,} pages.",
    "characters": "The PDF file is too long: more than 20 million characters.",
}


def read_pdf(data: bytes) -> Document:
    """The document of a PDF file. Raises ReadError if it is damaged, locked or has no usable text layer."""
    title, pages = _extract(data)
    without_text = [number for number, lines in enumerate(pages, start=1) if not _has_words(lines)]
    garbled = [number for number, lines in enumerate(pages, start=1) if is_garbage([li.text for li in lines])]
    usable = [[] if n in {*without_text, *garbled} else lines for n, lines in enumerate(pages, start=1)]
    if not any(usable):
        raise ReadError(
            "The text layer of the PDF file is unreadable: its letters are stored as codes."
            if garbled
            else "The PDF file has no text layer: its pages are images."
        )
    paragraphs = _paragraphs(without_running_heads(usable))
    document = _with_title(_read_pages(paragraphs), _title(title, paragraphs))
    return replace(document, omitted=_omitted(without_text, garbled, len(pages)))


def _extract(data: bytes) -> tuple[str, list[list[PageLine]]]:
    """The title in the file's metadata and the lines of its pages."""
    if find_spec("pypdfium2") is None:
        raise ReadError("PDF files require the pdf extra: pip install 'footnote[pdf]'.")
    try:
        process = subprocess.run(  # noqa: S603  # this interpreter and a script of this package
            [sys.executable, "-P", pdfium_worker.__file__],
            input=data,
            capture_output=True,
            timeout=_MAX_SECONDS,
            check=True,
        )
        result: dict[str, Any] = json.loads(process.stdout)
    except subprocess.TimeoutExpired as error:
        raise ReadError(f"The PDF file takes longer than {_MAX_SECONDS} seconds to read.") from error
    except subprocess.CalledProcessError as error:  # PDFium ran out of memory or crashed
        raise ReadError("The PDF file is too damaged, or too large when decompressed.") from error
    except (OSError, ValueError) as error:
        raise ReadError(_DAMAGED) from error
    if "error" in result:
        raise ReadError(_ERRORS[result["error"]])
    return result["title"], [_page_lines(runs) for runs in result["pages"]]


def _page_lines(runs: Sequence[Sequence[Any]]) -> list[PageLine]:
    return page_lines((angle, TextRun(replace_surrogates(text), *box)) for angle, text, *box in runs)


def _has_words(lines: Sequence[PageLine]) -> bool:
    return any(any(map(str.isalnum, line.text)) for line in lines)


def _paragraphs(pages: Sequence[Sequence[PageLine]]) -> list[list[PdfParagraph]]:
    lines = [line for page in pages for line in page]
    texts = [line.text for line in lines]
    joiner = HyphenJoiner(texts, detect_language("\n".join(texts)))
    full_length = typical_full_length(lines)
    size = body_size(pages)
    paragraphs = [page_paragraphs(page, joiner, full_length, size) for page in pages]
    return join_across_pages(paragraphs, joiner, size)


def _title(metadata_title: str, pages: Sequence[Sequence[PdfParagraph]]) -> str | None:
    """The title in the metadata if it stands on the first page, else the largest text at its top."""
    top = pages[0][:_MAX_TITLE_PARAGRAPHS]
    stated = tidy(metadata_title)
    if stated and len(stated) > 3 and _letters(stated) in _letters(" ".join(p.text for p in pages[0])):
        return stated
    if not top:
        return None
    sizes = [paragraph.size for page in pages for paragraph in page for _ in paragraph.text.split()]
    body = max(set(sizes), key=sizes.count)
    largest = max(top, key=lambda paragraph: paragraph.size)
    if largest.size < _MIN_TITLE_SIZE * body or not 3 < len(largest.text) <= _MAX_TITLE_LENGTH:
        return None
    is_title = any(map(str.isalpha, largest.text)) and largest.text.casefold() not in _SECTION_NAMES
    return largest.text if is_title else None


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


@dataclass(frozen=True, slots=True)
class _Shift:
    """By how much the page marks move what starts at ``offset`` of the text without them."""

    offset: int
    characters: int
    lines: int


def _read_pages(pages: Sequence[Sequence[PdfParagraph]]) -> Document:
    """The document of several pages: read as one text, then marked with the starts of its pages."""
    document = read_text("\n\n".join(paragraph.text for page in pages for paragraph in page))
    if len(pages) == 1:
        return document
    parts: list[str] = []
    marks: list[Heading] = []
    shifts = [_Shift(0, 0, 0)]
    offset, length = 0, 0
    for number, page in enumerate(pages, start=1):
        mark = f"Page {number}"
        marks.append(Heading(length, length + len(mark)))
        parts.append(mark)
        length += len(mark) + 2
        shifts.append(_Shift(offset, length - offset, 2 * number))
        for paragraph in page:
            parts.append(paragraph.text)
            length += len(paragraph.text) + 2
            offset += len(paragraph.text) + 2
    starts = [shift.offset for shift in shifts]

    def moved(drop: Dropped) -> Dropped:
        shift = shifts[bisect_right(starts, drop.start) - 1]
        return replace(
            drop,
            line=drop.line + shift.lines,
            start=drop.start + shift.characters,
            end=drop.end + shift.characters,
        )

    return replace(
        document, text="\n\n".join(parts), headings=tuple(marks), dropped=tuple(map(moved, document.dropped))
    )


def _with_title(document: Document, title: str | None) -> Document:
    """The document with this title, whose line is not indexed; without one, with the title that it has."""
    if title is None:
        return document
    dropped = [drop for drop in document.dropped if drop.reason not in ("title", "above the title")]
    known = {drop.start for drop in dropped}
    start = 0
    for line, text in enumerate(document.text.split("\n"), start=1):
        if line > 4 * _MAX_TITLE_PARAGRAPHS:
            break
        if _letters(text) == _letters(title) and start not in known:
            dropped.append(Dropped(line, start, start + len(text), "title"))
        start += len(text) + 1
    return replace(
        document,
        metadata=replace(document.metadata, title=title),
        dropped=tuple(sorted(dropped, key=lambda drop: drop.start)),
    )


def _omitted(without_text: Sequence[int], garbled: Sequence[int], count: int) -> tuple[str, ...]:
    """What of the file was not read, by page number."""
    reasons = (("no text layer", without_text), ("an unreadable text layer", garbled))
    verb = {True: "has", False: "have"}
    return tuple(
        f"{len(pages)} of {count} pages {verb[len(pages) == 1]} {reason}: {_ranges(pages)}"
        for reason, pages in reasons
        if pages
    )


def _ranges(numbers: Sequence[int]) -> str:
    """ "2-4, 7"."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)
