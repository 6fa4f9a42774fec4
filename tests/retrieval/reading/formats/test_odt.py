"""OpenDocument texts: everything that a word processor shows, in order."""

from __future__ import annotations

import pytest
from office_samples import make_archive, make_odt

from retrieval.errors import ReadError
from retrieval.reading.formats.odt import read_odt
from retrieval.reading.formats.registry import read_document

_START = "The ferry to Varsund runs"


def test_headings_lists_and_tables_are_read_in_order() -> None:
    """The first heading is the title."""
    body = (
        f"<text:h>Ferry times</text:h><text:p>{_START} daily.</text:p><text:h>Fares</text:h>"
        "<text:list><text:list-item><text:p>Adults</text:p></text:list-item>"
        "<text:list-item><text:p>Children</text:p></text:list-item></text:list>"
        "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Car</text:p>"
        "</table:table-cell><table:table-cell><text:p>9 marks</text:p></table:table-cell></table:table-row>"
        "</table:table-header-rows></table:table>"
    )
    meta = "<dc:title>Unused</dc:title><dc:creator>Ida Holm</dc:creator><dc:language>en-GB</dc:language>"
    document = read_document("OpenDocument", make_odt(body, meta=meta))
    assert (
        document.text == f"Ferry times\n\n{_START} daily.\n\nFares\n\n- Adults\n- Children\n\nCar | 9 marks"
    )
    assert (document.metadata.title, document.metadata.author) == ("Ferry times", "Ida Holm")
    assert [document.text[h.start : h.end] for h in document.headings] == ["Fares"]


def test_deletions_and_comments_are_left_out_and_notes_follow() -> None:
    """Deleted text is stored before the text; a note's mark is not part of the number before it."""
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>Old text.</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        "<text:p>It carries 90<text:note><text:note-citation>3</text:note-citation><text:note-body>"
        "<text:p>Harbour office.</text:p></text:note-body></text:note> cars"
        "<office:annotation><dc:creator>Bo</dc:creator><text:p>Sure?</text:p></office:annotation>.</text:p>"
        "<text:p>It is blue.</text:p>"
    )
    assert read_odt(make_odt(body)).text == "It carries 90 cars.\n\nHarbour office.\n\nIt is blue."


def test_raised_marks_spaces_and_hidden_text() -> None:
    """Raised by a style; a power stays."""
    styles = (
        '<style:style style:name="T1"><style:text-properties style:text-position="super 58%"/></style:style>'
        '<style:style style:name="T2" style:parent-style-name="T1"/>'
        '<style:style style:name="T3"><style:text-properties text:display="none"/></style:style>'
        '<style:style style:name="T4"><style:text-properties style:text-position="sub 58%"/></style:style>'
    )
    span = '<text:span text:style-name="{}">{}</text:span>'
    body = (
        f"<text:p>It carries 90{span.format('T1', '3')} cars<text:s text:c='2'/>on 6 km"
        f"{span.format('T2', '2')}<text:tab/>of H{span.format('T4', '2')}O{span.format('T3', 'hidden')}"
        "<text:line-break/>daily.</text:p>"
    )
    assert read_odt(make_odt(body, styles)).text == "It carries 90 cars on 6 km2 of H2O\ndaily."


def test_a_text_box_is_read_once() -> None:
    """Also in a frame within a frame."""
    box = "<draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    inner = box.format("Fares rise in May.")
    body = f"<text:p>{_START} daily.{box.format('Notice' + inner)}</text:p>"
    assert read_odt(make_odt(body)).text == f"{_START} daily.\n\nNotice\n\nFares rise in May."


def test_a_locked_file_and_a_bomb_are_rejected() -> None:
    """The manifest says that the parts are encrypted."""
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    with pytest.raises(ReadError, match="locked with a password"):
        read_odt(make_archive({"META-INF/manifest.xml": manifest, "content.xml": b"\x00\x01"}))
    with pytest.raises(ReadError, match="too large"):
        read_odt(make_archive({"content.xml": " " * (33 * 2**20)}))
    with pytest.raises(ReadError, match="too long"):
        read_odt(make_odt("<text:p/>" * 200_002))


@pytest.mark.parametrize("data", [b"", b"PK", make_archive({"a": "b"}), make_odt("</text:p>")])
def test_damaged_files_are_rejected(data: bytes) -> None:
    """With one clear sentence."""
    with pytest.raises(ReadError, match="damaged"):
        read_odt(data)
