"""Finds running heads and page numbers: lines at the top or bottom of pages that are not part of the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise, takewhile

from retrieval.reading.pdf_layout.page_lines import PageLine

_EDGE_LINES = 2  # at the top and at the bottom of a page
_MIN_PAGES = 3  # with fewer, a repeated line can be a title
_MIN_REPEATS = 3  # of a head that changes with the chapter
_MAX_HEAD_LENGTH = 100  # characters
_HEIGHT_TOLERANCE = 4.0  # points
_ROMAN = re.compile(r"(?=[ivxlc])(?:c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3}))", re.IGNORECASE)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_PAGE_WORDS = (
    r"(?:pages?|pg\.?|p\.|seite|s\.|página|pág\.?|pagina|pag\.?|sida|side|strona|str\.|стр\.?|страница)"
)
_OF_WORDS = r"(?:of|von|de|sur|di|van|av|af|z|из|/)"
_NUMBER = r"(?:\d{1,5}|[ivxlc]{1,9})"
_LABELLED = re.compile(
    rf"\W{{0,3}}{_PAGE_WORDS}\s*({_NUMBER})(?:\s*{_OF_WORDS}\s*{_NUMBER})?\W{{0,3}}"
    rf"|\W{{0,3}}({_NUMBER})\s*(?:{_OF_WORDS})\s*{_NUMBER}\W{{0,3}}"
    r"|第?\s*(\d{1,5})\s*[页頁ページ]{1,3}",
    re.IGNORECASE,
)
_BARE = re.compile(rf"[-–—\[(|·•\s]{{0,4}}({_NUMBER})[-–—\])|·•.\s]{{0,4}}", re.IGNORECASE)


def without_running_heads(pages: Sequence[Sequence[PageLine]]) -> list[list[PageLine]]:
    """The pages without running heads and page numbers."""
    found = _running_heads(pages) | _page_numbers(pages)
    kept: list[list[PageLine]] = []
    for page, lines in enumerate(pages):
        outside = _outermost(page, lines, found)
        kept.append([line for line in lines if line not in outside])
    return kept


def _outermost(page: int, lines: Sequence[PageLine], found: set[tuple[int, PageLine]]) -> set[PageLine]:
    """The lines that were found as heads or numbers and have only such lines outside of them."""
    by_height = sorted(lines, key=lambda line: -line.baseline)
    outside: set[PageLine] = set()
    for edge in (by_height, by_height[::-1]):
        outside.update(takewhile(lambda line: (page, line) in found, edge))
    return outside


def _edges(lines: Sequence[PageLine]) -> list[PageLine]:
    """The highest and the lowest lines of a page, in no particular order."""
    by_height = sorted(lines, key=lambda line: -line.baseline)
    return list(dict.fromkeys([*by_height[:_EDGE_LINES], *by_height[-_EDGE_LINES:]]))


def _running_heads(pages: Sequence[Sequence[PageLine]]) -> set[tuple[int, PageLine]]:
    """Lines at one height that, ignoring numbers, occur on most pages, or on most odd or even pages.

    A head that changes with the chapter occurs on consecutive pages, or on consecutive odd or even ones.
    """
    if len(pages) < _MIN_PAGES:
        return set()
    occurrences: dict[tuple[str, int], list[tuple[int, PageLine]]] = {}
    for page, lines in enumerate(pages):
        for line in _edges(lines):
            for height in _heights(line):
                occurrences.setdefault((_key(line.text), height), []).append((page, line))
    heads: set[tuple[int, PageLine]] = set()
    for found in occurrences.values():
        numbers = sorted({page for page, _ in found})
        if _are_running(numbers, len(pages)):
            heads.update(found)
    return heads


def _heights(line: PageLine) -> tuple[int, int]:
    """The height in steps of the tolerance, and the next step: equal heights share at least one of them."""
    step = int(line.baseline // _HEIGHT_TOLERANCE)
    return (step, step + 1)


def _are_running(pages: Sequence[int], count: int) -> bool:
    if len(pages) > count / 2:
        return True
    for parity in (0, 1):
        same = sum(page % 2 == parity for page in pages)
        of_parity = (count + 1 - parity) // 2
        if same == len(pages) and same >= 2 and same > of_parity / 2:
            return True
    steps = [later - earlier for earlier, later in pairwise(pages)]
    return len(pages) >= _MIN_REPEATS and bool(steps) and max(steps) <= 2


def _key(text: str) -> str:
    """The words without numbers: "Chapter 2 | iv" and "Chapter 2 | v" are equal."""
    words = text.casefold().split()
    without_roman = ["#" if _ROMAN.fullmatch(word) else word for word in words]
    return re.sub(r"\d+", "#", " ".join(without_roman))


def _page_numbers(pages: Sequence[Sequence[PageLine]]) -> set[tuple[int, PageLine]]:
    """Lines at an edge that are page numbers: labelled as such, or counting up with the pages."""
    numbers = _heads_with_number(pages)
    candidates: list[tuple[int, PageLine, int, bool]] = []
    for page, lines in enumerate(pages):
        for line in _edges(lines):
            if _LABELLED.fullmatch(line.text):
                numbers.add((page, line))
            elif bare := _BARE.fullmatch(line.text):
                value, is_roman = _value(bare[1])
                if value is not None:
                    candidates.append((page, line, value - page, is_roman))
    offsets = Counter((offset, is_roman) for _, _, offset, is_roman in candidates)
    for page, line, offset, is_roman in candidates:
        # A single number counts if it is "ii", or that of the page in the file: "1" on the first page.
        is_sequence = offsets[offset, is_roman] >= 2 or (is_roman and line.text.islower())
        if is_sequence or (offset == 1 and _is_apart(line, pages[page])):
            numbers.add((page, line))
    return numbers


def _heads_with_number(pages: Sequence[Sequence[PageLine]]) -> set[tuple[int, PageLine]]:
    """Lines at the edges that start or end with a number that counts up with the pages."""
    found: dict[tuple[int, int], list[tuple[int, PageLine]]] = {}
    for page, lines in enumerate(pages):
        for line in _edges(lines):
            words = line.text.split()
            for position in (0, -1):
                number = words[position]
                if number.isdecimal() and len(number) < 5 and len(line.text) <= _MAX_HEAD_LENGTH:
                    found.setdefault((position, int(number) - page), []).append((page, line))
    return {head for heads in found.values() if len(heads) >= _MIN_REPEATS for head in heads}


def _is_apart(line: PageLine, lines: Sequence[PageLine]) -> bool:
    """True if a line is two lines away from the next."""
    distances = [abs(other.baseline - line.baseline) for other in lines if other is not line]
    return not distances or min(distances) > 2 * line.size


def _value(number: str) -> tuple[int | None, bool]:
    if number.isdigit():
        return int(number), False
    if not _ROMAN.fullmatch(number):
        return None, True
    values = [_ROMAN_VALUES[letter] for letter in number.lower()]
    following = [*values[1:], 0]
    signed = (-v if v < after else v for v, after in zip(values, following, strict=True))
    return sum(signed), True
