"""Reads EPUB books, their headings as sections, and EPUB newspapers, with one article per piece."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from urllib.parse import unquote

from retrieval.errors import ReadError
from retrieval.reading.document.blocks import Block, blocks_of, join_blocks
from retrieval.reading.document.document import Document, Metadata
from retrieval.reading.document.element_tree import Element, MutableElement
from retrieval.reading.document.encoding import decode
from retrieval.reading.document.epub_package import (
    is_periodical,
    issue_name,
    local_name,
    package_metadata,
)
from retrieval.reading.document.footnote_marks import leave_out_footnote_marks
from retrieval.reading.formats.json_lines import Row
from retrieval.reading.formats.plain_text import read_structured
from retrieval.reading.metadata.byline import author_line

_MAX_TOTAL_BYTES = 32 * 2**20  # of all chapters, decompressed: rejects zip bombs
_MAX_CHAPTER_BYTES = 8 * 2**20
_PAGE_TYPES = ("application/xhtml+xml", "text/html")
_DAMAGED = "The EPUB file is damaged or encrypted."
_ARCHIVE_ERRORS = (
    zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error,
)  # fmt: skip
_MAX_NAMED_CHAPTERS = 10  # that cannot be read
_MIN_BYLINES = 2  # chapters by different authors make a collection of articles
_MAX_LINK_SHARE = 0.5  # of a page's text: above it, the page is a table of contents
_MAX_WORDS_PER_LINK = 60  # of a table of contents with summaries
_MAX_HEADER_BLOCKS = 5  # blocks of a piece that can contain its byline
_DOWNLOADED = re.compile(r"This article was downloaded by calibre from\s*(?P<url>https?://\S+)?")
_NAVIGATION = re.compile(r"calibre_navbar|\bnavbar\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Chapter:
    blocks: list[Block]
    is_contents: bool  # mostly links to other chapters
    url: str | None = None


def read_epub(data: bytes) -> Iterator[tuple[Row, Document]]:
    """The document of a book, or the pieces of a newspaper; missing and damaged chapters are reported.

    Raises ReadError if the file is damaged, encrypted or empty.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            yield from _read_archive(archive)
    except _ARCHIVE_ERRORS as error:
        raise ReadError(_DAMAGED) from error


def _read_archive(archive: zipfile.ZipFile) -> Iterator[tuple[Row, Document]]:
    package_path = _package_path(archive)
    package = _parse_xml(archive, package_path)
    chapters: list[_Chapter] = []
    omitted: list[str] = []
    remaining = _MAX_TOTAL_BYTES
    for name in _chapter_names(package, posixpath.dirname(package_path)):
        try:
            info = archive.getinfo(name)
            remaining -= info.file_size
            if remaining < 0 or info.file_size > _MAX_CHAPTER_BYTES:
                raise ReadError("The book is too large: more than 32 MB in total, or 8 MB in one chapter.")
            chapters.append(_chapter(decode(archive.read(info))))
        except KeyError:
            omitted.append(f"chapter {name} is missing")
        except _ARCHIVE_ERRORS:
            omitted.append(f"chapter {name} is damaged or encrypted")
        except ReadError as error:
            if "too large" in str(error):
                raise
            omitted.append(f"chapter {name} is damaged or encrypted")
    documents = _documents(chapters, package)
    if not documents:
        raise ReadError(_DAMAGED if omitted else "The book contains no text.")
    is_book = len(documents) == 1
    documents[0] = replace(documents[0], omitted=_summary(omitted))
    for number, document in enumerate(documents, start=1):
        yield Row(None, 0 if is_book else number), document


def _summary(omitted: Sequence[str]) -> tuple[str, ...]:
    rest = len(omitted) - _MAX_NAMED_CHAPTERS
    return (*omitted[:_MAX_NAMED_CHAPTERS], f"{rest} more chapters") if rest > 0 else tuple(omitted)


def _documents(chapters: Sequence[_Chapter], package: Element) -> list[Document]:
    metadata = package_metadata(package)
    texts = [chapter for chapter in chapters if any(map(_has_words, chapter.blocks))]
    pieces = [chapter for chapter in texts if not chapter.is_contents]
    bylines = [name for chapter in pieces if (name := _byline(chapter))]
    is_anthology = len(set(bylines)) >= _MIN_BYLINES and 2 * len(bylines) >= len(pieces)
    if len(pieces) > 1 and (is_anthology or is_periodical(package)):
        issue = replace(metadata, title=None, author=None, publisher=issue_name(metadata))
        return [_document(blocks, url, issue) for blocks, url in _pieces(pieces)]
    blocks = [block for chapter in texts for block in chapter.blocks]
    return [_document(blocks, None, metadata)] if blocks else []


def _pieces(chapters: Sequence[_Chapter]) -> Iterator[tuple[list[Block], str | None]]:
    """The blocks and URL of each piece; a chapter without a heading continues the piece before it."""
    blocks: list[Block] = []
    url: str | None = None
    for chapter in chapters:
        if blocks and any(block.is_heading for block in chapter.blocks[:_MAX_HEADER_BLOCKS]):
            yield blocks, url
            blocks, url = [], None
        blocks, url = [*blocks, *chapter.blocks], chapter.url or url
    yield blocks, url


def _document(blocks: Sequence[Block], url: str | None, metadata: Metadata) -> Document:
    text, headings = join_blocks(blocks)
    if metadata.title is None and headings:
        first = headings[0]
        metadata = replace(metadata, title=text[first.start : first.end], url=url)
    return read_structured(text, headings, metadata)


def _byline(chapter: _Chapter) -> str | None:
    lines = (line for block in chapter.blocks[:_MAX_HEADER_BLOCKS] for line in block.text.split("\n"))
    return next((name for line in lines if (name := author_line(line))), None)


def _has_words(block: Block) -> bool:
    return any(map(str.isalnum, block.text))


def _package_path(archive: zipfile.ZipFile) -> str:
    if "META-INF/container.xml" in archive.namelist():
        paths = [e.attrib.get("full-path", "") for e in _parse_xml(archive, "META-INF/container.xml").iter()]
        if path := next((path for path in paths if path), None):
            return path
    package = next((name for name in archive.namelist() if name.lower().endswith(".opf")), None)
    if package is None:
        raise ReadError("The EPUB file has no table of its contents.")
    return package


def _parse_xml(archive: zipfile.ZipFile, name: str) -> Element:
    from lxml import etree  # heavy: imported only when needed

    if archive.getinfo(name).file_size > _MAX_CHAPTER_BYTES:
        raise ReadError(_DAMAGED)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root: Element | None = etree.fromstring(archive.read(name), parser)
    except (etree.LxmlError, ValueError) as error:
        raise ReadError(_DAMAGED) from error
    if root is None:
        raise ReadError(_DAMAGED)
    return root


def _chapter(page: str) -> _Chapter:
    from lxml import etree, html

    markup = re.sub(r"^\s*<\?xml[^>]*\?>|\0", " ", page)
    try:
        tree: MutableElement = html.document_fromstring(markup)
    except (etree.LxmlError, ValueError, RecursionError):
        return _Chapter([], False)
    leave_out_footnote_marks(tree)
    body = next(tree.iter("body"), tree)
    for element in list(body.iter("div")):
        if _NAVIGATION.search(element.attrib.get("class", "")) and element is not body:
            element.drop_tree()  # type: ignore[attr-defined]
    blocks, url = [], None
    for block in blocks_of(body):
        if downloaded := _DOWNLOADED.match(block.text):
            url = downloaded["url"]
        else:
            blocks.append(block)
    return _Chapter(blocks, _is_contents(body, blocks), url)


def _is_contents(body: Element, blocks: Sequence[Block]) -> bool:
    """True if a page mostly links to other chapters, with or without a summary of each."""
    links = [element for element in body.iter("a") if element.attrib.get("href")]
    linked = sum(len("".join(element.itertext()).split()) for element in links)
    words = sum(len(block.text.split()) for block in blocks if not block.is_heading)
    inside = sum(not re.match(r"[a-z]+:|#", element.attrib["href"]) for element in links)
    return linked > _MAX_LINK_SHARE * words or (inside > 1 and words < _MAX_WORDS_PER_LINK * inside)


def _chapter_names(package: Element, folder: str) -> Iterator[str]:
    """The archive paths of the chapters, in the order of the spine."""
    items = {e.attrib.get("id"): e for e in package.iter() if local_name(e) == "item"}
    for reference in package.iter():
        if local_name(reference) != "itemref":
            continue
        item = items.get(reference.attrib.get("idref"))
        if item is None or "nav" in item.attrib.get("properties", "").split():
            continue
        if item.attrib.get("media-type") in _PAGE_TYPES:
            href = unquote(item.attrib.get("href", "")).partition("#")[0]
            yield posixpath.normpath(posixpath.join(folder, href))
