"""A saved web page -> Document: the text is built here from the main content that trafilatura finds.

The text is ours, paragraph by paragraph, so that headings have exact spans and quotes count in it.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace

from retrieval.errors import ReadError
from retrieval.reading.document.blocks import Block, blocks_of, joined
from retrieval.reading.document.document import Document
from retrieval.reading.document.element_tree import Element
from retrieval.reading.document.encoding import decode
from retrieval.reading.formats.html_metadata import page_facts
from retrieval.reading.formats.plain_text import read_structured, read_text

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")


_EMBEDDED = re.compile(r"\bdata:[\w/+.-]{3,60};base64,[A-Za-z0-9+/=%]{100,}")  # pictures within the page
_LONGEST = 8_000_000  # characters of markup without pictures
_LEAST_TEXT = 250  # characters: less may be a caption, and the visible text of the whole page is asked


def read_web_page(data: bytes) -> Document:
    """The article of a page. Raises ReadError for bytes that are no page or hold no text."""
    declared = _DECLARED.search(data[:4096])
    page = decode(data, declared[1].decode("ascii", "replace") if declared else None)
    return read_html(page)


def read_html(page: str) -> Document:
    """The article of a page that is decoded. Raises ReadError when it holds no text."""
    from trafilatura.utils import load_html  # heavy: only when a page is read

    markup = _EMBEDDED.sub("", _DECLARATION.sub("", page.replace("\0", " ")))
    if len(markup) > _LONGEST:
        raise ReadError(f"The page is too large: {len(markup) / 1e6:.0f} million characters of markup.")
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its notes are not for the person
    tree: Element | None = load_html(markup)
    if tree is None:
        raise ReadError("This is no web page, or an empty one.")
    facts = page_facts(tree)
    visible = _visible_text(tree)  # before trafilatura, which takes the tree apart
    text, headings = joined(_main_content(tree))
    if len(text) < _LEAST_TEXT:
        whole = read_text(visible)
        if len(visible) > len(text) and any(map(str.isalnum, visible)):
            return replace(whole, facts=facts.over(whole.facts))
    if not text.strip():
        raise ReadError("There is no article text on this web page.")
    return read_structured(text, headings, facts)


def _main_content(tree: Element) -> list[Block]:
    from trafilatura import bare_extraction

    try:
        found = bare_extraction(tree, fast=True, include_comments=False, include_formatting=True)
    except Exception as error:  # whatever the parser throws at a broken page, it is one file's trouble
        raise ReadError("This web page is too broken to be read.") from error
    body = getattr(found, "body", None)
    return list(blocks_of(body)) if body is not None else []


def _visible_text(tree: Element) -> str:
    """All text of the page, a line for each block, as a careless scraper would keep it."""
    return "\n".join(block.text for block in blocks_of(tree))
