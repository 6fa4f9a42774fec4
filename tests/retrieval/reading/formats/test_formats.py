"""Articles in the formats that folders hold beside text, Markdown and web pages."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import pytest
from format_samples import PROSE, book, letter, pdf_of, word
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.article import Article
from retrieval.errors import ReadError
from retrieval.reading.corpus import Corpus
from retrieval.reading.document.document import Document
from retrieval.reading.formats.docx import read_word
from retrieval.reading.formats.eml import read_archive, read_letter
from retrieval.reading.formats.epub import read_book
from retrieval.reading.formats.feeds import read_feed
from retrieval.reading.formats.json_csv import read_json, read_table
from retrieval.reading.formats.json_lines import BadRow, Row
from retrieval.reading.formats.pdf import read_pdf, with_page_marks
from retrieval.reading.formats.registry import read_collection, read_document, unpacked

RSS = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>The Courier</title><language>en-gb</language>
<item><title>Second &amp;amp; last quay</title><link>https://courier.example/quay</link>
<guid>q1</guid><pubDate>Sun, 03 May 2020 18:00:00 -0400</pubDate><dc:creator>Jane Roe</dc:creator>
<description>Short.</description><content:encoded><![CDATA[<p>{PROSE}</p>
<h2>A costly wall</h2><p>It took 14 <b>months</b>.</p>]]></content:encoded>
</item><item><title>Empty</title></item></channel></rss>"""

ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>The Courier</title>
<entry><id>urn:1</id><title>Quay</title><link rel="alternate" href="https://courier.example/quay"/><published>2020-05-03T18:00:00Z</published>
<updated>2020-05-04T18:00:00Z</updated><author><name>Jane Roe</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{PROSE}</p></div></content></entry></feed>"""


def _documents(found: Iterable[tuple[Row, Document] | BadRow]) -> list[tuple[Row, Document]]:
    return [each for each in found if not isinstance(each, BadRow)]


def _bad(found: Iterable[tuple[Row, Document] | BadRow]) -> list[tuple[str, str]]:
    return [(each.place, each.reason) for each in found if isinstance(each, BadRow)]


def test_entries_of_a_feed_are_articles() -> None:
    """RSS and Atom give title, author, dates and link; entries without text are reported."""
    ((row, document),) = _documents(read_feed(RSS.encode()))
    assert (row.id, document.facts.title, document.facts.author) == ("q1", "Second & last quay", "Jane Roe")
    assert (document.facts.publisher, document.facts.published) == (
        "The Courier",
        "2020-05-03T18:00:00-04:00",
    )
    assert document.text == f"{PROSE}\n\nA costly wall\n\nIt took 14 months."
    assert _bad(read_feed(RSS.encode())) == [("entry 2", "it has no text")]
    ((row, document),) = _documents(read_feed(ATOM.encode()))
    assert (row.id, document.text, document.facts.updated) == ("urn:1", PROSE, "2020-05-04T18:00:00+00:00")
    assert document.facts.url == "https://courier.example/quay"


def test_a_feed_resolves_no_entity(tmp_path: Path) -> None:
    """A file of this machine never gets into an article."""
    (tmp_path / "secret").write_text("secret words")
    evil = f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>' + RSS.split("?>")[1].replace(
        "Short.", "&x;"
    )
    assert "secret words" not in repr(list(read_feed(evil.encode())))


def test_a_letter_is_read_in_its_fuller_part() -> None:
    """A notice to open the browser is not the letter."""
    document = read_letter(letter())
    assert (document.facts.title, document.facts.author) == ("Second quay — open", "Jane Roe")
    assert document.facts.published == "2020-05-03T18:00:00-04:00"
    assert PROSE in document.text
    assert {drop.reason for drop in document.dropped} == {"title", "newsletter"}


def test_a_web_archive_is_its_page() -> None:
    """The page, and the address it was saved from."""
    message = EmailMessage()
    message["Snapshot-Content-Location"] = "https://courier.example/quay"
    message.set_content(f"<html><body><article><p>{PROSE * 4}</p></article></body></html>", subtype="html")
    document = read_archive(message.as_bytes())
    assert (document.text, document.facts.url) == (PROSE * 4, "https://courier.example/quay")


def test_a_book_is_read_in_the_order_of_its_spine() -> None:
    """Chapters are sections."""
    document = read_book(book())
    assert [document.text[h.start : h.end] for h in document.headings] == ["One", "Two"]
    assert (document.facts.title, document.facts.author, document.facts.language) == (
        "Quays",
        "Jane Roe",
        "en",
    )


def test_a_word_file_keeps_headings_lists_and_tables() -> None:
    """In the order of the file; its first heading is the title."""
    document = read_word(word())
    assert document.text == f"Second quay\n\n{PROSE}\n\nA costly wall\n\n- One item\n\nShips | 300"
    assert [document.text[h.start : h.end] for h in document.headings] == ["A costly wall"]
    assert (document.facts.title, document.facts.author) == ("Second quay", "Jane Roe")


def test_a_pdf_is_read_page_by_page() -> None:
    """Lines become paragraphs, running heads are left out, and a citation can name its page."""
    lines = ["The port of Elsmere opened its second quay on Sunday, two years after the", "plan, to ships."]
    pages = [
        ["The Courier 1", *lines, "It was a"],
        ["The Courier 2", "fine day for a con-", "tainer."],
        ["The Courier 3", "End."],
    ]
    document = read_pdf(pdf_of(pages))
    assert [document.text[h.start : h.end] for h in document.headings] == ["Page 1", "Page 2", "Page 3"]
    assert "two years after the plan, to ships." in document.text
    assert "It was a fine day for a container.\n\nPage 2" in document.text
    assert "Courier" not in document.text


@pytest.mark.parametrize(("name", "kind", "extra"), [("pypdf", "PDF", "pdf"), ("docx", "Word", "docx")])
def test_a_missing_library_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, name: str, kind: str, extra: str
) -> None:
    """One sentence says what to install."""
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ReadError, match=rf"pip install 'footnote\[{extra}\]'"):
        read_document(kind, b"x")


def test_a_sentence_that_crosses_pages_stays_whole() -> None:
    """The mark of the next page comes after it."""
    assert with_page_marks([["It rained on"], ["Monday. Then it stopped."]]) == (
        "Page 1\n\nIt rained on Monday.\n\nPage 2\n\nThen it stopped."
    )


def test_json_files_hold_articles_in_several_shapes() -> None:
    """A list, an object that holds one, objects by id, or one article."""
    rows = [{"id": "a", "text": "One."}, {"id": "b", "content": "Two.", "publishedAt": "2020-05-03"}, 3]
    for value in (rows, {"status": "ok", "articles": rows}):
        (first, _), (_, second) = _documents(read_json(json.dumps(value).encode()))
        assert (first.id, second.facts.published) == ("a", "2020-05-03")
        assert _bad(read_json(json.dumps(value).encode())) == [("article 3", "it is not a JSON object")]
    by_id = b'{"x": {"text": "One."}, "y": {"text": "Two."}}'
    assert [row.id for row, _ in _documents(read_json(by_id))] == ["x", "y"]
    assert [document.text for _, document in _documents(read_json(b'{"text": "One."}'))] == ["One."]


def test_tables_are_read_by_the_names_of_their_columns() -> None:
    """Commas, semicolons or tabs; cells may hold line breaks."""
    for mark in ",;\t":
        table = (
            mark.join(["Title", "Text", "Date"])
            + "\r\n"
            + mark.join(["Quay", '"One.\nTwo, ""three""."', "3 May 2020"])
        )
        ((_, document),) = _documents(read_table(table.encode()))
        assert (document.text, document.facts.title) == ('One.\nTwo, "three".', "Quay")
        assert document.facts.published == "2020-05-03"


def test_packed_files_are_read_as_what_they_hold(tmp_path: Path) -> None:
    """Of every kind; rows of a packed dump are found again too."""
    rows = "\n".join(json.dumps({"id": name, "text": f"{name}. {PROSE}"}) for name in "ab")
    files = {"d.jsonl.gz": rows.encode(), "w.txt.gz": PROSE.encode(), "r.xml.gz": RSS.encode()}
    for name, data in files.items():
        (tmp_path / name).write_bytes(gzip.compress(data))
    (tmp_path / "u.jsonl").write_bytes(rows.replace('"a"', '"ä"').encode("utf-16"))
    corpus = Corpus([tmp_path])
    articles: list[Article] = []
    for source in corpus.scan().files:
        try:
            articles += corpus.read(source)
        except ReadError as error:
            articles += error.articles
    assert [article.info.id for article in articles] == ["a", "b", "q1", "ä", "b", "w.txt.gz"]
    assert [corpus.find(article.info) for article in articles] == articles


def test_a_bomb_is_refused() -> None:
    """A packed file is read up to the limit only."""
    with pytest.raises(ReadError, match="too large unpacked"):
        unpacked(gzip.compress(bytes(65 * 2**20)))


@pytest.mark.parametrize("kind", ["PDF", "Word", "book", "letter", "web archive"])
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_mangled_files_give_an_article_or_a_clear_error(kind: str, data: st.DataObject) -> None:
    """Nothing but the package's own error, wherever a file is cut or overwritten."""
    whole = {"PDF": pdf_of([[PROSE], [PROSE]]), "Word": word(), "book": book(), "letter": letter()}
    mangled = bytearray(whole.get(kind, letter()))
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(mangled) - 1))
        mangled[at : at + 3] = data.draw(st.binary(max_size=8))
    with suppress(ReadError):
        read_document(kind, bytes(mangled[: data.draw(st.integers(1, len(mangled)))]))


@pytest.mark.parametrize("kind", ["JSON", "table", "feed", "dump"])
@given(st.binary(max_size=200), st.integers(0, 900))
@settings(max_examples=50, deadline=None)
def test_mangled_collections_give_articles_or_a_clear_error(kind: str, junk: bytes, at: int) -> None:
    """Nothing but the package's own error."""
    whole = {"feed": RSS.encode(), "table": b'title,text\n"a","b"\n'}.get(kind, b'[{"id": "a", "text": "b"}]')
    for data in (junk, whole[:at] + junk, junk + whole):
        with suppress(ReadError):
            list(read_collection(kind, data))
