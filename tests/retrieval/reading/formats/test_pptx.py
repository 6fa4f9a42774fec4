"""PowerPoint presentations: slides in order, their titles as sections, and the notes."""

from __future__ import annotations

import pytest
from office_samples import make_archive, make_pptx, slide_shape

from retrieval.errors import ReadError
from retrieval.reading.formats.pptx import read_pptx
from retrieval.reading.formats.registry import read_document


def test_slides_are_read_in_the_order_of_the_presentation() -> None:
    """With their notes; slide numbers, footers and dates are left out."""
    first = slide_shape("It carries 90 cars.\nIt is blue.") + slide_shape("The new ferry", "ctrTitle")
    second = slide_shape("Fares", "title") + slide_shape("Adults pay 4 marks.", "body")
    second += slide_shape("7", "sldNum") + slide_shape("Varsund Lines", "ftr")
    notes = {1: slide_shape("Mention the discount.", "body") + slide_shape("2", "sldNum")}
    document = read_document("PowerPoint", make_pptx([first, second], notes))
    assert document.text == (
        "The new ferry\n\nIt carries 90 cars.\n\nIt is blue.\n\nFares\n\nAdults pay 4 marks.\n\n"
        "Mention the discount."
    )
    assert document.metadata.title == "The new ferry"
    assert [document.text[h.start : h.end] for h in document.headings] == ["Fares"]


def test_tables_groups_and_raised_marks() -> None:
    """A raised mark is not part of the number before it."""
    cell = "<a:tc><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>"
    row = f"<a:tr>{cell.format('Car')}{cell.format('9 marks')}</a:tr>"
    table = f"<p:graphicFrame><a:tbl>{row}</a:tbl></p:graphicFrame>"
    marked = slide_shape(
        '<a:r><a:t>It carries 90</a:t></a:r><a:r><a:rPr baseline="30000"/><a:t>3</a:t></a:r>'
        "<a:r><a:t> cars.</a:t></a:r><a:br/><a:r><a:t>H</a:t></a:r>"
        '<a:r><a:rPr baseline="-25000"/><a:t>2</a:t></a:r>'
    )
    grouped = f"<p:grpSp><p:grpSp>{marked}</p:grpSp></p:grpSp>"
    assert read_pptx(make_pptx([grouped + table])).text == "It carries 90 cars.\nH2\n\nCar | 9 marks"


def test_a_hidden_slide_is_left_out_and_reported() -> None:
    """It is not shown in the presentation."""
    slides = [slide_shape("Shown."), slide_shape("Not shown.")]
    document = read_pptx(make_pptx(slides, hidden=1))
    assert (document.text, document.omitted) == ("Shown.", ("1 hidden slide: 2",))


def test_alternative_content_is_read_once() -> None:
    """The first alternative is what new programs show."""
    shapes = (
        f"<mc:AlternateContent><mc:Choice Requires='a'>{slide_shape('New.')}</mc:Choice>"
        f"<mc:Fallback>{slide_shape('Old.')}</mc:Fallback></mc:AlternateContent>"
    )
    assert read_pptx(make_pptx([shapes])).text == "New."


def test_locked_damaged_and_empty_files_are_rejected() -> None:
    """With one clear sentence."""
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    for data, message in (
        (locked, "locked with a password"),
        (b"PK", "damaged"),
        (make_archive({"a": "b"}), "damaged"),
        (make_pptx([]), "contains no text"),
    ):
        with pytest.raises(ReadError, match=message):
            read_pptx(data)
