"""Reading of feeds, emails, books, Word and PDF files, JSON, CSV and compressed files."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable
from contextlib import suppress
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from format_samples import PROSE, make_pdf, sample_docx, sample_email, sample_epub, sample_mbox, sample_zip
from hypothesis import given, settings
from hypothesis import strategies as st
from office_samples import make_odt, sample_pptx

from retrieval.article import Article
from retrieval.errors import ReadError
from retrieval.reading.corpus import Corpus
from retrieval.reading.document.document import Document
from retrieval.reading.formats.docx import read_docx
from retrieval.reading.formats.eml import read_email, read_mhtml
from retrieval.reading.formats.epub import read_epub
from retrieval.reading.formats.feeds import read_feed
from retrieval.reading.formats.json_csv import read_csv, read_json
from retrieval.reading.formats.json_lines import BadRow, Row
from retrieval.reading.formats.pdf import read_pdf
from retrieval.reading.formats.registry import decompress, read_collection, read_document

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


def _documents(results: Iterable[tuple[Row, Document] | BadRow]) -> list[tuple[Row, Document]]:
    return [result for result in results if not isinstance(result, BadRow)]


def _bad(results: Iterable[tuple[Row, Document] | BadRow]) -> list[tuple[str, str]]:
    return [(result.location, result.reason) for result in results if isinstance(result, BadRow)]


def test_feed_entries_are_articles() -> None:
    """RSS and Atom give title, author, dates and link; entries without text are reported."""
    ((row, document),) = _documents(read_feed(RSS.encode()))
    assert (row.id, document.metadata.title, document.metadata.author) == (
        "q1",
        "Second & last quay",
        "Jane Roe",
    )
    assert (document.metadata.publisher, document.metadata.published) == (
        "The Courier",
        "2020-05-03T18:00:00-04:00",
    )
    assert document.text == f"{PROSE}\n\nA costly wall\n\nIt took 14 months."
    assert _bad(read_feed(RSS.encode())) == [("entry 2", "it has no text")]
    ((row, document),) = _documents(read_feed(ATOM.encode()))
    assert (row.id, document.text, document.metadata.updated) == ("urn:1", PROSE, "2020-05-04T18:00:00+00:00")
    assert document.metadata.url == "https://courier.example/quay"


def test_a_feed_does_not_resolve_entities(tmp_path: Path) -> None:
    """A local file never gets into an article."""
    (tmp_path / "secret").write_text("secret words")
    evil = f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>' + RSS.split("?>")[1].replace(
        "Short.", "&x;"
    )
    assert "secret words" not in repr(list(read_feed(evil.encode())))


def test_the_longer_part_of_an_email_is_read() -> None:
    """A plain part that only says to open the browser is ignored."""
    document = read_email(sample_email())
    assert (document.metadata.title, document.metadata.author) == ("Second quay — open", "Jane Roe")
    assert document.metadata.published == "2020-05-03T18:00:00-04:00"
    assert PROSE in document.text
    assert {drop.reason for drop in document.dropped} == {"title", "newsletter"}


def test_a_web_archive_is_read_as_its_page() -> None:
    """With the URL it was saved from."""
    message = EmailMessage()
    message["Snapshot-Content-Location"] = "https://courier.example/quay"
    message.set_content(f"<html><body><article><p>{PROSE * 4}</p></article></body></html>", subtype="html")
    document = read_mhtml(message.as_bytes())
    assert (document.text, document.metadata.url) == (PROSE * 4, "https://courier.example/quay")


def test_a_book_is_read_in_the_order_of_its_spine() -> None:
    """The chapters become sections."""
    ((_, document),) = _documents(read_epub(sample_epub()))
    assert [document.text[h.start : h.end] for h in document.headings] == ["One", "Two"]
    assert (document.metadata.title, document.metadata.author, document.metadata.language) == (
        "Quays",
        "Jane Roe",
        "en",
    )


def test_a_word_file_keeps_headings_lists_and_tables() -> None:
    """They stay in order, and the first heading is the title."""
    document = read_docx(sample_docx())
    assert document.text == f"Second quay\n\n{PROSE}\n\nA costly wall\n\n- One item\n\nShips | 300"
    assert [document.text[h.start : h.end] for h in document.headings] == ["A costly wall"]
    assert (document.metadata.title, document.metadata.author) == ("Second quay", "Jane Roe")


def test_a_pdf_is_read_page_by_page() -> None:
    """Lines become paragraphs, running heads are removed, and pages become sections."""
    lines = ["The port of Elsmere opened its second quay on Sunday, two years after the", "plan, to ships."]
    pages = [
        ["The Courier 1", *lines, "It was a"],
        ["The Courier 2", "fine day for a con-", "tainer."],
        ["The Courier 3", "End."],
    ]
    document = read_pdf(make_pdf(pages))
    assert [document.text[h.start : h.end] for h in document.headings] == ["Page 1", "Page 2", "Page 3"]
    assert "two years after the plan, to ships." in document.text
    assert "It was a fine day for a container.\n\nPage 2" in document.text
    assert "Courier" not in document.text


@pytest.mark.parametrize(("name", "kind", "extra"), [("pypdfium2", "PDF", "pdf"), ("docx", "Word", "docx")])
def test_a_missing_library_error_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, name: str, kind: str, extra: str
) -> None:
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ReadError, match=rf"pip install 'footnote\[{extra}\]'"):
        read_document(kind, b"x")


def test_json_files_of_several_shapes_are_read() -> None:
    """A list, an object that contains one, objects by id, or a single article."""
    rows = [{"id": "a", "text": "One."}, {"id": "b", "content": "Two.", "publishedAt": "2020-05-03"}, 3]
    for value in (rows, {"status": "ok", "articles": rows}):
        (first, _), (_, second) = _documents(read_json(BytesIO(json.dumps(value).encode())))
        assert (first.id, second.metadata.published) == ("a", "2020-05-03")
        assert _bad(read_json(BytesIO(json.dumps(value).encode()))) == [
            ("article 3", "it is not a JSON object")
        ]
    by_id = b'{"x": {"text": "One."}, "y": {"text": "Two."}}'
    assert [row.id for row, _ in _documents(read_json(BytesIO(by_id)))] == ["x", "y"]
    assert [document.text for _, document in _documents(read_json(BytesIO(b'{"text": "One."}')))] == ["One."]


def test_tables_are_read_by_column_name() -> None:
    """Delimiters are commas, semicolons or tabs; cells can contain line breaks."""
    for delimiter in ",;\t":
        table = (
            delimiter.join(["Title", "Text", "Date"])
            + "\r\n"
            + delimiter.join(["Quay", '"One.\nTwo, ""three""."', "3 May 2020"])
        )
        ((_, document),) = _documents(read_csv(table.encode()))
        assert (document.text, document.metadata.title) == ('One.\nTwo, "three".', "Quay")
        assert document.metadata.published == "2020-05-03"


def test_compressed_files_are_read_like_their_contents(tmp_path: Path) -> None:
    """For every kind of file; rows of a compressed dump can be found by id."""
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


def test_a_gzip_bomb_is_rejected() -> None:
    """Decompression stops at the limit."""
    with pytest.raises(ReadError, match="decompressed file is too large"):
        decompress(gzip.compress(bytes(65 * 2**20)))


@pytest.mark.parametrize("kind", ["PDF", "Word", "OpenDocument", "PowerPoint", "email", "MHTML"])
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_damaged_files_are_read_or_rejected(kind: str, data: st.DataObject) -> None:
    """Only ReadError is raised, wherever a file is truncated or overwritten."""
    samples = {"PDF": make_pdf([[PROSE], [PROSE]]), "Word": sample_docx()}
    samples |= {"OpenDocument": make_odt(f"<text:p>{PROSE}</text:p>"), "PowerPoint": sample_pptx()}
    damaged = bytearray(samples.get(kind, sample_email()))
    for _ in range(data.draw(st.integers(0, 6))):
        start = data.draw(st.integers(0, len(damaged) - 1))
        damaged[start : start + 3] = data.draw(st.binary(max_size=8))
    with suppress(ReadError):
        read_document(kind, bytes(damaged[: data.draw(st.integers(1, len(damaged)))]))


@pytest.mark.parametrize("kind", ["JSON", "CSV", "feed", "dump", "EPUB", "mbox", "ZIP"])
@given(st.binary(max_size=200), st.integers(0, 900))
@settings(max_examples=50, deadline=None)
def test_damaged_collections_are_read_or_rejected(kind: str, junk: bytes, offset: int) -> None:
    """Only ReadError is raised."""
    samples = {
        "feed": RSS.encode(),
        "CSV": b'title,text\n"a","b"\n',
        "EPUB": sample_epub(),
        "mbox": sample_mbox(),
        "ZIP": sample_zip(),
    }
    sample = samples.get(kind, b'[{"id": "a", "text": "b"}]')
    for data in (junk, sample[:offset] + junk, junk + sample):
        with suppress(ReadError):
            list(read_collection(kind, data))
