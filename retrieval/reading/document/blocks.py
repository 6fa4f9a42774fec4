"""Elements of a page, a book's chapter or a letter -> paragraphs, and paragraphs -> one text with headings.

Understands the tags of HTML and those of trafilatura's own tree (head, item, lb, row, cell).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from retrieval.article import Heading
from retrieval.reading.document.element_tree import Element

_HEADINGS = frozenset("head h1 h2 h3 h4 h5 h6".split())
_ITEMS = frozenset({"item", "li"})
_ROWS = frozenset({"row", "tr"})
_BREAKS = frozenset({"lb", "br"})
_BLOCKS = frozenset(
    "p list quote table cell ab div main body doc section article code fw figure ul ol dl dt dd blockquote "
    "pre td th thead tbody tfoot header footer aside nav figcaption address hr form fieldset center".split()
)
_SKIPPED = frozenset(
    "graphic comments script style title template noscript svg select button iframe object".split()
)
_DEEPEST = 200  # nested elements: no article has as many, and Python's own limit is near


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, an item of a list (its text begins with "- ") or a row of a table."""

    text: str
    is_heading: bool = False


def blocks_of(element: Element, depth: int = 0) -> Iterator[Block]:
    """The blocks below an element in order; white space as single spaces, line breaks kept."""
    inline: list[str] = [_soft(element.text)]
    tag = element.tag
    for child in element:
        name = child.tag
        if not isinstance(name, str) or name in _SKIPPED or depth > _DEEPEST:
            pass
        elif name in _BREAKS:
            inline.append("\n")
        elif name in _ROWS:
            yield from _flushed(inline, tag)
            inline.append(_row(child, depth))
            yield from _flushed(inline, tag)
        elif name in _BLOCKS or name in _HEADINGS or name in _ITEMS:
            yield from _flushed(inline, tag)
            yield from blocks_of(child, depth + 1)
        else:
            yield from _nested(child, inline, tag, depth)
        inline.append(_soft(child.tail))
    yield from _flushed(inline, tag)


def _nested(element: Element, inline: list[str], tag: object, depth: int) -> Iterator[Block]:
    """An inline element (a link, emphasis); one that holds blocks, as broken pages have it, is one itself."""
    if any(
        isinstance(each.tag, str) and each.tag in (_BLOCKS | _HEADINGS | _ITEMS) for each in element.iter()
    ):
        yield from _flushed(inline, tag)
        yield from blocks_of(element, depth + 1)
    else:
        inline.append(_inline(element, depth))


def _inline(element: Element, depth: int) -> str:
    parts = [_soft(element.text)]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _SKIPPED and depth <= _DEEPEST:
            parts.append("\n" if child.tag in _BREAKS else _inline(child, depth + 1))
        parts.append(_soft(child.tail))
    return "".join(parts)


def _row(row: Element, depth: int) -> str:
    cells = [" ".join(block.text for block in blocks_of(cell, depth + 1)) for cell in row]
    return " | ".join(cell.replace("\n", " ") for cell in cells if cell)


def _flushed(inline: list[str], tag: object) -> Iterator[Block]:
    """What was gathered as a block, if there is any of it; the list is emptied."""
    lines = (" ".join(line.split()) for line in "".join(inline).split("\n"))
    text = "\n".join(line for line in lines if line)
    inline.clear()
    if text and tag in _HEADINGS:
        yield Block(text.replace("\n", " "), is_heading=True)
    elif text:
        yield Block("- " + text if tag in _ITEMS else text)


def _soft(text: str | None) -> str:
    """Text of the source, where line breaks mean no more than spaces."""
    return re.sub(r"[\r\n]", " ", text) if text else ""


def joined(blocks: Iterable[Block]) -> tuple[str, tuple[Heading, ...]]:
    """One text, an empty line between paragraphs and none between items of a list, and its headings."""
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
    """The blocks of a piece of HTML that is all article, such as the content of a feed's entry."""
    from lxml import etree, html  # heavy: only when there is markup to read

    if not markup.strip():
        return []
    try:
        tree: Element = html.fragment_fromstring(
            re.sub(r"<\?xml[^>]*\?>|\0", " ", markup), create_parent="div"
        )
    except (etree.LxmlError, ValueError, RecursionError):
        return [Block(" ".join(re.sub(r"<[^<>]*>", " ", markup).split()))]
    return list(blocks_of(tree))
