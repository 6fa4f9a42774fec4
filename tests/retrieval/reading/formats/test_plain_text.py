"""Scraped text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repository import SHARED

from retrieval.reading.document.document import Document, to_article
from retrieval.reading.formats.plain_text import read_text

SCRAPED = """\
Home / Business / Ports
The Harbour Courier
Updated May 3rd, 2020 at 9:05 PM EDT

Port of Elsmere opens a second quay after years of delay

The port of Elsmere opened its second quay on Sunday, two years later than planned, to ships of 300 metres.

Reported by: Jane Roe
| Image:self
Advertisement

The port of Elsmere opened its second quay on Sunday, two years later than planned, to ships of 300 m.\
 The first to moor was the Halcyon, with 1,200 containers.

A costly wall

The wall alone took 14 months, because the ground was softer than the first borings had shown to all.

Also read: Why lighthouses are going dark

Advertisement

Published May 3rd, 2020 at 6:00 PM EDT
Most read
1. Ferry to run on Sundays again
"""


def _dropped(document: Document) -> dict[str, str]:
    return {document.text[drop.start : drop.end]: drop.reason for drop in document.dropped}


def test_a_scraped_article_is_understood() -> None:
    """Title, publisher, author, both dates and the section are found."""
    document = read_text(SCRAPED)
    facts = document.facts
    assert facts.title == "Port of Elsmere opens a second quay after years of delay"
    assert (facts.publisher, facts.author) == ("The Harbour Courier", "Jane Roe")
    assert (facts.published, facts.updated) == ("2020-05-03T18:00:00-04:00", "2020-05-03T21:05:00-04:00")
    assert [SCRAPED[heading.start : heading.end] for heading in document.headings] == ["A costly wall"]


def test_only_the_article_is_indexed() -> None:
    """Header, lead repeated below, adverts and lists of links are dropped; the text itself is as it was."""
    document = read_text(SCRAPED)
    assert document.text == SCRAPED
    body = to_article(document, "a.txt", "a.txt").body.splitlines()
    assert [line[:12] for line in body] == ["The port of ", "A costly wal", "The wall alo"]
    assert _dropped(document)["Advertisement"] == "advertisement"
    assert _dropped(document)["| Image:self"] == "image credit"


def test_prose_that_mentions_clutter_is_kept() -> None:
    """Sentences about adverts, dates and newsletters are part of the article."""
    prose = (
        "Advertising pays for news, editors wrote on March 3, 2020, and readers rarely sign up for letters."
    )
    document = read_text(f"A report on the money of papers\n\n{prose}\n\n{prose[:70]} and that was all.\n")
    assert to_article(document, "a.txt", "a.txt").body.startswith(prose)


def test_a_text_without_a_title_is_named_by_its_file_or_first_words() -> None:
    """A title is never empty."""
    text = (
        "The port opened its second quay on Sunday, two years later than planned, to ships of 300 metres.\n"
    )
    path = "news/2020-05-03-second-quay.txt"
    by_file = to_article(read_text(text), path, path)
    by_words = to_article(read_text(text), "x1.txt", "x1.txt")
    assert by_file.info.title == "second quay"
    assert by_words.info.title == "The port opened its second quay on Sunday, two years later than …"


def test_the_title_of_a_saved_page_names_its_site() -> None:
    """The first line as <title> is the title with the site beside it, when the title stands again below."""
    text = (
        "Second quay opens at last | The Harbour Courier\n\nMenu\nHome\nSecond quay opens at last\n"
        + SCRAPED[330:]
    )
    facts = read_text(text).facts
    assert (facts.title, facts.publisher) == ("Second quay opens at last", "The Harbour Courier")


def test_a_title_that_looks_like_the_name_of_a_paper_is_the_title_when_it_stands_alone() -> None:
    """A name above a title is the publisher; the only line above the prose is the title."""
    prose = "The bank said on Tuesday that it would close its three oldest branches by the end of the year.\n"
    alone = read_text(f"The World Economy Today\n\n{prose}").facts
    above = read_text(f"The World Economy Today\n\nBank closes branches\n\n{prose}").facts
    assert (alone.title, alone.publisher) == ("The World Economy Today", None)
    assert (above.title, above.publisher) == ("Bank closes branches", "The World Economy Today")


def test_a_dateline_or_the_name_of_the_file_dates_an_article_that_says_no_more() -> None:
    """The text goes before the name; nothing is made up."""
    prose = "The bank said on Tuesday that it would close its three oldest branches by the end of the year.\n"
    with_line = read_text(f"Bank closes\n\nLONDON, March 3, 2020 (Reuters) - {prose}")
    without = read_text(f"Bank closes\n\n{prose}")
    paths = ("2021-03-18-bank.txt", "news/2021/03/18/bank.txt", "bank-20210318.txt", "bank-2021-13-45.txt")
    days = [to_article(without, path, path).info.published for path in paths]
    assert days == ["2021-03-18", "2021-03-18", "2021-03-18", None]
    assert to_article(with_line, paths[0], paths[0]).info.published == "2020-03-03"
    assert to_article(without, "row", paths[0]).info.published is None


def test_the_seed_article_is_read_as_the_issue_says() -> None:
    """The facts of the first article of the project, when it is beside the repository."""
    seed = SHARED / "seed"
    files = sorted(seed.glob("*.txt")) if seed.is_dir() else []
    if not files:
        pytest.skip("the shared seed article is not beside the repository")
    document = read_text(files[0].read_bytes().decode())
    assert document.facts.author == "Vishal Tiwari"
    assert document.facts.published == document.facts.updated == "2021-03-18T18:57:00+05:30"
    assert len(document.headings) == 1
    reasons = [drop.reason for drop in document.dropped]
    assert reasons.count("advertisement") == 2
    assert {"title", "date", "byline", "image credit", "lead repeated below"} <= set(reasons)


@given(st.text(alphabet="aB1 .:|\n\r\t\x00\u2028“”é—-", max_size=300))
def test_spans_are_in_order_and_within_the_text(text: str) -> None:
    """Dropped lines and headings never overlap and hold no line break."""
    document = read_text(text)
    assert document.text == text
    spans = sorted(
        [(d.start, d.end) for d in document.dropped] + [(h.start, h.end) for h in document.headings]
    )
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert not any(mark in text[start:end] for start, end in spans for mark in "\r\n")
