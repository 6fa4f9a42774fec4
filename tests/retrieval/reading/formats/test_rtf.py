"""Rich Text Format: text, tables and notes in any encoding, without what is not shown."""

from __future__ import annotations

import pytest

from retrieval.errors import ReadError
from retrieval.reading.formats.registry import read_document
from retrieval.reading.formats.rtf import read_rtf


def text_of(body: str | bytes) -> str:
    body = body.encode("latin-1") if isinstance(body, str) else body
    return read_rtf(rb"{\rtf1\ansi\ansicpg1252\deff0" + body + b"}").text


def test_headings_and_properties() -> None:
    """Headings by style or outline level; the title of the file only if there is no heading."""
    body = (
        rb"{\stylesheet{\s0 Normal;}{\s3\b heading 1;}}{\info{\title Unused}{\author Ida Holm}}"
        rb"\pard\s3 Ferry times\par\pard It carries 90 cars.\par\pard\outlinelevel1 Fares\par"
        rb"\pard Four marks.\par"
    )
    document = read_document("RTF", rb"{\rtf1\ansi" + body + b"}")
    assert document.text == "Ferry times\n\nIt carries 90 cars.\n\nFares\n\nFour marks."
    assert (document.metadata.title, document.metadata.author) == ("Ferry times", "Ida Holm")
    untitled = rb"{\rtf1{\info{\title Ferry times}}It carries 90 cars.\par}"
    assert read_rtf(untitled).metadata.title == "Ferry times"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"Caf\'e9 \u8364?5 \u-10179?\u-8694? \u26085\'93\'fa x", "Café €5 😊 日 x"),
        (
            r"{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}{\f2\fcharset128 C;}}"
            r"\f1 \'cf\'f0\'e8 \f2 \'93\'fa\'96{\f0 \'e9}",
            "При 日�é",
        ),
        (r"\uc2\u233\'c3\'a9t\uc0\u233 t", "étét"),
        (r"a\~b\_c\-d \{e\} \\ \emdash\ldblquote f\rdblquote\line g", "a b-cd {e} \\ —“f”\ng"),
        ("one\r\n two\\\nthree", "one two\n\nthree"),
    ],
    ids=["escapes", "character sets", "fallback lengths", "symbols", "line ends"],
)
def test_characters_are_decoded(body: str, text: str) -> None:
    """By the code page, the font's character set, or as Unicode with a fallback that is skipped."""
    body = body.replace(r"\u26085\'93\'fa", r"\uc2\u26085\'93\'fa\uc1 ")
    assert text_of(body) == text


def test_what_is_not_shown_is_left_out() -> None:
    """Deletions, hidden text, field codes, comments, pictures, headers and unknown destinations."""
    body = (
        r"{\header Varsund Lines\par}{\*\generator Writer;}It carries {\deleted 80}{\revised 90}{\v hidden}"
        r"{\field{\*\fldinst HYPERLINK x}{\fldrslt  cars}}{\*\annotation Sure?}{\pict\pngblip 89504e47}"
        r"{\shppict{\pict\bin2 }}}}{\upr{a}{\*\ud{ daily}}}.\par"
    )
    assert text_of(body) == "It carries 90 cars daily."


def test_footnotes_follow_and_raised_marks_are_not_part_of_a_number() -> None:
    """A power stays."""
    body = (
        r"It carries 90{\super\chftn}{\footnote\pard\plain{\super\chftn} Harbour office.} cars"
        r" on 6 km{\super 2}.\par In 2021{\super 4} it was blue, with 3{\up6 5} decks.\par"
    )
    assert text_of(body) == (
        "It carries 90 cars on 6 km2.\n\nHarbour office.\n\nIn 2021 it was blue, with 3 decks."
    )


def test_tables_lists_and_text_boxes() -> None:
    """A row is a block; a text box is read once."""
    body = (
        r"\trowd\pard\intbl Car\par or van\cell 9 marks\cell\row\pard After.\par"
        r"{\listtext\'b7\tab}\pard\ls1 Adults\par\pard{\shp{\*\shpinst{\sp{\sn a}{\sv b}}"
        r"{\shptxt Notice.\par}}{\shprslt{\*\do Notice.}}}\par"
    )
    assert text_of(body) == "Car or van | 9 marks\n\nAfter.\n\n- Adults\n\nNotice."


def test_other_and_hostile_files_are_rejected() -> None:
    """Deep nesting, no text, and files of another format."""
    for data, message in (
        (b"Hello", "not in Rich Text Format"),
        (rb"{\rtf1 \par}", "contains no text"),
        (rb"{\rtf1 " + b"{" * 5_000, "nested too deeply"),
        (rb"{\rtf1 " + rb"a\par " * 200_100, "too long"),
    ):
        with pytest.raises(ReadError, match=message):
            read_rtf(data)
