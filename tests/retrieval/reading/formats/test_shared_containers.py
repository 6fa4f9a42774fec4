"""The troublesome emails, dumps and books in the shared folder, where it is present."""

from __future__ import annotations

from pathlib import Path

import pytest
from repository import SHARED

from retrieval.article import Article
from retrieval.reading.corpus import Corpus

CASES = SHARED / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"needs the shared cases in {CASES}")


def _read(path: str) -> list[Article]:
    corpus = Corpus([CASES / path])
    return corpus.read(corpus.scan().files[0])


@pytest.mark.parametrize(
    "path", sorted(CASES.glob("11-json-shapes/*.json*")), ids=lambda path: str(path.name)
)
def test_every_json_shape_is_read(path: Path) -> None:
    """With its title and text, and without a missing author."""
    article = _read(str(path.relative_to(CASES)))[0]
    assert article.info.title.startswith("Harbour bridge opens")
    assert "48 million crowns" in article.body
    assert "<" not in article.body
    assert article.info.author in (None, "Mara Quill", "mquill")


@pytest.mark.parametrize(
    ("path", "facts"),
    [
        ("07-mail-later-parts-lost/apple.eml", ["The harbour bridge", "the last ferry was sold"]),
        ("07-mail-later-parts-lost/fwd.eml", ["See below.", "Ada Fenwick", "cost 48 million crowns"]),
        ("10-json-html-in-text/htmlbody.jsonl", ["cost 48 million crowns & carries", "- Two tracks"]),
        ("22-epub/missing.epub", ["The bridge", "The tram line has six stops"]),
        ("26-txt-encoding/pl.txt", ["powiedział w poniedziałek, że most"]),
    ],
)
def test_nothing_is_lost(path: str, facts: list[str]) -> None:
    """Each fact is in the indexed text."""
    (article,) = _read(path)
    assert all(fact in article.body for fact in facts)


def test_metadata_and_quoted_history() -> None:
    """Of a reply, TOML front matter, a GB2312 header, and books."""
    (reply,) = _read("06-reply-quotes/reply.eml")
    assert "bribe" not in reply.body
    assert "wrote:" not in reply.body
    (toml,) = _read("19-front-matter-toml/toml.md")
    assert (toml.info.title, toml.info.date) == ("Harbour bridge", "2024-03-04")
    assert _read("26-txt-encoding/gb.eml")[0].info.author == "陶镕"
    (book,) = _read("22-epub/authors.epub")
    assert (book.info.title, book.info.author) == ("The Port of Ellim", "Mara Quill, Jon Ashby")
    assert _read("22-epub/mod.epub")[0].info.date == "1998-04-02"
    pieces = _read("22-epub/calnews.epub")
    assert [(piece.info.title, piece.info.author) for piece in pieces] == [
        ("Harbour bridge opens", "Mara Quill"),
        ("Tram delayed", "Jon Ashby"),
    ]
