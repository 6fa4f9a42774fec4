"""Splits a model's Markdown into sentences, table rows and code blocks, apart from what is only layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from retrieval.splitting.sentences import sentence_spans

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_LIST_MARKS = re.compile(r"(?:(?:[-*+•–—▪●]|\d{1,2}[.)]|>)[ \t]+)+")
_OUTER_PIPES = re.compile(r"[ \t]*\|?[ \t]*(?P<cells>.*?)[ \t]*\|?[ \t]*")
_BOLD_LINE = re.compile(r"\s*(?:\*\*|__)[^*_\n]{1,80}(?<![.!?])(?:\*\*|__):?\s*")
_TABLE_LINE = re.compile(r"[ \t]*\|")
_DELIMITER_ROW = re.compile(r"[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*(?::?-+:?[ \t]*)?")


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest part that can be cited: a sentence, the cells of a table row, or a code block.

    ``start``..``end`` are offsets in the text; ``end``..``tail`` is the part of the unit after its citations,
    such as the pipe that closes a row.
    """

    start: int
    end: int
    tail: int


def units(text: str, cited: Sequence[int] = ()) -> list[Unit]:
    """The units of a Markdown text, in order.

    Headings, rules and table heads are layout, not units. Exceptions: a heading with a citation at one of the
    offsets *cited*, and the sentences of a text that has no other units.

    >>> text = "# Fees\\n\\n| port | fee |\\n|---|---|\\n| Tern | 4 |\\n\\n- It rose. It fell."
    >>> [text[unit.start : unit.end] for unit in units(text)]
    ['Tern | 4', 'It rose.', 'It fell.']
    """
    for found in (_units(text, cited), _sentences(text, 0, len(text))):
        kept = [unit for unit in found if re.search(r"\w", text[unit.start : unit.end])]
        if kept:
            return kept
    return []


def without_open_table(text: str) -> str:
    """A growing text without table lines that can still change: a head without delimiter row, a partial row.

    >>> without_open_table("So:\\n\\n| port | fee |\\n|---|---|\\n| Tern | 4")
    'So:\\n\\n| port | fee |\\n|---|---|\\n'
    """
    lines = text.splitlines(keepends=True)
    first = len(lines)
    while first and _TABLE_LINE.match(lines[first - 1]):
        first -= 1
    table = lines[first:]
    if not any(_DELIMITER_ROW.fullmatch(line.rstrip("\n")) for line in table if line.endswith("\n")):
        return "".join(lines[:first])
    return "".join(lines if table[-1].endswith("\n") else lines[:-1])


def _units(text: str, cited: Sequence[int]) -> Iterator[Unit]:
    starts = _line_starts(text)
    done = 0  # offset up to which the text is processed
    for kind, first, last in _layout(text):
        start, end = starts[first], starts[min(last, len(starts) - 1)]
        if start < done or (kind == "heading" and any(start < offset <= end for offset in cited)):
            continue
        yield from _sentences(text, done, start)
        done = end
        line = text[start:end].rstrip("\n")
        if kind == "row":
            cells = _OUTER_PIPES.fullmatch(line)
            span = cells.span("cells") if cells else (0, len(line))
            yield Unit(start + span[0], start + span[1], start + len(line.rstrip()))
        elif kind == "code":
            yield Unit(start, start + len(line.rstrip()), start + len(line.rstrip()))
    yield from _sentences(text, done, len(text))


def _layout(text: str) -> Iterator[tuple[str, int, int]]:
    """(kind, first line, line after the last) of table rows, code and layout, in order."""
    heads_until = 0
    for token in _parser().parse(text):
        if token.map is None:
            continue
        first, last = token.map
        if token.type == "thead_open":
            heads_until = last + 1  # the delimiter row
            yield "layout", first, heads_until
        elif token.type == "tr_open" and first >= heads_until:
            yield "row", first, last
        elif token.type == "fence":
            yield "code", first, last
        elif token.type == "hr":
            yield "layout", first, last
        elif token.type == "heading_open" or (token.type == "inline" and _BOLD_LINE.fullmatch(token.content)):
            yield "heading", first, last


def _sentences(text: str, start: int, end: int) -> Iterator[Unit]:
    """The sentences between two offsets, without the list and quotation marks before them."""
    for first, last in sentence_spans(text, start, end):
        marks = _LIST_MARKS.match(text, first, last)
        begin = marks.end() if marks else first
        stop = begin + len(text[begin:last].rstrip("[［【〔 \t"))
        yield Unit(begin, stop, stop)


def _line_starts(text: str) -> list[int]:
    """The offset of each line, and the length of the text."""
    return [0, *(match.end() for match in re.finditer("\n", text)), len(text)]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    """Parses blocks only. Indented text and underlined lines are prose, since models indent freely."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").disable(["code", "lheading", "html_block", "reference"])
