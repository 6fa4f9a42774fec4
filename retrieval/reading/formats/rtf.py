"""Reads Rich Text Format (.rtf): paragraphs, headings, lists, table rows, text boxes and footnotes.

Deleted and hidden text, field codes, comments, headers and footers are left out; a footnote follows its
paragraph. The parser is our own: striprtf keeps deletions and joins footnote marks to the word before.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from retrieval.errors import ReadError
from retrieval.reading.document.blocks import Block, join_blocks
from retrieval.reading.document.document import Document, Metadata, tidy
from retrieval.reading.document.raised_text import join_raised
from retrieval.reading.formats.plain_text import read_structured, read_text
from retrieval.reading.office.rtf_groups import RtfEvent, RtfGroups

_MAX_BLOCKS = 200_000


def read_rtf(data: bytes) -> Document:
    """The document of an RTF file. Raises ReadError if it is damaged or empty."""
    source = data.decode("latin-1")
    start = source.find("{\\rtf", 0, 100)
    if start < 0:
        raise ReadError("The file is not in Rich Text Format.")
    groups = RtfGroups()
    builder = _BlockBuilder()
    for event in groups.events(source[start:]):
        builder.add(event)
    blocks = builder.finish()
    text, headings = join_blocks(blocks)
    if not any(map(str.isalnum, text)):
        raise ReadError("The RTF file contains no text.")
    title = blocks[0].text if blocks[0].is_heading else tidy(groups.info.get("title"))
    metadata = Metadata(title=title, author=tidy(groups.info.get("author")))
    if not headings:  # written without styles: read it as plain text
        document = read_text(text)
        return replace(document, metadata=document.metadata.with_fallback(metadata))
    return read_structured(text, headings, metadata)


@dataclass(slots=True)
class _Paragraph:
    """An open paragraph, each piece with True if it is raised, and the open table row that it is in."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)
    is_item: bool = False
    is_heading: bool = False
    is_in_table: bool = False
    cell: list[Block] = field(default_factory=list)
    cells: list[list[Block]] = field(default_factory=list)
    notes: list[Block] = field(default_factory=list)


class _BlockBuilder:
    """Builds blocks from the events of a file; notes follow the paragraph or row in which they are."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._current = _Paragraph()
        self._outer: list[tuple[list[Block], _Paragraph]] = []  # what a note interrupts

    def add(self, event: RtfEvent) -> None:
        """Add an event. Raises ReadError if there are too many paragraphs."""
        current = self._current
        if event.kind == "text":
            current.pieces.append((event.text, event.is_raised))
        elif event.kind == "paragraph":
            self._end_paragraph()
        elif event.kind == "cell":
            self._end_cell()
        elif event.kind == "row":
            self._end_row()
        elif event.kind == "note":
            self._outer.append((self._blocks, current))
            self._blocks, self._current = [], _Paragraph()
        elif event.kind == "note end" and self._outer:
            self._end_note()
        elif event.kind == "plain":
            current.is_heading = current.is_item = current.is_in_table = False
        else:
            current.is_heading |= event.kind == "heading"
            current.is_item |= event.kind == "item"
            current.is_in_table |= event.kind == "in table"

    def finish(self) -> list[Block]:
        """The blocks of the whole file."""
        while self._outer:
            self._end_note()
        self._end_paragraph()
        self._end_row()
        return self._blocks

    def _end_note(self) -> None:
        self._end_paragraph()
        self._end_row()
        notes = self._blocks
        self._blocks, self._current = self._outer.pop()
        self._current.notes += notes

    def _take_paragraph(self) -> list[Block]:
        """The open paragraph as a block; its properties stay valid for the next one."""
        current = self._current
        lines = (" ".join(line.split()) for line in join_raised(current.pieces).split("\n"))
        text = "\n".join(filter(None, lines))
        current.pieces = []
        if not text:
            return []
        is_item = current.is_item and not current.is_heading
        return [Block(f"- {text}" if is_item else text, current.is_heading)]

    def _end_paragraph(self) -> None:
        current = self._current
        paragraph = self._take_paragraph()
        if current.is_in_table or current.cell or current.cells:
            current.cell += paragraph
            return
        self._blocks += paragraph
        self._end_block()

    def _end_cell(self) -> None:
        current = self._current
        current.cells.append([*current.cell, *self._take_paragraph()])
        current.cell = []

    def _end_row(self) -> None:
        """A block for the row; a row of one cell is read like text."""
        current = self._current
        cells = [cell for cell in [*current.cells, current.cell] if cell]
        current.cells, current.cell = [], []
        if len(cells) == 1:
            self._blocks += cells[0]
        elif cells:
            texts = (" ".join(block.text.replace("\n", " ") for block in cell) for cell in cells)
            self._blocks.append(Block(" | ".join(texts)))
        self._end_block()

    def _end_block(self) -> None:
        self._blocks += self._current.notes
        self._current.notes = []
        if len(self._blocks) > _MAX_BLOCKS:
            raise ReadError(f"The RTF file is too long: more than {_MAX_BLOCKS:,} paragraphs.")
