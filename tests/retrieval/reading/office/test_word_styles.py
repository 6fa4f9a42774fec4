"""Styles of Word files: names, headings, and what is inherited."""

from __future__ import annotations

from lxml import etree

from retrieval.reading.office.word_styles import Style, read_styles


def test_styles_inherit_from_those_that_they_are_based_on() -> None:
    """Also in a circle; an own value comes first."""
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    style = '<w:style w:styleId="{}"><w:name w:val="{}"/>{}</w:style>'
    raised = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    level, flat = '<w:basedOn w:val="h"/>', '<w:rPr><w:vertAlign w:val="baseline"/></w:rPr>'
    root = etree.fromstring(
        f"<w:styles {names}>"
        + style.format("h", "heading 1", '<w:basedOn w:val="mine"/>' + raised)
        + style.format("mine", "Mine", level)
        + style.format("flat", "Flat", level + flat)
        + style.format("note", "Outline", '<w:pPr><w:outlineLvl w:val="9"/></w:pPr>')
        + "</w:styles>"
    )
    assert read_styles(root) == {
        "h": Style("heading 1", is_heading=True, is_raised=True),
        "mine": Style("mine", is_heading=True, is_raised=True),
        "flat": Style("flat", is_heading=True),
        "note": Style("outline"),
    }
