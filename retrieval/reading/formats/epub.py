"""An EPUB book or magazine -> Document: its chapters in reading order, their headings as sections."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import unquote

from retrieval.errors import ReadError
from retrieval.reading.document.blocks import Block, blocks_of, joined
from retrieval.reading.document.document import Document, Facts
from retrieval.reading.document.element_tree import Element
from retrieval.reading.document.encoding import decode
from retrieval.reading.formats.plain_text import read_structured
from retrieval.reading.metadata.date_parser import parse_date

_MOST_BYTES = 32 * 2**20  # of all chapters unpacked: a bomb has more
_LONGEST_CHAPTER = 8 * 2**20  # bytes
_PAGES = ("application/xhtml+xml", "text/html")


def read_book(data: bytes) -> Document:
    """The document of an EPUB file. Raises ReadError when it is broken, locked or empty."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _book(archive)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise ReadError("This EPUB file is broken or locked.") from error


def _book(archive: zipfile.ZipFile) -> Document:
    packages = [e.attrib.get("full-path", "") for e in _xml(archive, "META-INF/container.xml").iter()]
    name = next((path for path in packages if path), None)
    if name is None:
        raise ReadError("This EPUB file does not say what it holds.")
    package = _xml(archive, name)
    blocks: list[Block] = []
    left = _MOST_BYTES
    for chapter in _chapters(package, posixpath.dirname(name)):
        size = archive.getinfo(chapter).file_size
        left -= size
        if left < 0 or size > _LONGEST_CHAPTER:
            raise ReadError("The book is too large: more than 32 MB of text, or than 8 MB in one chapter.")
        blocks += _blocks(archive.read(chapter))
    text, headings = joined(blocks)
    if not any(map(str.isalnum, text)):
        raise ReadError("There is no text in this book.")
    return read_structured(text, headings, _facts(package))


def _xml(archive: zipfile.ZipFile, name: str) -> Element:
    from lxml import etree  # heavy: only when a book is read

    if archive.getinfo(name).file_size > _LONGEST_CHAPTER:
        raise ReadError("This EPUB file is broken or locked.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root: Element | None = etree.fromstring(archive.read(name), parser)
    except (etree.LxmlError, ValueError) as error:
        raise ReadError("This EPUB file is broken or locked.") from error
    if root is None:
        raise ReadError("This EPUB file is broken or locked.")
    return root


def _blocks(page: bytes) -> list[Block]:
    from lxml import etree, html

    markup = re.sub(r"^\s*<\?xml[^>]*\?>|\0", " ", decode(page))
    try:
        tree: Element = html.document_fromstring(markup)
    except (etree.LxmlError, ValueError, RecursionError):
        return []
    body = next(tree.iter("body"), tree)
    return list(blocks_of(body))


def _chapters(package: Element, folder: str) -> Iterator[str]:
    """Names in the archive of the pages of the spine."""
    items = {e.attrib.get("id"): e for e in package.iter() if _name(e) == "item"}
    for reference in package.iter():
        if _name(reference) != "itemref":
            continue
        item = items.get(reference.attrib.get("idref"))
        if item is not None and item.attrib.get("media-type") in _PAGES and "nav" not in _properties(item):
            yield posixpath.normpath(posixpath.join(folder, unquote(item.attrib.get("href", ""))))


def _properties(item: Element) -> list[str]:
    return item.attrib.get("properties", "").split()


def _facts(package: Element) -> Facts:
    def first(name: str) -> str | None:
        texts = ("".join(e.itertext()).strip() for e in package.iter() if _name(e) == name)
        return next((text for text in texts if text), None)

    return Facts(
        title=first("title"),
        publisher=first("publisher"),
        author=first("creator"),
        published=parse_date(first("date")),
        language=first("language"),
    )


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
