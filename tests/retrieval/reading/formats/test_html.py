"""Saved web pages."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import ReadError
from retrieval.reading.formats.html import read_web_page

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


def test_the_markup_gives_the_facts() -> None:
    """JSON-LD, OpenGraph, the canonical link and the page's language."""
    facts = read_web_page(PAGE.encode()).facts
    assert (facts.title, facts.publisher, facts.author) == ("Second quay & more", "The Courier", "Jane Roe")
    assert (facts.published, facts.updated) == ("2020-05-03T18:00:00-04:00", "2020-05-03T21:05:00-04:00")
    assert (facts.url, facts.language) == ("https://courier.example/quay", "en-GB")


def test_the_text_is_built_of_paragraphs_with_exact_headings() -> None:
    """Menus and footers are left out; inline marks join their words; adverts are dropped."""
    document = read_web_page(PAGE.encode())
    assert "opened its second quay on Sunday" in document.text
    assert "Abroad" not in document.text
    assert [document.text[h.start : h.end] for h in document.headings] == ["A costly wall"]
    assert "- One item of the list\n- Another item of the list" in document.text
    assert document.dropped[-1].reason == "advertisement"


def test_a_page_says_its_encoding() -> None:
    """A declared encoding is taken."""
    page = PAGE.replace("utf-8", "windows-1252").replace("Elsmere", "Élsmere").encode("cp1252")
    assert "Élsmere" in read_web_page(page).text


def test_a_time_element_is_the_date_when_nothing_else_says_it() -> None:
    """The only <time> of a page is its date; of several, the one marked so."""
    page = (
        "<html><body><article><time datetime='2020-05-03'>3 May</time><p>" + PARAGRAPH * 4 + "</p></article>"
    )
    assert read_web_page(page.encode()).facts.published == "2020-05-03"
    assert read_web_page((page + "<time datetime='2019-01-01'>").encode()).facts.published is None


@pytest.mark.parametrize(
    "page", [b"<html></html>", b"<!-- -->", b"<<<>>>", b"<html><body><script>x</script>"]
)
def test_pages_without_text_are_refused(page: bytes) -> None:
    """One clear sentence, no foreign error."""
    with pytest.raises(ReadError):
        read_web_page(page)


@given(st.text(alphabet="<>/ph12a!-=\"'{}[]:&;\x00 \n", max_size=200))
@settings(max_examples=50, deadline=None)
def test_broken_pages_are_read_or_refused(text: str) -> None:
    """Nothing but the package's own error, wherever a page is cut or mangled."""
    for page in (text, PAGE[: len(text) * 9] + text, PAGE.replace("NewsArticle", text)):
        with suppress(ReadError):
            document = read_web_page(page.encode())
            assert all(document.text[h.start : h.end].strip() for h in document.headings)
