"""Reads Word files (.docx): paragraphs, tables and headings in order, as Word shows them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

from retrieval.errors import ReadError
from retrieval.reading.document.blocks import Block, join_blocks
from retrieval.reading.document.document import Document, Metadata, tidy
from retrieval.reading.document.element_tree import Element
from retrieval.reading.formats.plain_text import read_structured, read_text
from retrieval.reading.office.word_styles import read_styles
from retrieval.reading.office.word_text import WordText
from retrieval.reading.office.xml_archive import attribute, local_name

if TYPE_CHECKING:
    from docx.document import Document as WordFile

_MAX_XML_BYTES = 32 * 2**20  # of all XML parts, decompressed: rejects zip bombs
_ENCRYPTED = b"\xd0\xcf\x11\xe0"  # an OLE file: an encrypted .docx, or the old .doc
_ENCRYPTION_STREAM = "EncryptedPackage".encode("utf-16-le")
_GENERATORS = frozenset({"python-docx", "openpyxl", "apache poi", "docx4j", "un-named"})  # named as authors


def read_docx(data: bytes) -> Document:
    """The document of a Word file. Raises ReadError if it is damaged, encrypted or empty."""
    file = _open(data)
    try:
        root: Element = file.element
        blocks = list(_blocks(file, root))
        metadata = Metadata(title=_title(file, blocks), author=_author(file))
    except ReadError:
        raise
    except Exception as error:  # lxml and python-docx raise various errors for inconsistent parts
        raise ReadError("The Word file is damaged.") from error
    text, headings = join_blocks(blocks)
    if not any(map(str.isalnum, text)):
        raise ReadError("The Word file contains no text.")
    if not headings:  # written without styles: read it as plain text
        document = read_text(text)
        return replace(document, metadata=document.metadata.with_fallback(metadata))
    return read_structured(text, headings, metadata)


def _open(data: bytes) -> WordFile:
    try:
        import docx
    except ImportError as error:
        raise ReadError("Word files require the docx extra: pip install 'footnote[docx]'.") from error
    if data.startswith(_ENCRYPTED) and _ENCRYPTION_STREAM in data:
        raise ReadError("The Word file is locked with a password.")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            xml_sizes = (
                part.file_size for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))
            )
            if sum(xml_sizes) > _MAX_XML_BYTES:
                raise ReadError(
                    f"The Word file is too large: more than {_MAX_XML_BYTES // 2**20} MB of text."
                )
        return docx.Document(BytesIO(data))
    except ReadError:
        raise
    except Exception as error:  # BadZipFile, KeyError, and errors of python-docx and lxml
        raise ReadError("The Word file is damaged, encrypted, or in the old .doc format.") from error


def _blocks(file: WordFile, root: Element) -> Iterator[Block]:
    styles: Element = file.styles.element
    text = WordText(read_styles(styles), _notes(file))
    for body in root:
        if local_name(body) == "body":
            yield from text.blocks(body)


def _notes(file: WordFile) -> dict[tuple[str, str], Element]:
    """The footnotes and endnotes, by the name of the element that refers to them and their id."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    notes: dict[tuple[str, str], Element] = {}
    for relation in file.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind not in ("footnotes", "endnotes") or relation.is_external:
            continue
        root: Element = etree.fromstring(relation.target_part.blob, parser)
        for note in root:
            if local_name(note) == kind[:-1] and attribute(note, "type") in (None, "normal"):
                notes[f"{kind[:-1]}Reference", attribute(note, "id") or ""] = note
    return notes


def _title(file: WordFile, blocks: list[Block]) -> str | None:
    """The first paragraph if it is a heading, else the title in the file's properties."""
    if blocks and blocks[0].is_heading:
        return blocks[0].text
    return tidy(file.core_properties.title)


def _author(file: WordFile) -> str | None:
    author = tidy(file.core_properties.author)
    return None if author and author.casefold() in _GENERATORS else author
