"""Reads OpenDocument texts (.odt): paragraphs, lists, tables, text boxes and notes in order.

Tracked deletions and comments are left out; a note follows its paragraph. The XML is read with lxml: the
common libraries for the format print comments, deletions and note marks as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from retrieval.errors import ReadError
from retrieval.reading.document.blocks import Block, join_blocks
from retrieval.reading.document.document import Document, Metadata, tidy
from retrieval.reading.document.element_tree import Element
from retrieval.reading.document.raised_text import join_raised
from retrieval.reading.formats.plain_text import read_structured, read_text
from retrieval.reading.office.xml_archive import XmlArchive, attribute, local_name, open_archive

_MAX_BLOCKS = 200_000
_MAX_DEPTH = 100  # nested lists, tables, sections and text boxes
_MAX_INHERITANCE = 20  # styles that a style is based on
_MAX_SPACES = 100  # that one element stands for
_IGNORED = frozenset(
    "tracked-changes annotation annotation-end forms note-citation ruby-text title desc "
    "object object-ole image event-listeners sequence-decls variable-decls user-field-decls".split()
)
_CONTAINERS = frozenset(
    "text section list list-item list-header index-body index-title table-of-content alphabetical-index "
    "bibliography illustration-index table-index user-index object-index numbered-paragraph".split()
)
_ANCHORED = frozenset({"note", "frame", "text-box", "custom-shape", "rect", "g"})


@dataclass(frozen=True, slots=True)
class _Style:
    parent: str = ""
    is_raised: bool = False
    is_hidden: bool = False


@dataclass(slots=True)
class _Paragraph:
    """The pieces of a paragraph, each with True if it is raised, and what is anchored in it."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)
    anchored: list[Element] = field(default_factory=list)


def read_odt(data: bytes) -> Document:
    """The document of an OpenDocument text. Raises ReadError if it is damaged, locked or empty."""
    with open_archive(data, "OpenDocument") as archive:
        if "META-INF/manifest.xml" in archive and _is_encrypted(archive.parse("META-INF/manifest.xml")):
            raise ReadError("The OpenDocument file is locked with a password.")
        content = archive.parse("content.xml")
        styles = _styles(content)
        if "styles.xml" in archive:
            styles = {**_styles(archive.parse("styles.xml")), **styles}
        blocks = list(_OpenText(styles).document(content))
        metadata = _metadata(archive, blocks)
    text, headings = join_blocks(blocks)
    if not any(map(str.isalnum, text)):
        raise ReadError("The OpenDocument file contains no text.")
    if not headings:  # written without styles: read it as plain text
        document = read_text(text)
        return replace(document, metadata=document.metadata.with_fallback(metadata))
    return read_structured(text, headings, metadata)


def _is_encrypted(manifest: Element) -> bool:
    return any(local_name(element) == "encryption-data" for element in manifest.iter())


def _styles(root: Element) -> dict[str, _Style]:
    styles: dict[str, _Style] = {}
    for style in root.iter():
        name = attribute(style, "name")
        if local_name(style) != "style" or not name:
            continue
        position = display = ""
        for properties in style:
            if local_name(properties) == "text-properties":
                position = attribute(properties, "text-position") or position
                display = attribute(properties, "display") or display
        shift = position.split(" ")[0]
        is_raised = shift == "super" or (shift.rstrip("%").replace(".", "").isdigit() and shift[0] != "0")
        parent = attribute(style, "parent-style-name") or ""
        styles[name] = _Style(parent, is_raised, display in ("none", "true"))
    return styles


def _metadata(archive: XmlArchive, blocks: list[Block]) -> Metadata:
    found: dict[str, str] = {}
    if "meta.xml" in archive:
        for element in archive.parse("meta.xml").iter():
            if element.text and element.text.strip():
                found.setdefault(local_name(element), element.text)
    title = blocks[0].text if blocks and blocks[0].is_heading else tidy(found.get("title"))
    author = found.get("creator") or found.get("initial-creator")
    return Metadata(title=title, author=tidy(author), language=tidy(found.get("language")))


class _OpenText:
    """Converts the elements of an OpenDocument text to blocks."""

    def __init__(self, styles: Mapping[str, _Style]) -> None:
        self._styles = styles
        self._count = 0

    def document(self, content: Element) -> Iterator[Block]:
        for body in content:
            if local_name(body) == "body":
                for text in body:
                    yield from self._blocks(text)

    def _blocks(self, container: Element, depth: int = 0, is_item: bool = False) -> Iterator[Block]:
        if depth > _MAX_DEPTH:
            return
        for element in container:
            name = local_name(element)
            self._count += 1
            if self._count > _MAX_BLOCKS:
                raise ReadError(f"The OpenDocument file is too long: more than {_MAX_BLOCKS:,} paragraphs.")
            if name in ("p", "h"):
                yield from self._paragraph(element, name == "h", is_item, depth)
            elif name == "table":
                yield from self._rows(element, depth)
            elif name in _ANCHORED:
                yield from self._box(element, depth)
            elif name in _CONTAINERS and attribute(element, "display") != "none":
                yield from self._blocks(element, depth + 1, is_item or name == "list-item")

    def _paragraph(self, element: Element, is_heading: bool, is_item: bool, depth: int) -> Iterator[Block]:
        style = attribute(element, "style-name") or ""
        paragraph = _Paragraph()
        if not self._is_hidden(style):
            self._inline(element, paragraph, False, depth)
        joined = join_raised(paragraph.pieces)
        text = "\n".join(words for line in joined.split("\n") if (words := " ".join(line.split())))
        if text and (is_heading or self._is_title(style)):
            yield Block(text, is_heading=True)
        elif text:
            yield Block(f"- {text}" if is_item else text)
        for anchored in paragraph.anchored:
            yield from self._box(anchored, depth + 1)

    def _box(self, element: Element, depth: int) -> Iterator[Block]:
        """The blocks of a note, a text box or a shape, also in a frame or a group."""
        if local_name(element) in ("custom-shape", "rect", "text-box", "note-body"):
            yield from self._blocks(element, depth + 1)
            return
        for child in element if depth < _MAX_DEPTH else ():
            if local_name(child) == "note-body" or local_name(child) in _ANCHORED:
                yield from self._box(child, depth + 1)

    def _inline(self, container: Element, paragraph: _Paragraph, is_raised: bool, depth: int) -> None:
        paragraph.pieces.append((_without_line_breaks(container.text), is_raised))
        for element in container if depth < _MAX_DEPTH else ():
            name = local_name(element)
            if name in _ANCHORED:
                paragraph.anchored.append(element)
            elif name == "s":
                count = attribute(element, "c") or "1"
                spaces = min(int(count), _MAX_SPACES) if count.isdecimal() else 1
                paragraph.pieces.append((" " * spaces, is_raised))
            elif name == "tab":
                paragraph.pieces.append((" ", is_raised))
            elif name == "line-break":
                paragraph.pieces.append(("\n", is_raised))
            elif name not in _IGNORED and name not in ("hidden-text", "hidden-paragraph"):
                style = attribute(element, "style-name") or ""
                if not self._is_hidden(style):
                    raised = is_raised or self._is_raised(style)
                    self._inline(element, paragraph, raised, depth + 1)
            paragraph.pieces.append((_without_line_breaks(element.tail), is_raised))

    def _rows(self, table: Element, depth: int) -> Iterator[Block]:
        """A block for each row; a row of one cell is read like text."""
        for element in table if depth < _MAX_DEPTH else ():
            name = local_name(element)
            if name in ("table-header-rows", "table-row-group", "table-rows"):
                yield from self._rows(element, depth + 1)
            elif name == "table-row":
                filled = [
                    blocks
                    for cell in element
                    if local_name(cell) == "table-cell" and (blocks := list(self._blocks(cell, depth + 1)))
                ]
                if len(filled) == 1:
                    yield from filled[0]
                elif filled:
                    texts = (" ".join(block.text.replace("\n", " ") for block in cell) for cell in filled)
                    yield Block(" | ".join(texts))

    def _inherited(self, name: str) -> Iterator[tuple[str, _Style]]:
        """A style and those that it is based on, with their names."""
        for _ in range(_MAX_INHERITANCE):
            style = self._styles.get(name, _Style())
            yield name, style
            name = style.parent

    def _is_hidden(self, name: str) -> bool:
        return any(style.is_hidden for _, style in self._inherited(name))

    def _is_raised(self, name: str) -> bool:
        return any(style.is_raised for _, style in self._inherited(name))

    def _is_title(self, name: str) -> bool:
        names = (name for name, _ in self._inherited(name))
        return any(name in ("Title", "Heading") or name.startswith("Heading_20_") for name in names)


def _without_line_breaks(text: str | None) -> str:
    return text.replace("\n", " ") if text else ""
