"""Footnote marks in pages and fragments."""

from __future__ import annotations

import pytest

from retrieval.reading.document.blocks import fragment_blocks
from retrieval.reading.formats.html import read_html_bytes


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('cost 48<sup><a href="#fn3">3</a></sup> million', "cost 48 million"),
        ("has 12<sup>4</sup> members", "has 12 members"),
        ('In 2021<sup class="reference"><a href="#cite_note-5">[5]</a></sup> it', "In 2021 it"),
        ('In 2021<a epub:type="noteref" href="n.xhtml#fn1">1</a> it', "In 2021 it"),
        ('In 2021<a role="doc-noteref" href="#x1">1</a> it', "In 2021 it"),
        ('In 2021<span style="font-size:60%;vertical-align:super">1</span> it', "In 2021 it"),
        ("the quay<sup>1,2</sup> is", "the quay is"),
        ("6 km<sup>2</sup> of H<sub>2</sub>O", "6 km2 of H2O"),
        ("the 21<sup>st</sup> century", "the 21st century"),
        ("3 × 10<sup>8</sup> metres", "3 × 10^8 metres"),
        ('see <a href="#fn3">note three</a>', "see note three"),
        ("<sup>3</sup> Audit office", "3 Audit office"),
        ("<b>48<sup>3</sup></b> million", "48 million"),
    ],
)
def test_marks_are_left_out_and_units_stay(markup: str, text: str) -> None:
    """A raised mark must not become part of the figure before it."""
    assert [block.text for block in fragment_blocks(f"<p>{markup}</p>")] == [text]


def test_marks_of_a_page_are_left_out() -> None:
    """Also from what trafilatura extracts."""
    prose = (
        "The quay of Elsmere cost 48<sup>3</sup> million crowns and covers 6 km<sup>2</sup> of the old port."
    )
    page = f"<html><body><article><h1>Quay</h1>{f'<p>{prose}</p>' * 4}</article></body></html>"
    assert "cost 48 million crowns and covers 6 km2 of" in read_html_bytes(page.encode()).text
