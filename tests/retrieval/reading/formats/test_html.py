"""Reading of saved web pages."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import ReadError
from retrieval.reading.formats.html import read_html_bytes

PARAGRAPH = (
    "The port of Elsmere opened its <b>second quay</b> on Sunday, two years after the plan, to ships. "
)
PAGE = f"""<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">
<title>Second quay | The Courier</title><meta property="og:site_name" content="The Courier">
<link rel="canonical" href="https://courier.example/quay#top">
<script type="application/ld+json">{{"@context":"https://schema.org","@graph":[{{"@type":"NewsArticle",
"headline":"Second quay &amp; more","author":[{{"@type":"Person","name":"Jane Roe"}}],
"datePublished":"2020-05-03T18:00:00-04:00","dateModified":"2020-05-03T21:05:00-04:00"}}]}}</script></head>
<body><nav><a href="/">Home</a><a href="/a">Abroad</a></nav><article><h1>Second quay &amp; more</h1>
<p>{PARAGRAPH * 3}</p><p>{PARAGRAPH * 2}</p><h2>A costly wall</h2><p>{PARAGRAPH * 3}</p>
<ul><li>One item of the list</li><li>Another item of the list</li></ul><p>Advertisement</p></article>
<footer>All rights reserved</footer></body></html>"""


def test_the_metadata_comes_from_the_markup() -> None:
    """From JSON-LD, OpenGraph, the canonical link and the page's language."""
    metadata = read_html_bytes(PAGE.encode()).metadata
    assert (metadata.title, metadata.publisher, metadata.author) == (
        "Second quay & more",
        "The Courier",
        "Jane Roe",
    )
    assert (metadata.published, metadata.updated) == (
        "2020-05-03T18:00:00-04:00",
        "2020-05-03T21:05:00-04:00",
    )
    assert (metadata.url, metadata.language) == ("https://courier.example/quay", "en-GB")


def test_the_text_consists_of_paragraphs_and_headings_with_exact_spans() -> None:
    """Menus and footers are removed, inline markup does not split words, and adverts are dropped."""
    document = read_html_bytes(PAGE.encode())
    assert "opened its second quay on Sunday" in document.text
    assert "Abroad" not in document.text
    assert [document.text[h.start : h.end] for h in document.headings] == ["A costly wall"]
    assert "- One item of the list\n- Another item of the list" in document.text
    assert document.dropped[-1].reason == "advertisement"


def test_the_declared_encoding_is_used() -> None:
    """The page's <meta charset> determines how it is decoded."""
    page = PAGE.replace("utf-8", "windows-1252").replace("Elsmere", "Élsmere").encode("cp1252")
    assert "Élsmere" in read_html_bytes(page).text


def test_the_date_falls_back_to_a_time_element() -> None:
    """A page's only <time> is its date; of several, none is if none is marked as the date."""
    page = (
        "<html><body><article><time datetime='2020-05-03'>3 May</time><p>" + PARAGRAPH * 4 + "</p></article>"
    )
    assert read_html_bytes(page.encode()).metadata.published == "2020-05-03"
    assert read_html_bytes((page + "<time datetime='2019-01-01'>").encode()).metadata.published is None


@pytest.mark.parametrize(
    "page", [b"<html></html>", b"<!-- -->", b"<<<>>>", b"<html><body><script>x</script>"]
)
def test_pages_without_text_are_rejected(page: bytes) -> None:
    """With a ReadError, not an error of the parser."""
    with pytest.raises(ReadError):
        read_html_bytes(page)


@given(st.text(alphabet="<>/ph12a!-=\"'{}[]:&;\x00 \n", max_size=200))
@settings(max_examples=50, deadline=None)
def test_damaged_pages_are_read_or_rejected(text: str) -> None:
    """Only ReadError is raised, wherever a page is truncated or damaged."""
    for page in (text, PAGE[: len(text) * 9] + text, PAGE.replace("NewsArticle", text)):
        with suppress(ReadError):
            document = read_html_bytes(page.encode())
            assert all(document.text[h.start : h.end].strip() for h in document.headings)
