"""Fuzz tests of all readers with pieces of their format: repeated, nested, truncated, noisy, and long."""

from __future__ import annotations

import gzip
import random
import tempfile
from pathlib import Path

import pytest
from format_samples import PROSE, make_pdf
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from retrieval.article import Article
from retrieval.errors import ReadError
from retrieval.reading.file_reader import FileReader, SourceFile
from retrieval.reading.formats.registry import KIND_BY_SUFFIX, kind_of
from retrieval.splitting.passage_splitter import split

# No shrinking: for such long inputs it takes minutes, as hypothesis's tracer slows the readers down.
FUZZ = settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
_MAX_LENGTH = 120_000  # bytes: enough for quadratic time to exceed the test timeout
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
_RTF = [
    "{\\rtf1 ", "{", "}", "\\par ", "\\*", "\\u233 ", "\\'e9", "{\\footnote ", "\\cell ", "\\row ", "a ",
    "\\bin9 ", "\\",
    "{\\info{\\title a}}", "\\uc3 ", "{\\fonttbl{\\f0\\fcharset128 a;}}", "\\super ", "{\\pict ", "\\intbl ",
]
# fmt: on
PIECES = {
    ".txt": _TEXT,
    ".md": _TEXT + _MARKDOWN,
    ".html": _TEXT + _PAGE,
    ".mhtml": _LETTER + _PAGE,
    ".eml": _LETTER + _PAGE,
    ".mbox": [*_LETTER, "\nFrom a@b.c Sun May  3 18:00:00 2020\n", ">From ", "> a\n", "On 3 May a wrote:\n"],
    ".jsonl": _ROWS,
    ".json": _ROWS,
    ".csv": _TABLE,
    ".xml": _FEED + _PAGE,
    ".rtf": _RTF,
}


@st.composite
def contents(draw: st.DrawFn, pieces: list[str]) -> bytes:
    """Some pieces, each once or many times, in any order, and possibly noise."""
    parts: list[bytes] = []
    for _ in range(draw(st.integers(1, 8))):
        piece = draw(st.sampled_from(pieces)).encode("utf-8", "surrogatepass")
        repeats = draw(st.sampled_from([1, 1, 2, 300, _MAX_LENGTH]))
        parts.append(piece * min(repeats, _MAX_LENGTH // len(piece)))
    parts += [draw(st.binary(max_size=20))] if draw(st.booleans()) else []
    return b"".join(draw(st.permutations(parts)))[: 4 * _MAX_LENGTH]


def read(name: str, data: bytes) -> list[Article]:
    """The articles of a file with the given name and content; ReadError is accepted."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        status = path.stat()
        try:
            return FileReader().read(SourceFile(name, path, status.st_size, status.st_mtime_ns))
        except ReadError as error:
            return list(error.articles)


def check(articles: list[Article]) -> None:
    """Check that passages, sentences and dropped lines are exact spans of the text."""
    for article in articles:
        for passage in split(article):
            assert article.text[passage.start : passage.end] == passage.text
            assert all(passage.start <= first < last <= passage.end for first, last in passage.sentences)
        assert all(0 <= drop.start <= drop.end <= len(article.text) for drop in article.dropped)
        assert article.info.title


@pytest.mark.parametrize("suffix", PIECES)
@given(data=st.data())
@FUZZ
def test_any_file_is_read_or_rejected(suffix: str, data: st.DataObject) -> None:
    """Only ReadError is raised and nothing hangs, compressed or not."""
    content = data.draw(contents(PIECES[suffix]))
    check(read(f"a{suffix}", content))
    if len(content) < 1_000:
        compressed = gzip.compress(content)
        check(read(f"a{suffix}.gz", compressed[: data.draw(st.integers(1, len(compressed)))]))


@given(seed=st.integers(), cuts=st.integers(0, 40))
@FUZZ
def test_a_pdf_with_shuffled_objects_is_read_or_rejected(seed: int, cuts: int) -> None:
    """Objects are duplicated, lost or swapped; circular references do not hang."""
    generator = random.Random(seed)
    lines = make_pdf([[PROSE], [PROSE]]).split(b"\n")
    for _ in range(cuts):
        start = generator.randrange(len(lines))
        lines[start : start + generator.randrange(3)] = [generator.choice(lines)]
    check(read("a.pdf", b"\n".join(lines)))


@pytest.mark.parametrize("suffix", PIECES)
@pytest.mark.parametrize(
    "piece", ["a\n", " ", "A. ", '"', "<b>", "=?utf-8?q?a?= ", "{}\n", "[", "--b\n", ".\n", "a,"]
)
def test_a_long_file_of_one_repeated_piece_is_read_or_rejected(suffix: str, piece: str) -> None:
    """Half a megabyte of repetition, as a failed export can leave it."""
    data = (piece * (500_000 // len(piece))).encode()
    check(read(f"a{suffix}", b"Subject: x\n\n" + data if suffix in (".eml", ".mhtml") else data))
    if suffix == ".eml":
        check(read("a.eml", b"Subject: " + data.replace(b"\n", b" ") + b"\n\nText."))


def test_a_column_of_letters_is_read_as_one_text() -> None:
    """With more one-letter lines than any article has, nothing is dropped, and everything is indexed."""
    text = "".join(f"{number % 7}\n" for number in range(200_000))
    (article,) = read("a.txt", text.encode())
    assert article.text == text
    assert article.dropped == ()
    assert split(article)
    (row,) = read("a.jsonl", b'{"text": "' + text.replace("\n", "\\n").encode() + b'"}')
    assert row.text == text


def test_blank_lines_do_not_hide_an_article() -> None:
    """Regardless of their number."""
    text = "Quay opens in Elsmere\n" + "\n" * 200_000 + PROSE
    (article,) = read("a.txt", text.encode())
    assert article.info.title == "Quay opens in Elsmere"
    assert [passage.text for passage in split(article)] == [PROSE]


BINARY = {"PDF", "Word", "OpenDocument", "PowerPoint", "EPUB", "ZIP"}


def test_every_kind_of_file_is_fuzzed() -> None:
    """New kinds must be added here; binary formats are damaged in test_formats.py."""
    kinds = {kind_of(f"a{suffix}") for suffix in PIECES} | BINARY
    assert kinds == set(KIND_BY_SUFFIX.values())
