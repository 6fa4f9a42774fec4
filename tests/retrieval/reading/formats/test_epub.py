"""Reading of EPUB books with faults, and of newspapers."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from format_samples import PROSE

from retrieval.article import Article
from retrieval.errors import ReadError
from retrieval.reading.file_reader import FileReader, SourceFile

_CONTAINER = '<container><rootfiles><rootfile full-path="o/p.opf"/></rootfiles></container>'
QUAY = f"<h1>Quay</h1><p>{PROSE}</p>"
TRAM = "<h1>Tram</h1><p>The tram line has six stops and opened in May.</p>"


def _book(metadata: str, chapters: dict[str, str | None], container: str = _CONTAINER) -> bytes:
    """An EPUB; a chapter that is None is in the spine, but not in the file."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        if container:
            archive.writestr("META-INF/container.xml", container)
        items = "".join(
            f'<item id="{name}" href="{name}.html" media-type="text/html"/><itemref idref="{name}"/>'
            for name in chapters
        )
        archive.writestr(
            "o/p.opf",
            '<package xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">'
            f"<metadata>{metadata}</metadata>{items}</package>",
        )
        for name, body in chapters.items():
            if body is not None:
                archive.writestr(f"o/{name}.html", f"<html><body>{body}</body></html>")
    return packed.getvalue()


def _read(tmp_path: Path, data: bytes) -> tuple[list[Article], str]:
    """The articles, and what was not read."""
    path = tmp_path / "b.epub"
    path.write_bytes(data)
    reader, source = FileReader(), SourceFile("b.epub", path, len(data), path.stat().st_mtime_ns)
    try:
        articles = list(reader.read(source))
        message = "; ".join(part for article in articles for part in article.omitted)
    except ReadError as error:
        articles, message = list(error.articles), str(error)
    assert [reader.find(source, article.info.id) for article in articles] == articles
    return articles, message


def test_a_book_with_a_missing_chapter_is_read_without_it(tmp_path: Path) -> None:
    """The chapter is reported."""
    (book,), message = _read(tmp_path, _book("<dc:title>Port</dc:title>", {"a": QUAY, "x": None, "b": TRAM}))
    assert book.info.id == "b.epub"
    assert "six stops" in book.text
    assert message == "chapter o/x.html is missing"


def test_a_book_with_a_damaged_chapter_is_read_without_it(tmp_path: Path) -> None:
    """Its checksum is wrong, or it is encrypted."""
    data = _book("<dc:title>Port</dc:title>", {"a": QUAY, "b": TRAM}).replace(b"six stops", b"SIX stops")
    (book,), message = _read(tmp_path, data)
    assert "stops" not in book.text
    assert message == "chapter o/b.html is damaged or encrypted"
    encrypted = _book("", {"a": QUAY, "b": "\x01\x02\x03\x04" * 200})
    assert "encrypted" in _read(tmp_path, encrypted)[1]


def test_a_book_without_any_chapter_is_rejected(tmp_path: Path) -> None:
    """Nothing is indexed."""
    assert _read(tmp_path, _book("", {"x": None})) == ([], "The EPUB file is damaged or encrypted.")


def test_a_book_without_a_container_is_read(tmp_path: Path) -> None:
    """The package is found by its suffix."""
    (book,), _ = _read(tmp_path, _book("<dc:title>Port</dc:title>", {"a": QUAY}, container=""))
    assert book.info.title == "Port"


def test_the_date_of_publication_and_the_main_title_are_used(tmp_path: Path) -> None:
    """Not a later modification, nor the subtitle; illustrators are no authors."""
    metadata = (
        '<dc:title id="s">In ten maps</dc:title><meta refines="#s" property="title-type">subtitle</meta>'
        '<dc:title id="m">The Port</dc:title><meta refines="#m" property="title-type">main</meta>'
        '<dc:creator opf:role="ill">I. Llustrator</dc:creator>'
        '<dc:creator opf:role="aut">Jane Roe</dc:creator>'
        '<dc:creator opf:role="aut">A. Poe</dc:creator>'
        '<dc:date opf:event="modification">2023-11-20</dc:date>'
        '<dc:date opf:event="publication">1998-04-02</dc:date>'
    )
    (book,), _ = _read(tmp_path, _book(metadata, {"a": QUAY}))
    assert (book.info.title, book.info.author, book.info.published) == (
        "The Port",
        "Jane Roe, A. Poe",
        "1998-04-02",
    )


CALIBRE = (
    "<dc:title>Elsmere Courier [Sun, 03 May 2020]</dc:title><dc:creator>calibre</dc:creator>"
    "<dc:date>2020-05-03</dc:date>"
)
MAGAZINE = (
    "<dc:title>Elsmere Courier</dc:title>"
    '<meta name="calibre:publication_type" content="periodical:magazine"/>'
)
INDEX = (
    '<h1>Courier</h1><ul><li><a href="a.html">Quay</a> It opened.</li><li><a href="b.html">Tram</a></li></ul>'
)
BAR = '<div class="calibre_navbar"><a href="b.html">Next</a> | <a href="index.html">Main menu</a></div>'
SOURCE = (
    '<p>This article was downloaded by <b>calibre</b> from <a href="x">https://courier.example/quay</a></p>'
)


@pytest.mark.parametrize("metadata", [CALIBRE, MAGAZINE, "<dc:title>Elsmere Courier</dc:title>"])
def test_a_newspaper_becomes_one_article_per_piece(tmp_path: Path, metadata: str) -> None:
    """Each has its own title, author and URL; tables of contents and navigation are not read."""
    pieces: dict[str, str | None] = {
        "index": INDEX,
        "a": f"{BAR}<h1>Quay</h1><p>By Jane Roe</p><p>{PROSE}</p>",
        "a2": f"<p>It took 14 months.</p>{SOURCE}",
        "b": f"{BAR}<h1>Tram</h1><p>By A. Poe</p><p>The tram line has six stops and opened in May.</p>",
    }
    if metadata.startswith("<dc:title>Elsmere Courier</"):
        pieces["a"] = f"{pieces['a']}{pieces.pop('a2')}"
    (quay, tram), message = _read(tmp_path, _book(metadata, pieces))
    assert message == ""
    assert (quay.info.id, quay.info.title, quay.info.author) == ("b.epub#1", "Quay", "Jane Roe")
    assert (quay.body, quay.info.url) == (f"{PROSE}\nIt took 14 months.", "https://courier.example/quay")
    assert (tram.info.title, tram.info.author, tram.info.publisher) == ("Tram", "A. Poe", "Elsmere Courier")
    assert quay.info.published == ("2020-05-03" if "2020" in metadata else None)


def test_a_book_with_a_table_of_contents_stays_one_article(tmp_path: Path) -> None:
    """Chapters are not articles if they have no bylines."""
    (book,), _ = _read(tmp_path, _book("<dc:title>Port</dc:title>", {"index": INDEX, "a": QUAY, "b": TRAM}))
    assert "six stops" in book.text
    assert PROSE in book.text
