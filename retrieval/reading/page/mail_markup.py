"""Converts the HTML of an email to blocks; each line of quoted history starts with ">", as in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.reading.document.blocks import Block, blocks_of, fragment_blocks
from retrieval.reading.document.element_tree import Element
from retrieval.reading.page.quoted_lines import is_forwarding_mark

_QUOTE_CLASS = re.compile(
    r"(?:^|\s)(?:gmail_quote|gmail_attr|moz-cite-prefix|yahoo_quoted|protonmail_quote|zmail_extra"
    r"|tutanota_quote|mail-quote-collapse|quoted-text|OutlookMessageHeader)(?:_\w+)?(?:\s|$)"
)
_MAX_DEPTH = 200


def mail_blocks(markup: str) -> list[Block]:
    """The blocks of an email's HTML part."""
    from lxml import etree, html  # heavy: imported only when needed

    if not markup.strip():
        return []
    try:
        tree: Element = html.fragment_fromstring(
            re.sub(r"<\?xml[^>]*\?>|\0", " ", markup), create_parent="div"
        )
    except (etree.LxmlError, ValueError, RecursionError):
        return fragment_blocks(markup)
    for quote in list(_quotes(tree, 0)):
        blocks = list(blocks_of(quote))
        if any(is_forwarding_mark(line) for block in blocks[:3] for line in block.text.split("\n")):
            continue
        _replace_children(quote, [line for block in blocks for line in block.text.split("\n")])
    return list(blocks_of(tree))


def _quotes(element: Element, depth: int) -> Iterator[Element]:
    """The outermost elements with quoted history.

    Outlook marks none: its quoted messages are found by their header lines.
    """
    for child in element:
        if not isinstance(child.tag, str) or depth > _MAX_DEPTH:
            continue
        classes = child.attrib.get("class", "")
        is_cited = child.attrib.get("type") == "cite" or "cite" in classes.split()
        if (is_cited and child.tag == "blockquote") or _QUOTE_CLASS.search(classes):
            yield child
        else:
            yield from _quotes(child, depth + 1)


def _replace_children(quote: Element, lines: list[str]) -> None:
    from lxml import etree

    tail = quote.tail
    quote.clear()  # type: ignore[attr-defined]
    quote.tag, quote.tail = "div", tail  # type: ignore[misc]
    for line in lines:
        paragraph = etree.SubElement(quote, "p")
        paragraph.text = f"> {line}"
