"""A Word file (.docx) -> Document: its paragraphs, tables and headings in order."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from retrieval.errors import ReadError
from retrieval.reading.document.blocks import Block, joined
from retrieval.reading.document.document import Document, Facts, tidy
from retrieval.reading.formats.plain_text import read_structured, read_text

if TYPE_CHECKING:
    from docx.document import Document as WordFile
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_MOST_BYTES = 32 * 2**20  # of text and marks, unpacked: a bomb has more
_MOST_PARTS = 200_000  # paragraphs and tables: a hundred times as many as a thick book


def read_word(data: bytes) -> Document:
    """The document of a Word file. Raises ReadError when it is broken, locked or empty."""
    file = _open(data)
    try:
        blocks = list(_blocks(file))
        facts = Facts(title=_title(file, blocks), author=tidy(file.core_properties.author))
    except ReadError:
        raise
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
            marks = (
                part.file_size for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))
            )
            if sum(marks) > _MOST_BYTES:
                raise ReadError(f"The Word file is too large: more than {_MOST_BYTES // 2**20} MB of text.")
        return docx.Document(BytesIO(data))
    except ReadError:
        raise
    except Exception as error:  # BadZipFile, KeyError, python-docx's own and lxml's
        raise ReadError("This Word file is broken, locked, or of the old .doc kind.") from error


def _blocks(file: WordFile) -> Iterator[Block]:
    from docx.text.paragraph import Paragraph

    styles: dict[str | None, str] = {}  # by id: python-docx searches all of them for each paragraph
    for number, part in enumerate(file.iter_inner_content()):
        if number > _MOST_PARTS:
            raise ReadError(f"The Word file is too long: more than {_MOST_PARTS:,} paragraphs.")
        if isinstance(part, Paragraph):
            text = "\n".join(line for each in part.text.splitlines() if (line := " ".join(each.split())))
            if text:
                style = styles.get(part._p.style)
                if style is None:
                    style = styles[part._p.style] = _style(part)
                is_item = style.startswith("list")
                yield Block(f"- {text}" if is_item else text, style.startswith(("heading", "title")))
        else:
            yield from _rows(part)


def _rows(table: Table) -> Iterator[Block]:
    from docx.table import _Cell  # row.cells has a merged cell once for each of its columns, be it millions

    for row in table.rows:
        cells = (_Cell(each, table) for each in row._tr.tc_lst)
        text = " | ".join(words for cell in cells if (words := " ".join(cell.text.split())))
        if text:
            yield Block(text)


def _style(paragraph: Paragraph) -> str:
    return (paragraph.style.name or "").lower() if paragraph.style is not None else ""


def _title(file: WordFile, blocks: list[Block]) -> str | None:
    """The first paragraph when it is a heading, else the title in the file's properties."""
    if blocks and blocks[0].is_heading:
        return blocks[0].text
    return tidy(file.core_properties.title)
