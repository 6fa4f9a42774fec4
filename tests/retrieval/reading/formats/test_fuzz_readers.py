"""Every reader, fed with pieces of its own format: repeated, nested, cut, mixed with noise, and long."""

from __future__ import annotations

import gzip
import random
import tempfile
from pathlib import Path

import pytest
from format_samples import PROSE, pdf_of
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from retrieval.article import Article
from retrieval.errors import ReadError
from retrieval.reading.file_reader import FileReader, SourceFile
from retrieval.reading.formats.registry import kind_of
from retrieval.splitting.passage_splitter import split

# Shrinking what is so long takes minutes, and under hypothesis's tracer each line of a reader takes long.
FUZZ = settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
_LONGEST = 120_000  # bytes: what takes the square of the time takes minutes, and the suite has a limit
# fmt: off
_TEXT = [
    "a\n", "\n", " ", "\t\n", "word ", f"{PROSE}\n", '"', ".", ". ", "Mr. ", "A. ", "12 ", "- ", "\r", "\0",
    "|", "By Jane Roe\n", "March 3, 2021 ", "© 2020 The Courier\n", "_", "漢。", "e\u0301", "\u202e",
    "👩\u200d👦",
]
_MARKDOWN = [
    "# a\n", "#", "---\n", "a: b\n", "[", "](", "*", "`", ">", "| a ", "&a ", "*a ", "{", "<!--", "```\n",
]
_PAGE = [
    "<div>", "</div>", "<p>", "<b>", "<br>", "<table>", "<tr>", "<td>", "<", "&", "<!--", "<script>", "]]>",
    "[", "<html><body>", '<script type="application/ld+json">', '{"a":', "<li>", "<h1>", "&#0;", "<svg>",
]
_LETTER = [
    "Subject: ", "a", "\n", "\n\n", "=?utf-8?q?a?= ", "Content-Type: text/html\n", "--b\n", "=20", "a@b.c, ",
    "Content-Type: multipart/mixed; boundary=b\n\n", "From: ", "Date: ", "<", "(", "a=b; ", "Content-Type: ",
]
_ROWS = [
    "[", "]", "{", "}", '"text": ', '"a"', ",", ":", '{"text": "a b"}', "\n", "1e999", "NaN", "\\u",
    '"id": 1',
]
_TABLE = ["text", ",", '"', "\n", "a", ";", "\t", '""', "title,text\n", "a,b\n"]
_FEED = [
    "<rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<description>", "a", "<![CDATA[",
    "]]>", "<feed>", "<entry>", "&a;", '<!DOCTYPE a [<!ENTITY a "&a;&a;">]>', '<?xml version="1.0"?>',
    "&lt;p&gt;",
]
# fmt: on
PIECES = {
    ".txt": _TEXT,
    ".md": _TEXT + _MARKDOWN,
    ".html": _TEXT + _PAGE,
    ".mhtml": _LETTER + _PAGE,
    ".eml": _LETTER + _PAGE,
    ".jsonl": _ROWS,
    ".json": _ROWS,
    ".csv": _TABLE,
    ".xml": _FEED + _PAGE,
}


@st.composite
def contents(draw: st.DrawFn, pieces: list[str]) -> bytes:
    """Some pieces, each once or very often, and perhaps noise amid them."""
    parts: list[bytes] = []
    for _ in range(draw(st.integers(1, 8))):
        piece = draw(st.sampled_from(pieces)).encode("utf-8", "surrogatepass")
        often = draw(st.sampled_from([1, 1, 2, 300, _LONGEST]))
        parts.append(piece * min(often, _LONGEST // len(piece)))
    parts += [draw(st.binary(max_size=20))] if draw(st.booleans()) else []
    return b"".join(draw(st.permutations(parts)))[: 4 * _LONGEST]


def read(name: str, data: bytes) -> list[Article]:
    """The articles of a file of that name; the package's own error is as good as none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        status = path.stat()
        try:
            return FileReader().read(SourceFile(name, path, status.st_size, status.st_mtime_ns))
        except ReadError as error:
            return list(error.articles)


def check(articles: list[Article]) -> None:
    """What is read can be cited: passages and what is dropped are exact stretches of the text."""
    for article in articles:
        for passage in split(article):
            assert article.text[passage.start : passage.end] == passage.text
            assert all(passage.start <= first < last <= passage.end for first, last in passage.sentences)
        assert all(0 <= drop.start <= drop.end <= len(article.text) for drop in article.dropped)
        assert article.info.title


@pytest.mark.parametrize("suffix", PIECES)
@given(data=st.data())
@FUZZ
def test_whatever_a_file_holds_it_is_read_or_refused(suffix: str, data: st.DataObject) -> None:
    """No exception but the package's own, no hang, packed or not."""
    whole = data.draw(contents(PIECES[suffix]))
    check(read(f"a{suffix}", whole))
    if len(whole) < 1_000:
        packed = gzip.compress(whole)
        check(read(f"a{suffix}.gz", packed[: data.draw(st.integers(1, len(packed)))]))


@given(seed=st.integers(), cuts=st.integers(0, 40))
@FUZZ
def test_a_pdf_with_its_parts_in_any_order_is_read_or_refused(seed: int, cuts: int) -> None:
    """Objects doubled, lost and exchanged: what refers to itself ends too."""
    chance = random.Random(seed)
    lines = pdf_of([[PROSE], [PROSE]]).split(b"\n")
    for _ in range(cuts):
        at = chance.randrange(len(lines))
        lines[at : at + chance.randrange(3)] = [chance.choice(lines)]
    check(read("a.pdf", b"\n".join(lines)))


@pytest.mark.parametrize("suffix", PIECES)
@pytest.mark.parametrize(
    "piece", ["a\n", " ", "A. ", '"', "<b>", "=?utf-8?q?a?= ", "{}\n", "[", "--b\n", ".\n", "a,"]
)
def test_a_long_file_of_one_piece_is_read_or_refused(suffix: str, piece: str) -> None:
    """Half a megabyte of the same, as a broken export leaves it."""
    data = (piece * (500_000 // len(piece))).encode()
    check(read(f"a{suffix}", b"Subject: x\n\n" + data if suffix in (".eml", ".mhtml") else data))
    if suffix == ".eml":
        check(read("a.eml", b"Subject: " + data.replace(b"\n", b" ") + b"\n\nText."))


def test_a_column_of_letters_is_read_as_one_text() -> None:
    """More lines than any article has, of a letter each: nothing is dropped, all is indexed as it stands."""
    text = "".join(f"{number % 7}\n" for number in range(200_000))
    (article,) = read("a.txt", text.encode())
    assert article.text == text
    assert article.dropped == ()
    assert split(article)
    (row,) = read("a.jsonl", b'{"text": "' + text.replace("\n", "\\n").encode() + b'"}')
    assert row.text == text


def test_blank_lines_do_not_hide_an_article() -> None:
    """However many they are."""
    text = "Quay opens in Elsmere\n" + "\n" * 200_000 + PROSE
    (article,) = read("a.txt", text.encode())
    assert article.info.title == "Quay opens in Elsmere"
    assert [passage.text for passage in split(article)] == [PROSE]


def test_every_kind_of_text_is_fuzzed() -> None:
    """A kind that is added is to be added here; packed formats are mangled in test_formats.py."""
    kinds = {kind_of(f"a{suffix}") for suffix in PIECES} | {"PDF", "Word", "book"}
    from retrieval.reading.formats.registry import _KINDS

    assert kinds == set(_KINDS.values())
