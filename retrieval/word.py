"""A Word file (.docx) -> Document: its paragraphs, tables and headings in order."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from retrieval.blocks import Block, joined
from retrieval.document import Document, Facts, tidy
from retrieval.errors import ReadError
from retrieval.text import read_structured, read_text

if TYPE_CHECKING:
    from docx.document import Document as WordFile
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_MOST_BYTES = 256 * 2**20  # unpacked: a bomb has more


def read_word(data: bytes) -> Document:
    """The document of a Word file. Raises ReadError when it is broken, locked or empty."""
    file = _open(data)
    try:
        blocks = list(_blocks(file))
        facts = Facts(title=_title(file, blocks), author=tidy(file.core_properties.author))
    except Exception as error:  # lxml's and python-docx's errors for parts that do not fit together
        raise ReadError("This Word file is broken.") from error
    text, headings = joined(blocks)
    if not any(map(str.isalnum, text)):
        raise ReadError("There is no text in this Word file.")
    if not headings:  # written without styles: read it as it looks
        document = read_text(text)
        return Document(text, document.facts.over(facts), document.headings, document.dropped)
    return read_structured(text, headings, facts)


def _open(data: bytes) -> WordFile:
    try:
        import docx
    except ImportError as error:
        raise ReadError("Word files need the extra docx: pip install 'footnote[docx]'.") from error
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_BYTES:
                raise ReadError(f"The Word file is too large: more than {_MOST_BYTES // 2**20} MB unpacked.")
        return docx.Document(BytesIO(data))
    except ReadError:
        raise
    except Exception as error:  # BadZipFile, KeyError, python-docx's own and lxml's
        raise ReadError("This Word file is broken, locked, or of the old .doc kind.") from error


def _blocks(file: WordFile) -> Iterator[Block]:
    from docx.text.paragraph import Paragraph

    for part in file.iter_inner_content():
        if isinstance(part, Paragraph):
            text = "\n".join(line for each in part.text.splitlines() if (line := " ".join(each.split())))
            if text:
                style = _style(part)
                is_item = style.startswith("list")
                yield Block(f"- {text}" if is_item else text, style.startswith(("heading", "title")))
        else:
            yield from _rows(part)


def _rows(table: Table) -> Iterator[Block]:
    for row in table.rows:
        text = " | ".join(words for cell in row.cells if (words := " ".join(cell.text.split())))
        if text:
            yield Block(text)


def _style(paragraph: Paragraph) -> str:
    return (paragraph.style.name or "").lower() if paragraph.style is not None else ""


def _title(file: WordFile, blocks: list[Block]) -> str | None:
    """The first paragraph when it is a heading, else the title in the file's properties."""
    if blocks and blocks[0].is_heading:
        return blocks[0].text
    return tidy(file.core_properties.title)
