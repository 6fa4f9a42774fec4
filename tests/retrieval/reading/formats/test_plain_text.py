"""Reading of scraped text."""

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


def test_the_metadata_of_a_scraped_article_is_found() -> None:
    """Title, publisher, author, both dates and the section heading."""
    document = read_text(SCRAPED)
    metadata = document.metadata
    assert metadata.title == "Port of Elsmere opens a second quay after years of delay"
    assert (metadata.publisher, metadata.author) == ("The Harbour Courier", "Jane Roe")
    assert (metadata.published, metadata.updated) == (
        "2020-05-03T18:00:00-04:00",
        "2020-05-03T21:05:00-04:00",
    )
    assert [SCRAPED[heading.start : heading.end] for heading in document.headings] == ["A costly wall"]


def test_only_the_article_is_indexed() -> None:
    """Header, repeated lead, adverts and lists of links are dropped; the text itself is unchanged."""
    document = read_text(SCRAPED)
    assert document.text == SCRAPED
    body = to_article(document, "a.txt", "a.txt").body.splitlines()
    assert [line[:12] for line in body] == ["The port of ", "A costly wal", "The wall alo"]
    assert _dropped(document)["Advertisement"] == "advertisement"
    assert _dropped(document)["| Image:self"] == "image credit"


def test_prose_that_mentions_boilerplate_is_kept() -> None:
    """Sentences about adverts, dates and newsletters are part of the article."""
    prose = (
        "Advertising pays for news, editors wrote on March 3, 2020, and readers rarely sign up for letters."
    )
    document = read_text(f"A report on the money of papers\n\n{prose}\n\n{prose[:70]} and that was all.\n")
    assert to_article(document, "a.txt", "a.txt").body.startswith(prose)


def test_a_missing_title_falls_back_to_the_file_name_or_first_words() -> None:
    """A title is never empty."""
    text = (
        "The port opened its second quay on Sunday, two years later than planned, to ships of 300 metres.\n"
    )
    path = "news/2020-05-03-second-quay.txt"
    by_file = to_article(read_text(text), path, path)
    by_words = to_article(read_text(text), "x1.txt", "x1.txt")
    assert by_file.info.title == "second quay"
    assert by_words.info.title == "The port opened its second quay on Sunday, two years later than …"


def test_the_title_line_of_a_saved_page_names_the_publisher() -> None:
    """The first line is the page's <title> with the site's name if the title occurs again below."""
    text = (
        "Second quay opens at last | The Harbour Courier\n\nMenu\nHome\nSecond quay opens at last\n"
        + SCRAPED[330:]
    )
    metadata = read_text(text).metadata
    assert (metadata.title, metadata.publisher) == ("Second quay opens at last", "The Harbour Courier")


def test_a_line_that_looks_like_a_publisher_is_the_title_if_it_is_the_only_header_line() -> None:
    """A publisher's name above another line is the publisher."""
    prose = "The bank said on Tuesday that it would close its three oldest branches by the end of the year.\n"
    alone = read_text(f"The World Economy Today\n\n{prose}").metadata
    above = read_text(f"The World Economy Today\n\nBank closes branches\n\n{prose}").metadata
    assert (alone.title, alone.publisher) == ("The World Economy Today", None)
    assert (above.title, above.publisher) == ("Bank closes branches", "The World Economy Today")


def test_a_missing_date_falls_back_to_the_dateline_or_the_file_name() -> None:
    """The text takes precedence over the file name; invalid dates are ignored."""
    prose = "The bank said on Tuesday that it would close its three oldest branches by the end of the year.\n"
    with_line = read_text(f"Bank closes\n\nLONDON, March 3, 2020 (Reuters) - {prose}")
    without = read_text(f"Bank closes\n\n{prose}")
    paths = ("2021-03-18-bank.txt", "news/2021/03/18/bank.txt", "bank-20210318.txt", "bank-2021-13-45.txt")
    days = [to_article(without, path, path).info.published for path in paths]
    assert days == ["2021-03-18", "2021-03-18", "2021-03-18", None]
    assert to_article(with_line, paths[0], paths[0]).info.published == "2020-03-03"
    assert to_article(without, "row", paths[0]).info.published is None


PROSE = "The council looks for a builder of six shelters at the tram stops. Bids go to the town hall.\n"


@pytest.mark.parametrize(
    "line",
    [
        "Deadline: 2031-05-01",
        "Deadline: 1 May 2021",
        "Hearing date: 14 February 2019",
        "Photo taken 2 May 1998",
    ],
)
def test_a_line_with_another_date_stays_in_the_index(line: str) -> None:
    """It is neither the day of publication nor part of the title."""
    document = read_text(f"Call for tenders\n\n{line}\n\n{PROSE}")
    article = to_article(document, "a.txt", "a.txt")
    assert (article.info.title, article.info.published) == ("Call for tenders", None)
    assert line in article.body


def test_the_date_of_an_event_is_not_the_day_of_publication() -> None:
    """Its place stands beside it."""
    article = to_article(
        read_text(f"Summer fair\n\nDate: 12 July 2019\nPlace: East quay\n\n{PROSE}"), "a", "a"
    )
    assert (article.info.title, article.info.published) == ("Summer fair", None)
    assert "Date: 12 July 2019\nPlace: East quay" in article.body


def test_a_future_date_in_a_file_name_is_ignored() -> None:
    """It is that of an event."""
    assert to_article(read_text(PROSE), "2199-01-01-x.txt", "2199-01-01-x.txt").info.published is None


def test_the_seed_article_is_read_correctly() -> None:
    """The project's first article, if it is available next to the repository."""
    seed = SHARED / "seed"
    files = sorted(seed.glob("*.txt")) if seed.is_dir() else []
    if not files:
        pytest.skip("the shared seed article is not next to the repository")
    document = read_text(files[0].read_bytes().decode())
    assert document.metadata.author == "Vishal Tiwari"
    assert document.metadata.published == document.metadata.updated == "2021-03-18T18:57:00+05:30"
    assert len(document.headings) == 1
    reasons = [drop.reason for drop in document.dropped]
    assert reasons.count("advertisement") == 2
    assert {"title", "date", "byline", "image credit", "lead repeated below"} <= set(reasons)


@given(st.text(alphabet="aB1 .:|\n\r\t\x00\u2028“”é—-", max_size=300))
def test_spans_are_in_order_and_within_the_text(text: str) -> None:
    """Dropped lines and headings never overlap and contain no line breaks."""
    document = read_text(text)
    assert document.text == text
    spans = sorted(
        [(d.start, d.end) for d in document.dropped] + [(h.start, h.end) for h in document.headings]
    )
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert not any(mark in text[start:end] for start, end in spans for mark in "\r\n")
