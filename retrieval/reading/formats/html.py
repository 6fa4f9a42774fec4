"""Reads saved web pages: trafilatura finds the main content, and the text is built from its blocks.

Building the text here gives headings and quotes exact offsets.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace

from retrieval.errors import ReadError
from retrieval.reading.document.blocks import Block, blocks_of, join_blocks
from retrieval.reading.document.document import Document
from retrieval.reading.document.element_tree import Element, MutableElement
from retrieval.reading.document.encoding import decode
from retrieval.reading.document.footnote_marks import leave_out_footnote_marks
from retrieval.reading.formats.html_metadata import page_metadata
from retrieval.reading.formats.plain_text import read_structured, read_text
from retrieval.reading.page.prose_run import lost_article
from retrieval.reading.page.tree_cleanup import clean_page

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_DATA_URI = re.compile(r"\bdata:[\w/+.-]{3,60};base64,[A-Za-z0-9+/=%]{100,}")  # embedded images
_MAX_MARKUP_LENGTH = 8_000_000  # characters of markup without embedded images
_MIN_TEXT_LENGTH = 250  # characters: a shorter text could be a caption; fall back to all visible text


def read_html_bytes(data: bytes) -> Document:
    """The article of a web page. Raises ReadError if the bytes are not a page or contain no text."""
    declared = _META_CHARSET.search(data[:4096])
    page = decode(data, declared[1].decode("ascii", "replace") if declared else None)
    return read_html(page)


def read_html(page: str) -> Document:
    """The article of a decoded page. Raises ReadError if it contains no text."""
    from trafilatura.utils import load_html  # heavy: imported only when needed

    markup = _DATA_URI.sub("", _XML_DECLARATION.sub("", page.replace("\0", " ")))
    if len(markup) > _MAX_MARKUP_LENGTH:
        raise ReadError(f"The page is too large: {len(markup) / 1e6:.0f} million characters of markup.")
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # users cannot act on its messages
    tree: MutableElement | None = load_html(markup)
    if tree is None:
        raise ReadError("The file is not a web page, or it is empty.")
    metadata = page_metadata(tree)
    leave_out_footnote_marks(tree)
    blocks = list(blocks_of(tree))  # first: the extraction of the main content modifies the tree
    visible = "\n".join(block.text for block in blocks)
    text, headings = join_blocks(_main_content(tree, blocks, metadata.title))
    if len(text) < _MIN_TEXT_LENGTH:
        whole = read_text(visible)
        if len(visible) > len(text) and any(map(str.isalnum, visible)):
            return replace(whole, metadata=metadata.with_fallback(whole.metadata))
    if not text.strip():
        raise ReadError("The web page contains no article text.")
    return read_structured(text, headings, metadata)


def _main_content(tree: MutableElement, visible: Sequence[Block], title: str | None) -> list[Block]:
    """The blocks of the article; the one run of prose of the *visible* blocks if the extractor misses it."""
    clean_page(tree)
    extracted = _extract(tree, fast=True) or _extract(tree, fast=False) or list(visible)
    return lost_article(visible, title, extracted) or extracted


def _extract(tree: MutableElement, *, fast: bool) -> list[Block]:
    """The blocks that trafilatura takes for the article; none if it only finds the text of the whole page."""
    from trafilatura import bare_extraction

    page = deepcopy(tree)  # the extraction modifies it
    try:
        extracted = bare_extraction(page, fast=fast, include_comments=False, include_formatting=True)
    except Exception as error:  # trafilatura raises various errors for broken pages
        raise ReadError("The web page is too damaged to read.") from error
    body = getattr(extracted, "body", None)
    if body is None or _is_whole_page(body):
        return []
    return list(blocks_of(body))


def _is_whole_page(body: Element) -> bool:
    """True for trafilatura's last resort: all text in one paragraph, its blocks separated by line breaks."""
    blocks = list(body)
    return len(blocks) == 1 and len(list(blocks[0])) == 0 and (blocks[0].text or "").count("\n") > 1
