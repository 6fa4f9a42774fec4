"""Converts markup of a page, book chapter or email to blocks, and blocks to one text with headings.

Understands HTML tags and those of trafilatura's own tree (head, item, lb, row, cell).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from retrieval.article import Heading
from retrieval.reading.document.element_tree import Element, MutableElement
from retrieval.reading.document.footnote_marks import leave_out_footnote_marks

_HEADING_TAGS = frozenset("head h1 h2 h3 h4 h5 h6".split())
_ITEM_TAGS = frozenset({"item", "li"})
_ROW_TAGS = frozenset({"row", "tr"})
_BREAK_TAGS = frozenset({"lb", "br"})
_BLOCK_TAGS = frozenset(
    "p list quote table cell ab div main body doc section article code fw figure ul ol dl dt dd blockquote "
    "pre td th thead tbody tfoot header footer aside nav figcaption address hr form fieldset center".split()
)
_IGNORED_TAGS = frozenset(
    "graphic comments script style title template noscript svg select button iframe object".split()
)
_MAX_DEPTH = 200  # nested elements: deeper than any article, and below Python's recursion limit


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, a list item (its text starts with "- ") or a table row."""

    text: str
    is_heading: bool = False


def blocks_of(element: Element, depth: int = 0) -> Iterator[Block]:
    """The blocks below an element, in order; whitespace is collapsed, <br> becomes a line break."""
    inline: list[str] = [_without_line_breaks(element.text)]
    tag = element.tag
    for child in element:
        name = child.tag
        if depth > _MAX_DEPTH:
            inline.append(_flat_text(child))
        elif not isinstance(name, str) or name in _IGNORED_TAGS:
            pass
        elif name in _BREAK_TAGS:
            inline.append("\n")
        elif name in _ROW_TAGS:
            yield from _flush(inline, tag)
            inline.append(_row(child, depth))
            yield from _flush(inline, tag)
        elif name in _BLOCK_TAGS or name in _HEADING_TAGS or name in _ITEM_TAGS:
            yield from _flush(inline, tag)
            yield from blocks_of(child, depth + 1)
        else:
            yield from _nested(child, inline, tag, depth)
        inline.append(_without_line_breaks(child.tail))
    yield from _flush(inline, tag)


def _nested(element: Element, inline: list[str], tag: object, depth: int) -> Iterator[Block]:
    """An inline element (link, emphasis); in broken pages it can contain blocks and then acts as one."""
    if any(descendant.tag in (_BLOCK_TAGS | _HEADING_TAGS | _ITEM_TAGS) for descendant in element.iter()):
        yield from _flush(inline, tag)
        yield from blocks_of(element, depth + 1)
    else:
        inline.append(_inline(element, depth))


def _inline(element: Element, depth: int) -> str:
    parts = [_without_line_breaks(element.text)]
    for child in element:
        if depth > _MAX_DEPTH:
            parts.append(_flat_text(child))
        elif isinstance(child.tag, str) and child.tag not in _IGNORED_TAGS:
            parts.append("\n" if child.tag in _BREAK_TAGS else _inline(child, depth + 1))
        parts.append(_without_line_breaks(child.tail))
    return "".join(parts)


def _flat_text(element: Element) -> str:
    """The text of an element nested too deeply to keep its blocks; without recursion."""
    parts: list[str] = []
    pending: list[Element | str] = [element]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            parts.append(item)
        elif isinstance(item.tag, str) and item.tag not in _IGNORED_TAGS:
            parts.append(f" {_without_line_breaks(item.text)}")
            for child in reversed(list(item)):
                pending += [_without_line_breaks(child.tail), child]
    return "".join(parts)


def _row(row: Element, depth: int) -> str:
    cells = [" ".join(block.text for block in blocks_of(cell, depth + 1)) for cell in row]
    return " | ".join(cell.replace("\n", " ") for cell in cells if cell)


def _flush(inline: list[str], tag: object) -> Iterator[Block]:
    """The collected inline text as a block, unless it is blank; clears the list."""
    lines = (" ".join(line.split()) for line in "".join(inline).split("\n"))
    text = "\n".join(line for line in lines if line)
    inline.clear()
    if text and tag in _HEADING_TAGS:
        yield Block(text.replace("\n", " "), is_heading=True)
    elif text:
        yield Block("- " + text if tag in _ITEM_TAGS else text)


def _without_line_breaks(text: str | None) -> str:
    """Source text with line breaks as spaces, which is what they mean in HTML."""
    return re.sub(r"[\r\n]", " ", text) if text else ""


def join_blocks(blocks: Iterable[Block]) -> tuple[str, tuple[Heading, ...]]:
    """One text and its headings: a blank line between blocks, but not between list items."""
    parts: list[str] = []
    headings: list[Heading] = []
    length, after_item = 0, False
    for block in blocks:
        is_item = block.text.startswith("- ")
        if parts:
            gap = "\n" if is_item and after_item else "\n\n"
            parts.append(gap)
            length += len(gap)
        if block.is_heading:
            headings.append(Heading(length, length + len(block.text)))
        parts.append(block.text)
        length += len(block.text)
        after_item = is_item
    return "".join(parts), tuple(headings)


def fragment_blocks(markup: str) -> list[Block]:
    """The blocks of an HTML fragment without page boilerplate, such as the content of a feed entry."""
    from lxml import etree, html  # heavy: imported only when needed

    if not markup.strip():
        return []
    try:
        tree: MutableElement = html.fragment_fromstring(
            re.sub(r"<\?xml[^>]*\?>|\0", " ", markup), create_parent="div"
        )
    except (etree.LxmlError, ValueError, RecursionError):
        return [Block(" ".join(re.sub(r"<[^<>]*>", " ", markup).split()))]
    leave_out_footnote_marks(tree)
    return list(blocks_of(tree))
