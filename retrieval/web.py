"""A saved web page -> Document: the text is built here from the main content that trafilatura finds.

The text is ours, paragraph by paragraph, so that headings have exact spans and quotes count in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.article import Heading
from retrieval.document import Document, Facts
from retrieval.encoding import decode
from retrieval.errors import ReadError
from retrieval.lines import lines_of
from retrieval.page_facts import page_facts
from retrieval.text import dropped_lines, header_facts, line_reasons
from retrieval.tree import Element

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_BLOCKS = frozenset(
    "p head list item quote table row cell ab div main body doc section article code fw figure".split()
)
_SKIPPED = frozenset({"graphic", "comments"})
_LEAST_TEXT = 200  # characters: less is no article, and the visible text of the whole page is asked


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    is_heading: bool


def read_web_page(data: bytes) -> Document:
    """The article of a page. Raises ReadError for bytes that are no page or hold no text."""
    declared = _DECLARED.search(data[:4096])
    page = decode(data, declared[1].decode("ascii", "replace") if declared else None)
    return read_html(page)


def read_html(page: str) -> Document:
    """The article of a page that is decoded. Raises ReadError when it holds no text."""
    from trafilatura.utils import load_html  # heavy: only when a page is read

    tree: Element | None = load_html(_DECLARATION.sub("", page.replace("\0", " ")))
    if tree is None:
        raise ReadError("This is no web page, or an empty one.")
    facts = page_facts(tree)
    blocks = _main_content(tree)
    return _document(blocks, facts)


def _main_content(tree: Element) -> list[_Block]:
    from trafilatura import bare_extraction

    try:
        found = bare_extraction(tree, fast=True, include_comments=False, include_formatting=True)
    except Exception as error:  # whatever the parser throws at a broken page, it is one file's trouble
        raise ReadError("This web page is too broken to be read.") from error
    body = getattr(found, "body", None)
    return [block for block in _blocks(body) if block.text] if body is not None else []


def _document(blocks: list[_Block], facts: Facts) -> Document:
    text = ""
    headings = []
    for block in blocks:
        if text:
            text += (
                "\n" if block.text.startswith("- ") and text.rpartition("\n")[2].startswith("- ") else "\n\n"
            )
        if block.is_heading:
            headings.append(Heading(len(text), len(text) + len(block.text)))
        text += block.text
    if not text.strip():
        raise ReadError("There is no article text on this web page.")
    lines = [line for line in lines_of(text) if line.words]
    reasons = line_reasons(lines)
    facts = facts.over(header_facts(lines[:5], reasons))
    if facts.title:
        same = (line for line in lines[:4] if line.words.casefold() == facts.title.casefold())
        reasons.update((line.number, "title") for line in same)
    numbers = {line.start: line.number for line in lines}
    kept = tuple(heading for heading in headings if numbers.get(heading.start) not in reasons)
    return Document(text, facts, kept, dropped_lines(lines, reasons))


def _blocks(element: Element) -> Iterator[_Block]:
    """The paragraphs below an element in order, white space as single spaces."""
    inline: list[str] = []

    def flush() -> Iterator[_Block]:
        words = [" ".join(line.split()) for line in "".join(inline).split("\n")]
        inline.clear()
        text = "\n".join(line for line in words if line)
        if text:
            mark = "- " if element.tag == "item" else ""
            yield _Block(mark + text, element.tag == "head")

    inline.append(_soft(element.text))
    for child in element:
        if not isinstance(child.tag, str) or child.tag in _SKIPPED:
            pass
        elif child.tag == "lb":
            inline.append("\n")
        elif child.tag == "row":
            yield from flush()
            cells = [" ".join(block.text for block in _blocks(cell)) for cell in child]
            inline.append(" | ".join(cell for cell in cells if cell))
            yield from flush()
        elif child.tag in _BLOCKS:
            yield from flush()
            yield from _blocks(child)
        else:
            inline.append(_inline(child))
        inline.append(_soft(child.tail))
    yield from flush()


def _inline(element: Element) -> str:
    """The words of an inline element (a link, emphasis), its line breaks kept."""
    parts = [_soft(element.text)]
    for child in element:
        parts.append("\n" if child.tag == "lb" else _inline(child) if isinstance(child.tag, str) else "")
        parts.append(_soft(child.tail))
    return "".join(parts)


def _soft(text: str | None) -> str:
    return re.sub(r"[\r\n]", " ", text) if text else ""
