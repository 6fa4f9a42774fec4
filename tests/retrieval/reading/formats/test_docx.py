"""Word files: the text that Word shows with all changes accepted, and nothing else."""

from __future__ import annotations

import pytest
from office_samples import make_docx

from retrieval.errors import ReadError
from retrieval.reading.formats.docx import read_docx

_START = "The ferry to Varsund runs"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def text_of(*paragraphs: str, footnotes: str = "") -> str:
    return read_docx(make_docx("".join(paragraphs), footnotes)).text


def test_changes_are_accepted() -> None:
    """Insertions and moved text are kept; deletions and the old place of moved text are not."""
    inserted = f'<w:ins w:id="1">{run(" thirty")}</w:ins>'
    deleted = '<w:del w:id="2"><w:r><w:delText> twenty</w:delText></w:r></w:del>'
    moved = f'<w:moveTo w:id="3">{run(" a day")}</w:moveTo><w:moveFrom w:id="4">{run(" a week")}</w:moveFrom>'
    assert text_of(paragraph(run(_START), deleted, inserted, run(" times"), moved, run("."))) == (
        f"{_START} thirty times a day."
    )
    assert text_of(paragraph(f"<w:ins>{run('All of it is new.')}</w:ins>")) == "All of it is new."


def test_a_deleted_paragraph_end_joins_two_paragraphs() -> None:
    """As Word does when the change is accepted."""
    first = paragraph(run(_START), properties='<w:rPr><w:del w:id="1"/></w:rPr>')
    assert text_of(first, paragraph(run(" at noon."))) == f"{_START} at noon."


def test_deleted_rows_are_left_out() -> None:
    """A row can be deleted with its text unmarked."""
    rows = "<w:tr><w:trPr><w:del/></w:trPr><w:tc>{}</w:tc></w:tr><w:tr><w:tc>{}</w:tc></w:tr>"
    table = rows.format(paragraph(run("Old fare 3 marks")), paragraph(run("New fare 4 marks")))
    assert text_of(f"<w:tbl>{table}</w:tbl>") == "New fare 4 marks"


@pytest.mark.parametrize(
    "wrapped",
    [
        "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>",
        '<w:smartTag w:element="place">{}</w:smartTag>',
        '<w:fldSimple w:instr="REF a">{}</w:fldSimple>',
        '<w:hyperlink w:anchor="a">{}</w:hyperlink>',
        '<w:customXml w:element="a">{}</w:customXml>',
        '<w:sdt><w:sdtContent><w:smartTag><w:ins w:id="1">{}</w:ins></w:smartTag></w:sdtContent></w:sdt>',
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF 1</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>{}<w:r><w:fldChar w:fldCharType="end"/></w:r>',
        "<w:r><w:ruby><w:rt><w:r><w:t>x</w:t></w:r></w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>",
    ],
    ids=["control", "smart tag", "field", "link", "custom XML", "nested", "complex field", "ruby"],
)
def test_text_in_inline_containers_is_kept(wrapped: str) -> None:
    """In its place in the sentence."""
    assert text_of(paragraph(run(f"{_START} past "), wrapped.format(run("Kell Island")), run("."))) == (
        f"{_START} past Kell Island."
    )


def test_a_block_control_is_kept_and_a_placeholder_is_not() -> None:
    """A placeholder asks for text that nobody entered."""
    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    kept = control.format("", paragraph(run(f"{_START} daily.")))
    placeholder = control.format("<w:showingPlcHdr/>", paragraph(run("Click here to enter text.")))
    assert text_of(kept, placeholder) == f"{_START} daily."


def test_a_text_box_is_read_once() -> None:
    """After its paragraph; the fallback for old programs repeats it."""
    box = f"<w:txbxContent>{paragraph(run('Fares rise in May.'))}</w:txbxContent>"
    drawing = f"<mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
    fallback = f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
    anchor = f"<w:r><mc:AlternateContent>{drawing}{fallback}</mc:AlternateContent></w:r>"
    assert text_of(paragraph(run(f"{_START} daily."), anchor)) == f"{_START} daily.\n\nFares rise in May."
    old = f"<w:r><w:pict><v:textbox>{box}</v:textbox></w:pict></w:r>"
    assert text_of(paragraph(old)) == "Fares rise in May."


def test_a_nested_table_follows_its_row() -> None:
    """Each of its rows is a block of its own."""
    inner = "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>"
    inner = inner.format(paragraph(run("Adults")), paragraph(run("4 marks")))
    cell = f"<w:tc>{paragraph(run('Fares'))}{inner}{paragraph()}</w:tc>"
    assert text_of(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>") == "Fares\n\nAdults | 4 marks"


def test_footnotes_follow_their_paragraph() -> None:
    """Without their marks; separators and notes that nothing refers to are left out."""
    reference = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>'
    mark = "<w:r><w:footnoteRef/></w:r>"
    footnotes = (
        f'<w:footnote w:id="0" w:type="separator">{paragraph(run("---"))}</w:footnote>'
        f'<w:footnote w:id="2">{paragraph(mark, run(" Harbour office."))}</w:footnote>'
        f'<w:footnote w:id="3">{paragraph(run("Unused."))}</w:footnote>'
    )
    paragraphs = paragraph(run("It carries 90"), reference, run(" cars.")), paragraph(run("It is blue."))
    assert text_of(*paragraphs, footnotes=footnotes) == (
        "It carries 90 cars.\n\nHarbour office.\n\nIt is blue."
    )


def test_a_raised_mark_is_not_part_of_the_number() -> None:
    """Powers of units and ordinals stay."""
    raised = '<w:vertAlign w:val="superscript"/>'
    runs = run("90"), run("1", raised), run("2", raised), run(" cars on 6 km"), run("2", raised)
    assert text_of(paragraph(*runs, run(", the 3"), run("rd", raised))) == "90 cars on 6 km2, the 3rd"


def test_hidden_text_comments_and_field_codes_are_left_out() -> None:
    """Word does not show them."""
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        + run("MERGE")
        + ('<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    )
    hidden = run(" secretly", "<w:vanish/>") + run(" daily", '<w:vanish w:val="0"/>')
    comment = '<w:commentRangeStart w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
    assert text_of(paragraph(run(_START), hidden, comment, field, run("."))) == f"{_START} daily."
    unclosed = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    assert text_of(paragraph(unclosed), paragraph(run(f"{_START} daily."))) == f"{_START} daily."


def test_special_characters_are_kept() -> None:
    """Hyphens, tabs, line breaks and formulas."""
    parts = "<w:r><w:t>north</w:t><w:noBreakHyphen/><w:t>east</w:t><w:tab/><w:t>so</w:t><w:softHyphen/></w:r>"
    part = "<m:r><m:t>{}</m:t></m:r>"
    power = f"<m:sSup><m:e>{part.format('x')}</m:e><m:sup>{part.format(2)}</m:sup></m:sSup>"
    formula = f"<m:oMath>{power}</m:oMath>"
    assert text_of(paragraph(parts, run("on "), formula)) == "north-east soon x^2"


def test_a_locked_word_file_is_reported() -> None:
    """Encryption wraps the file in another container."""
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(ReadError, match="locked with a password"):
        read_docx(data)


def test_deep_nesting_is_not_followed() -> None:
    """Text boxes in text boxes, and controls in controls."""
    deep = (
        paragraph(run("Top.")) + "<w:sdt><w:sdtContent>" * 120 + paragraph() + "</w:sdtContent></w:sdt>" * 120
    )
    assert text_of(deep) == "Top."
