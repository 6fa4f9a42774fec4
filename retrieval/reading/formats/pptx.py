"""Reads PowerPoint presentations (.pptx): slides in order, their titles as sections, with speaker notes.

The XML is read with lxml: python-pptx skips diagrams and text in alternative content, and requires Pillow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from retrieval.errors import ReadError
from retrieval.reading.document.blocks import Block, join_blocks
from retrieval.reading.document.document import Document, Metadata, tidy
from retrieval.reading.document.element_tree import Element
from retrieval.reading.document.raised_text import join_raised
from retrieval.reading.formats.plain_text import read_structured
from retrieval.reading.office.xml_archive import XmlArchive, attribute, local_name, open_archive

_MAX_SLIDES = 5_000
_MAX_BLOCKS = 200_000
_MAX_DEPTH = 100  # nested groups
_TITLES = frozenset({"title", "ctrTitle"})
_OMITTED_PLACEHOLDERS = frozenset({"sldNum", "dt", "ftr", "hdr", "sldImg"})
_ENCRYPTED = b"\xd0\xcf\x11\xe0"  # an OLE file: an encrypted .pptx, or the old .ppt
_ENCRYPTION_STREAM = "EncryptedPackage".encode("utf-16-le")
_GENERATORS = frozenset({"python-pptx", "pptxgenjs"})  # named as authors


def read_pptx(data: bytes) -> Document:
    """The document of a presentation. Raises ReadError if it is damaged, locked or empty."""
    if data.startswith(_ENCRYPTED) and _ENCRYPTION_STREAM in data:
        raise ReadError("The PowerPoint file is locked with a password.")
    with open_archive(data, "PowerPoint") as archive:
        presentation = _main_part(archive)
        blocks: list[Block] = []
        hidden: list[int] = []
        for number, slide in enumerate(_slides(archive, presentation), start=1):
            if number > _MAX_SLIDES or len(blocks) > _MAX_BLOCKS:
                raise ReadError(f"The PowerPoint file is too long: more than {_MAX_SLIDES:,} slides.")
            root = archive.parse(slide)
            if attribute(root, "show") in ("0", "false"):
                hidden.append(number)
            else:
                blocks += _slide_blocks(archive, slide, root)
        metadata = _metadata(archive, blocks)
    text, headings = join_blocks(blocks)
    if not any(map(str.isalnum, text)):
        raise ReadError("The PowerPoint file contains no text.")
    document = read_structured(text, headings, metadata)
    return Document(
        document.text, document.metadata, document.headings, document.dropped, tuple(_omitted(hidden))
    )


def _omitted(hidden: list[int]) -> Iterator[str]:
    if hidden:
        numbers = ", ".join(map(str, hidden))
        yield f"1 hidden slide: {numbers}" if len(hidden) == 1 else f"{len(hidden)} hidden slides: {numbers}"


def _main_part(archive: XmlArchive) -> str:
    types = archive.related("").values()
    return next((name for kind, name in types if kind == "officeDocument"), "ppt/presentation.xml")


def _slides(archive: XmlArchive, presentation: str) -> Iterator[str]:
    """The names of the slides in the order of the presentation."""
    related = archive.related(presentation)
    for element in archive.parse(presentation).iter():
        if local_name(element) == "sldId":
            slide_id = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            if slide_id in related and related[slide_id][1] in archive:
                yield related[slide_id][1]


def _slide_blocks(archive: XmlArchive, slide: str, root: Element) -> list[Block]:
    """The blocks of a slide, the title first, then those of its notes."""
    related = archive.related(slide)
    blocks = list(_shapes(archive, root, related))
    blocks.sort(key=lambda block: not block.is_heading)
    for kind, name in related.values():
        if kind == "notesSlide" and name in archive:
            notes = _shapes(archive, archive.parse(name), {})
            blocks += (Block(block.text) for block in notes)
    return blocks


def _shapes(
    archive: XmlArchive, container: Element, related: Mapping[str, tuple[str, str]], depth: int = 0
) -> Iterator[Block]:
    if depth > _MAX_DEPTH:
        return
    for element in container:
        name = local_name(element)
        if name == "sp":
            yield from _shape(element)
        elif name == "tbl":
            yield from _rows(element)
        elif name == "relIds":  # of a diagram
            part = related.get(attribute(element, "dm") or "")
            if part is not None and part[1] in archive:
                yield from _diagram(archive.parse(part[1]))
        elif name == "AlternateContent":
            children = {local_name(child): child for child in reversed(list(element))}
            alternative = children.get("Choice", children.get("Fallback"))
            if alternative is not None:
                yield from _shapes(archive, alternative, related, depth + 1)
        else:
            yield from _shapes(archive, element, related, depth + 1)


def _shape(shape: Element) -> Iterator[Block]:
    placeholder = next((attribute(e, "type") or "" for e in shape.iter() if local_name(e) == "ph"), "")
    if placeholder in _OMITTED_PLACEHOLDERS:
        return
    for body in shape:
        if local_name(body) == "txBody":
            if placeholder in _TITLES:
                title = " ".join(block.text.replace("\n", " ") for block in _paragraphs(body))
                yield from [Block(title, is_heading=True)] if title else []
            else:
                yield from _paragraphs(body)


def _paragraphs(body: Element) -> Iterator[Block]:
    for paragraph in body:
        if local_name(paragraph) == "p":
            text = _text(paragraph)
            if text:
                yield Block(f"- {text}" if _is_item(paragraph) else text)


def _is_item(paragraph: Element) -> bool:
    properties = next((child for child in paragraph if local_name(child) == "pPr"), None)
    return properties is not None and any(
        local_name(child) in ("buChar", "buAutoNum", "buBlip") for child in properties
    )


def _text(paragraph: Element) -> str:
    pieces: list[tuple[str, bool]] = []
    for run in paragraph:
        name = local_name(run)
        if name == "br":
            pieces.append(("\n", False))
        elif name in ("r", "fld"):
            texts = ((part.text or "") for part in run if local_name(part) == "t")
            pieces.append((" ".join("".join(texts).split("\n")), _is_raised(run)))
        elif name in ("m", "AlternateContent"):  # a formula
            texts = ((part.text or "") for part in run.iter() if local_name(part) == "t")
            pieces.append(("".join(texts), False))
    lines = (" ".join(line.split()) for line in join_raised(pieces).split("\n"))
    return "\n".join(filter(None, lines))


def _is_raised(run: Element) -> bool:
    """True for a superscript: its baseline is raised by some percent."""
    properties = next((child for child in run if local_name(child) == "rPr"), None)
    baseline = attribute(properties, "baseline") if properties is not None else None
    return bool(baseline) and baseline not in ("0", "0%") and not str(baseline).startswith("-")


def _rows(table: Element) -> Iterator[Block]:
    for row in table:
        if local_name(row) != "tr":
            continue
        cells = (_cell(cell) for cell in row if local_name(cell) == "tc")
        text = " | ".join(filter(None, cells))
        if text:
            yield Block(text)


def _cell(cell: Element) -> str:
    bodies = (_paragraphs(body) for body in cell if local_name(body) == "txBody")
    return " ".join(block.text.replace("\n", " ") for block in chain.from_iterable(bodies))


def _diagram(data: Element) -> Iterator[Block]:
    """The texts of the points of a diagram (SmartArt)."""
    for element in data.iter():
        if local_name(element) == "pt":
            for body in element:
                if local_name(body) == "t":
                    yield from _paragraphs(body)


def _metadata(archive: XmlArchive, blocks: list[Block]) -> Metadata:
    found: dict[str, str] = {}
    for kind, name in archive.related("").values():
        if kind == "core-properties" and name in archive:
            for element in archive.parse(name).iter():
                if element.text and element.text.strip():
                    found.setdefault(local_name(element), element.text)
    author = tidy(found.get("creator"))
    if author and author.casefold() in _GENERATORS:
        author = None
    title = blocks[0].text if blocks and blocks[0].is_heading else tidy(found.get("title"))
    return Metadata(title=title, author=author)
