"""Decompression bombs and other small files that expand to something huge."""

from __future__ import annotations

import zipfile
from io import BytesIO

import docx
import pytest
from format_samples import PROSE, sample_docx, sample_epub

from retrieval.errors import ReadError
from retrieval.reading.formats.docx import read_docx
from retrieval.reading.formats.registry import read_collection, read_document

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def with_part(packed: bytes, name: str, content: str) -> bytes:
    """The archive with the content of one part replaced."""
    output = BytesIO()
    with zipfile.ZipFile(BytesIO(packed)) as old, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return output.getvalue()


def word_with(body: str) -> bytes:
    """A Word file with the given document body."""
    document = f'<?xml version="1.0"?><w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
    return with_part(sample_docx(), "word/document.xml", document)


@pytest.mark.parametrize(
    "bomb",
    [
        word_with("<w:p/>" * 200_002),
        word_with(" " * (33 * 2**20)),
    ],
    ids=["paragraphs", "bytes"],
)
def test_a_huge_word_file_is_rejected(bomb: bytes) -> None:
    """By its decompressed size or its number of paragraphs."""
    assert len(bomb) < 200_000
    with pytest.raises(ReadError, match=r"too large|too long"):
        read_docx(bomb)


def test_a_merged_cell_is_read_once() -> None:
    """Regardless of how many columns it claims to span."""
    span, words = '<w:gridSpan w:val="1000000000"/>', f"<w:p><w:r><w:t>{PROSE}</w:t></w:r></w:p>"
    cell = f"<w:tc><w:tcPr>{span}</w:tcPr>{words}</w:tc>"
    assert read_docx(word_with(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>")).text == PROSE
    file = docx.Document()
    table = file.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(1, 1)).text = "Ships of all sizes"
    table.cell(0, 2).text, table.cell(1, 2).text = "300", "400"
    packed = BytesIO()
    file.save(packed)
    assert read_docx(packed.getvalue()).text == "Ships of all sizes | 300\n\n400"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in/a.xhtml", "<html><body>" + "<p>" * (3 * 2**20) + "</body></html>"),
        ("in/book.opf", "<package>" + " " * (9 * 2**20) + "</package>"),
    ],
    ids=["chapter", "package"],
)
def test_a_book_with_a_huge_part_is_rejected(name: str, content: str) -> None:
    """By the part's size in the archive."""
    with pytest.raises(ReadError, match=r"too large|damaged"):
        list(read_collection("EPUB", with_part(sample_epub(), name, content)))


def test_an_email_of_deeply_nested_parts_is_rejected() -> None:
    """Each part opens another one, and none is closed."""
    part = b"--a\nContent-Type: multipart/mixed; boundary=a\n\n"
    with pytest.raises(ReadError, match="too damaged"):
        read_document("email", b"Content-Type: multipart/mixed; boundary=a\n\n" + part * 10_000)


def test_a_table_with_too_many_columns_is_rejected() -> None:
    """Each short row would be expanded to all columns."""
    with pytest.raises(ReadError, match="columns"):
        list(read_collection("CSV", b"text," * 3_000 + b"\n" + b"a\n" * 1_000))


def test_a_yaml_bomb_in_front_matter_is_not_expanded() -> None:
    """Aliases of aliases of aliases would become millions of words."""
    lines = ["---", "title: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]" for i in range(9)]
    text = "\n".join([*lines, "---", "", PROSE])
    assert read_document("markdown", text.encode()).text == text
