"""Metadata of web pages: titles, authors and dates."""

from __future__ import annotations

import pytest

from retrieval.reading.document.document import Metadata
from retrieval.reading.formats.html import read_html_bytes

PROSE = "The port of Elsmere opened its second quay on Sunday, two years after the plan of the council. "


def _metadata(head: str = "<title>Second quay</title>", body: str = "", lang: str = "en") -> Metadata:
    page = f'<html lang="{lang}"><head><meta charset="utf-8">{head}</head>'
    page += f"<body><article>{body}<p>{PROSE * 4}</p>"
    return read_html_bytes(page.encode()).metadata


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", '<a rel="author" href="/q">Mara Quill</a>, <a rel="author" href="/a">Jon Ashby</a>'),
        ("", '<span itemprop="author" itemscope><b itemprop="name">Mara Quill</b></span>'
         '<span itemprop="author">Jon Ashby</span>'),
        ("", '<p class="byline">By Mara Quill, Jon Ashby</p>'),
        ('<meta name="citation_author" content="Quill, Mara">'
         '<meta name="citation_author" content="Ashby, Jon">', ""),
        ('<meta name="DC.creator" content="Quill, Mara"><meta name="DC.creator" content="Ashby, Jon">', ""),
        ('<meta name="author" content="Mara Quill"><meta name="author" content="Jon Ashby">', ""),
        ('<script type="application/ld+json">//<![CDATA[\n{"@type": "NewsArticle", "author": ['
         '{"name": "Mara Quill"}, "Jon Ashby"]}\n//]]></script>', ""),
        ('<script type="application/ld+json">/*<![CDATA[*/{"@graph": [{"@type": "Article", "author": ['
         '{"@id": "#q"}, {"@id": "#a"}]}, {"@type": "Person", "@id": "#q", "name": "Mara Quill"},'
         ' {"@id": "#a", "givenName": "Jon", "familyName": "Ashby"}]}/*]]>*/</script>', ""),
    ],
)  # fmt: skip
def test_authors_are_found(head: str, body: str) -> None:
    """In links, microdata, bylines, tags of journals and JSON-LD; several are joined."""
    assert _metadata(head, body).author == "Mara Quill, Jon Ashby"


def test_the_authors_of_comments_and_other_articles_are_not_taken() -> None:
    """Nor their dates."""
    other = (
        '<div class="related"><a rel="author">Ann Other</a><time datetime="2019-01-01">1 May</time></div>'
        '<div id="comments"><span itemprop="author">reader</span></div>'
    )
    assert _metadata(body=other).author is None
    assert _metadata(body=other).published is None


@pytest.mark.parametrize(
    ("lang", "line", "published"),
    [
        ("de", "Veröffentlicht am 4. März 2024, 10:15 Uhr", "2024-03-04T10:15:00"),
        ("de", "04.03.2024", "2024-03-04"),
        ("es", "4 de marzo de 2024", "2024-03-04"),
        ("es", "04/03/2024", "2024-03-04"),
        ("fr", "Publié le 1er mars 2024 à 10h15", "2024-03-01T10:15:00"),
        ("it", "lunedì 4 marzo 2024", "2024-03-04"),
        ("pt", "4 de março de 2024 às 10h15", "2024-03-04T10:15:00"),
        ("nl", "maandag 4 maart 2024", "2024-03-04"),
        ("ru", "4 марта 2024, 10:15", "2024-03-04T10:15:00"),
        ("zh", "2024年3月4日 10:15", "2024-03-04T10:15:00"),
        ("ja", "2024年3月4日 10時15分", "2024-03-04T10:15:00"),
    ],
)
def test_visible_dates_in_other_languages_are_found(lang: str, line: str, published: str) -> None:
    """They are read and not left in the text."""
    for body in (f'<p class="date">{line}</p>', f"<p>{line}</p>", f"<time>{line}</time>"):
        assert _metadata(body=f"<h1>Second quay</h1>{body}", lang=lang).published == published


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<meta name="citation_publication_date" content="2024/03/04">', ""),
        ("", '<meta itemprop="datePublished" content="2024-03-04">'),
        ("", '<span itemprop="datePublished" content="2024-03-04">Monday</span>'),
        (
            "",
            '<p>Published <time datetime="2024-03-04">Monday</time>, '
            '<time datetime="2025-01-01">now</time></p>',
        ),
    ],
)
def test_dates_in_the_markup_are_found(head: str, body: str) -> None:
    """In tags of journals, microdata and labelled <time> elements."""
    assert _metadata(head, body).published == "2024-03-04"


@pytest.mark.parametrize(
    "body",
    [
        '<p>Deadline: <time datetime="2024-03-04">4 March</time></p>',
        '<dl><dt>Deadline</dt><dd><time datetime="2024-03-04">4 March</time></dd></dl>',
        '<p><time datetime="2199-03-04" pubdate>4 March</time></p>',
        '<meta itemprop="datePublished" content="2199-03-04">',
    ],
)
def test_a_deadline_or_future_date_is_not_the_day_of_publication(body: str) -> None:
    """Also if it is the only <time> of the page."""
    assert _metadata(body=body).published is None


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<title>Second quay | Ellim Post</title>", "<h1>Second quay</h1>"),
        ('<title>Second quay - Ellim Post</title><meta property="og:site_name" content="Ellim Post">', ""),
        ('<title>Second quay</title><meta property="og:title" content="Ellim Post">'
         '<meta property="og:site_name" content="Ellim Post">', ""),
        ("<title>Second quay - Ellim Post</title>", "<h1>Ellim Post</h1><h1>Second quay</h1>"),
        ("<title>Page 1</title>", "<h1>Second quay</h1>"),
        ("<title>Untitled document</title>", "<h2>Second quay</h2>"),
        ('<title>Home</title><link rel="canonical" href="https://www.ellimpost.example/a">',
         "<h1>Ellim Post</h1><h2>Second quay</h2>"),
        ('<title>x</title><meta name="citation_title" content="Second quay">', ""),
    ],
)  # fmt: skip
def test_the_title_is_that_of_the_article(head: str, body: str) -> None:
    """Not of the site, nor what a program writes where a title is missing."""
    assert _metadata(head, body).title == "Second quay"
