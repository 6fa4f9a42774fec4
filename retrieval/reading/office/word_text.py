"""Text of a Word file's XML as Word shows it with all changes accepted.

Insertions, content controls, smart tags, field results, text boxes, nested tables, footnotes and endnotes
are kept; deletions, hidden text, field codes, placeholders and comments are not. A footnote follows its
paragraph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from retrieval.errors import ReadError
from retrieval.reading.document.blocks import Block
from retrieval.reading.document.element_tree import Element
from retrieval.reading.document.raised_text import join_raised
from retrieval.reading.office.word_styles import Style, find, is_on, value
from retrieval.reading.office.xml_archive import attribute, local_name

MAX_PARTS = 200_000  # paragraphs and tables: a hundred times those of a thick book
_MAX_DEPTH = 100  # nested tables, text boxes and controls
# Elements whose content belongs to the text around them.
_TRANSPARENT = frozenset(
    "sdtContent ins moveTo smartTag customXml hyperlink fldSimple dir bdo rubyBase Choice Fallback "
    "oMath oMathPara e num den sub sup deg fName lim d f rad nary sSup sSub sSubSup func limLow limUpp m mr "
    "acc bar box borderBox groupChr phant eqArr sPre".split()
)


@dataclass(slots=True)
class _Paragraph:
    """The pieces of a paragraph, each with True if it is raised, and what is anchored in it."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)
    text_boxes: list[Element] = field(default_factory=list)
    notes: list[Element] = field(default_factory=list)

    def text(self) -> str:
        joined = join_raised(self.pieces)
        return "\n".join(words for line in joined.split("\n") if (words := " ".join(line.split())))


class WordText:
    """Converts the elements of a Word file to blocks; ``notes`` maps (reference name, id) to notes."""

    def __init__(self, styles: Mapping[str, Style], notes: Mapping[tuple[str, str], Element]) -> None:
        self._styles = styles
        self._notes = dict(notes)
        self._fields: list[bool] = []  # open fields: True while in their code, False in their result
        self._count = 0

    def blocks(
        self, container: Element, depth: int = 0, tables: list[Element] | None = None
    ) -> Iterator[Block]:
        """The blocks of a body, cell, text box or note. Raises ReadError if there are too many.

        Tables are appended to *tables* if that is given.
        """
        open_paragraph: _Paragraph | None = None  # its end is deleted: the next paragraph continues it
        for element in _content(container, depth):
            name = local_name(element)
            self._count += 1
            if self._count > MAX_PARTS:
                raise ReadError(f"The Word file is too long: more than {MAX_PARTS:,} paragraphs.")
            if name == "tbl":
                if tables is None:
                    yield from self._rows(element, depth)
                else:
                    tables.append(element)
                continue
            paragraph = open_paragraph or _Paragraph()
            open_paragraph = None
            self._inline(element, paragraph, depth)
            self._fields = [is_code for is_code in self._fields if not is_code]
            if find(element, "pPr", "rPr", "del") is not None:
                open_paragraph = paragraph
            else:
                yield from self._finish(paragraph, self._style(element), _is_item(element), depth)
        if open_paragraph is not None:
            yield from self._finish(open_paragraph, Style(), False, depth)

    def _finish(self, paragraph: _Paragraph, style: Style, is_item: bool, depth: int) -> Iterator[Block]:
        text = paragraph.text()
        if text and style.is_heading:
            yield Block(text, is_heading=True)
        elif text:
            yield Block(f"- {text}" if is_item or style.name.startswith("list") else text)
        for part in (*paragraph.text_boxes, *paragraph.notes):
            yield from self.blocks(part, depth + 1)

    def _rows(self, table: Element, depth: int) -> Iterator[Block]:
        """A block for each row, followed by the tables in it; a row of one cell is read like text."""
        for row in _content(table, depth):
            if find(row, "trPr", "del") is not None or local_name(row) != "tr":
                continue
            nested: list[Element] = []
            cells = [
                list(self.blocks(cell, depth + 1, nested))
                for cell in _content(row, depth)
                if local_name(cell) == "tc" and find(cell, "tcPr", "cellDel") is None
            ]
            cells = [cell for cell in cells if cell]
            if len(cells) == 1:
                yield from cells[0]
            elif cells:
                texts = (" ".join(block.text.replace("\n", " ") for block in cell) for cell in cells)
                yield Block(" | ".join(texts))
            for inner in nested:
                yield from self._rows(inner, depth + 1)

    def _style(self, paragraph: Element) -> Style:
        properties = find(paragraph, "pPr")
        if properties is None:
            return Style()
        style = self._styles.get(value(properties, "pStyle") or "", Style())
        level = value(properties, "outlineLvl")
        if level is not None:
            return Style(style.name, level.isdigit() and int(level) < 9)
        return style

    def _inline(self, container: Element, paragraph: _Paragraph, depth: int) -> None:
        if depth > _MAX_DEPTH:
            return
        for element in container:
            name = local_name(element)
            if name == "r":
                self._run(element, paragraph, depth)
            elif name == "sup":  # of a formula
                paragraph.pieces.append(("^", False))
                self._inline(element, paragraph, depth + 1)
            elif name in ("sdt", "AlternateContent", "ruby"):
                for content in _alternative(element):
                    self._inline(content, paragraph, depth + 1)
            elif name in _TRANSPARENT:
                self._inline(element, paragraph, depth + 1)
                if name == "num":  # of a fraction
                    paragraph.pieces.append(("/", False))

    def _run(self, run: Element, paragraph: _Paragraph, depth: int) -> None:
        properties = find(run, "rPr")
        style = self._styles.get(value(properties, "rStyle") or "", Style())
        is_hidden = is_on(properties, "vanish", style.is_hidden)
        alignment = value(properties, "vertAlign")
        is_raised = alignment == "superscript" if alignment else style.is_raised
        for element in run:
            name = local_name(element)
            if name == "fldChar":
                self._field(attribute(element, "fldCharType"))
            elif is_hidden or any(self._fields):
                continue
            elif name in ("footnoteReference", "endnoteReference"):
                note = self._notes.pop((name, attribute(element, "id") or ""), None)
                if note is not None:
                    paragraph.notes.append(note)
            elif name in ("AlternateContent", "ruby"):
                for content in _alternative(element):
                    if depth < _MAX_DEPTH:
                        self._run(content, paragraph, depth + 1)
                    self._inline(content, paragraph, depth + 1)
            elif name in ("drawing", "pict", "object"):
                paragraph.text_boxes += _text_boxes(element)
            else:
                paragraph.pieces.append((_characters(element, name), is_raised))

    def _field(self, type: str | None) -> None:
        if type == "begin":
            self._fields.append(True)
        elif self._fields and type == "separate":
            self._fields[-1] = False
        elif self._fields and type == "end":
            self._fields.pop()


def _characters(element: Element, name: str) -> str:
    """The text of a part of a run."""
    if name == "t":
        return (element.text or "").replace("\n", " ")
    if name in ("br", "cr"):
        return "\n"
    if name in ("tab", "ptab"):
        return " "
    if name == "noBreakHyphen":
        return "-"
    if name == "sym":
        code = attribute(element, "char") or ""
        character = chr(int(code, 16)) if code and len(code) <= 4 and code.isalnum() else ""
        return "" if "\ud800" <= character <= "\uf8ff" else character  # codes of a symbol font
    return ""


def _content(container: Element, depth: int) -> Iterator[Element]:
    """The paragraphs and tables, rows, or cells in a container, also those in controls and insertions."""
    if depth > _MAX_DEPTH:
        return
    for element in container:
        name = local_name(element)
        if name in ("p", "tbl", "tr", "tc"):
            yield element
        elif name in ("sdt", "AlternateContent"):
            for content in _alternative(element):
                yield from _content(content, depth + 1)
        elif name in _TRANSPARENT:
            yield from _content(element, depth + 1)


def _alternative(element: Element) -> Iterator[Element]:
    """What is shown of an element that contains alternatives, a control with its properties, or ruby."""
    children = {local_name(child): child for child in reversed(list(element))}
    properties = children.get("sdtPr")
    if properties is not None and is_on(properties, "showingPlcHdr", False):
        return
    for name in ("Choice", "Fallback", "sdtContent", "rubyBase"):
        if name in children:
            yield children[name]
            return


def _text_boxes(element: Element, depth: int = 0) -> Iterator[Element]:
    """The contents of the text boxes in a drawing, outermost only."""
    for child in element if depth < _MAX_DEPTH else ():
        name = local_name(child)
        if name == "txbxContent":
            yield child
        elif name == "AlternateContent":
            for content in _alternative(child):
                yield from _text_boxes(content, depth + 1)
        else:
            yield from _text_boxes(child, depth + 1)


def _is_item(paragraph: Element) -> bool:
    numbering = find(paragraph, "pPr", "numPr")
    return numbering is not None and value(numbering, "numId") not in (None, "0")
