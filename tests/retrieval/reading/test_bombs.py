"""Files made to cost their reader dear: small ones that unpack or spell out to something huge."""

from __future__ import annotations

import zipfile
from io import BytesIO

import docx
import pytest
from format_samples import PROSE, book, word

from retrieval.errors import ReadError
from retrieval.reading.formats.docx import read_word
from retrieval.reading.formats.registry import read_collection, read_document

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def with_part(packed: bytes, name: str, content: str) -> bytes:
    """The archive with other content in one of its parts."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(packed)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, content if each == name else old.read(each))
    return made.getvalue()


def word_with(body: str) -> bytes:
    """A Word file of that body."""
    document = f'<?xml version="1.0"?><w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
    return with_part(word(), "word/document.xml", document)


@pytest.mark.parametrize(
    "bomb",
    [
        word_with("<w:p/>" * 200_002),
        word_with(" " * (33 * 2**20)),
    ],
    ids=["paragraphs", "bytes"],
)
def test_a_word_file_beyond_all_books_is_refused(bomb: bytes) -> None:
    """Told by what it unpacks to, before or while it is read."""
    assert len(bomb) < 200_000
    with pytest.raises(ReadError, match=r"too large|too long"):
        read_word(bomb)


def test_a_merged_cell_stands_once() -> None:
    """However many columns it says to span."""
    span, words = '<w:gridSpan w:val="1000000000"/>', f"<w:p><w:r><w:t>{PROSE}</w:t></w:r></w:p>"
    cell = f"<w:tc><w:tcPr>{span}</w:tcPr>{words}</w:tc>"
    assert read_word(word_with(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>")).text == PROSE
    file = docx.Document()
    table = file.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(1, 1)).text = "Ships of all sizes"
    table.cell(0, 2).text, table.cell(1, 2).text = "300", "400"
    packed = BytesIO()
    file.save(packed)
    assert read_word(packed.getvalue()).text == "Ships of all sizes | 300\n\n400"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in/a.xhtml", "<html><body>" + "<p>" * (3 * 2**20) + "</body></html>"),
        ("in/book.opf", "<package>" + " " * (9 * 2**20) + "</package>"),
    ],
    ids=["chapter", "package"],
)
def test_a_book_with_a_huge_part_is_refused(name: str, content: str) -> None:
    """Told by its size in the archive."""
    with pytest.raises(ReadError, match=r"too large|broken"):
        read_document("book", with_part(book(), name, content))


def test_a_letter_of_parts_in_parts_is_refused() -> None:
    """Each opens the next and none is closed."""
    part = b"--a\nContent-Type: multipart/mixed; boundary=a\n\n"
    with pytest.raises(ReadError, match="too broken"):
        read_document("letter", b"Content-Type: multipart/mixed; boundary=a\n\n" + part * 10_000)


def test_a_table_of_more_columns_than_words_is_refused() -> None:
    """Each short row would be spelled out to all of them."""
    with pytest.raises(ReadError, match="columns"):
        list(read_collection("table", b"text," * 3_000 + b"\n" + b"a\n" * 1_000))


def test_front_matter_that_multiplies_itself_is_taken_for_text() -> None:
    """Aliases of aliases of aliases would be millions of words."""
    lines = ["---", "title: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{chr(98 + at)}: &{chr(98 + at)} [{', '.join(['*' + chr(97 + at)] * 9)}]" for at in range(9)]
    text = "\n".join([*lines, "---", "", PROSE])
    assert read_document("markdown", text.encode()).text == text
