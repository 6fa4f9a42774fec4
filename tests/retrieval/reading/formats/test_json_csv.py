"""Reading of JSON of many shapes, by streaming, and of tables."""

from __future__ import annotations

import json
import tracemalloc
from io import BytesIO
from pathlib import Path

import pytest
from format_samples import PROSE

from retrieval.errors import ReadError
from retrieval.reading.corpus import Corpus
from retrieval.reading.document.document import Document
from retrieval.reading.formats import json_csv
from retrieval.reading.formats.json_csv import read_csv, read_json
from retrieval.reading.formats.json_lines import BadRow

MORE = "It took 14 months."
TEXT = f"{PROSE}\n\n{MORE}"
HTML = f"<p>{PROSE}</p>\n<p>It took <b>14</b> months.</p>"
META = {"title": "Quay", "date": "2020-05-03"}


def _read(value: object) -> list[Document]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return [result[1] for result in read_json(BytesIO(data)) if not isinstance(result, BadRow)]


SHAPES: dict[str, object] = {
    "html": {**META, "content": HTML},
    "escaped html": {**META, "content": HTML.replace("<", "&lt;").replace(">", "&gt;")},
    "wordpress": [{"id": 1, "date": "2020-05-03T09:00:00", "title": {"rendered": "Quay"}, "author": 5,
                   "content": {"rendered": HTML}, "excerpt": {"rendered": "<p>Open.</p>"}}],
    "guardian": {"response": {"status": "ok", "results": [
        {"id": "a", "webTitle": "Quay", "webPublicationDate": "2020-05-03T09:00:00Z",
         "fields": {"bodyText": TEXT, "trailText": "Open."}}]}},
    "json feed": {"version": "https://jsonfeed.org/version/1", "title": "The Courier", "description": "News",
                  "items": [{"title": "Quay", "content_html": HTML, "date_published": "2020-05-03"}]},
    "langchain": {"page_content": TEXT, "metadata": {"source": "https://a.example/b", **META}},
    "langchain constructor": {"lc": 1, "id": ["x"], "kwargs": {"page_content": TEXT, "metadata": META}},
    "elasticsearch": {"hits": {"hits": [{"_id": "a", "_source": {**META, "body": TEXT}}]}},
    "reddit": {"kind": "Listing", "data": {"children": [
        {"kind": "t3", "data": {"title": "Quay", "selftext": TEXT, "created_utc": 1588521600.0}}]}},
    "paragraphs": {"articles": [{**META, "paragraphs": [PROSE, MORE]}]},
    "blocks": {**META, "blocks": [{"type": "paragraph", "data": {"text": PROSE}}, {"data": {"text": MORE}}]},
    "spans": {**META, "body": [{"children": [{"text": PROSE[:9]}, {"text": PROSE[9:]}]}, {"text": MORE}]},
    "nested": {"data": {"total": 1, "articles": [{**META, "text": TEXT}]}},
    "page of results": {"content": [{**META, "text": TEXT}], "totalPages": 1},
    "by id": {"x": {**META, "text": TEXT}},
    "columns": {"title": {"0": "Quay"}, "text": {"0": TEXT}, "date": {"0": "2020-05-03"}},
    "split table": {"columns": ["title", "text", "date"], "data": [["Quay", TEXT, "2020-05-03"]]},
    "excerpt beside the text": {**META, "text": PROSE[:40], "full_text": TEXT},
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_articles_are_found_in_every_shape(name: str) -> None:
    """As APIs, exports and libraries write them; HTML is read as HTML."""
    (document,) = _read(SHAPES[name])
    assert document.text == TEXT
    assert (document.metadata.title, (document.metadata.published or "")[:10]) == ("Quay", "2020-05-03")
    assert document.metadata.author is None


def test_a_list_of_strings_is_one_article() -> None:
    """They are its paragraphs."""
    (document,) = _read([PROSE, MORE])
    assert document.text == TEXT


def test_rows_of_data_sets_are_read() -> None:
    """The context of a question is read rather than its answer; bulk requests have lines without text."""
    (squad,) = _read(
        {"data": [{"paragraphs": [{"context": PROSE, "qas": [{"question": "A?", "answer": "B"}]}]}]}
    )
    assert squad.text == PROSE
    (bulk,) = _read(b'{"index": {"_id": "1"}}\n{"title": "Quay", "text": "It is open."}\n')
    assert bulk.text == "It is open."


def test_details_of_the_shapes() -> None:
    """Publisher, URL and entities come from the place where each shape keeps them."""
    (feed,) = _read(SHAPES["json feed"])
    assert feed.metadata.publisher == "The Courier"
    (chain,) = _read(SHAPES["langchain"])
    assert (chain.metadata.url, chain.metadata.publisher) == ("https://a.example/b", None)
    (post,) = _read([{"title": {"rendered": "&#8220;Quay&#8221; &amp; wall"}, "content": {"rendered": HTML}}])
    assert post.metadata.title == "“Quay” & wall"
    (thread,) = _read({"title": "Quay", "selftext": TEXT, "permalink": "/r/elsmere/1"})
    assert thread.metadata.url == "https://www.reddit.com/r/elsmere/1"


def test_missing_values_of_pandas_are_missing() -> None:
    """NaN is not a name, whether as a number or as text."""
    data = b'[{"title": "Quay", "text": "It is open.", "author": NaN, "source": "nan", "date": NaN}]'
    (document,) = _read(data)
    assert (document.metadata.author, document.metadata.publisher, document.metadata.published) == (None,) * 3


def test_all_lists_of_articles_are_read_but_no_comments() -> None:
    """Sections of a newspaper are lists beside one another."""
    rows = {"world": [{"text": "One."}], "local": [{"text": "Two."}, {"text": "Three."}]}
    value = {**rows, "comments": [{"text": "Nonsense."}], "authors": [{"name": "Jane Roe"}]}
    assert [document.text for document in _read(value)] == ["One.", "Two.", "Three."]


def test_only_published_posts_are_read() -> None:
    """Drafts and private posts in an export were never public; the status of a law case is something else."""
    posts = [
        {"slug": "a", "status": status, "content": "Text."} for status in ("publish", "draft", "private")
    ]
    results = list(
        read_json(BytesIO(json.dumps([*posts, {"status": "pending", "text": "A case."}]).encode()))
    )
    assert [result.reason for result in results if isinstance(result, BadRow)] == [
        "it is not published (status: draft)",
        "it is not published (status: private)",
    ]
    assert len(results) == 4


@pytest.mark.parametrize(
    "data",
    [
        b'{"text": "One."}\n{"text": "Two."}\n',
        b'{\n "text": "One."\n}\n{\n "text": "Two."\n}',
        b'[{"text": "One."},\n{"text": "Two."},]',
        b'\xef\xbb\xbf[{"text": "One."}, {"text": "Two."}]',
        '[{"text": "One."}, {"text": "Two."}]'.encode("utf-16"),
    ],
)
def test_several_values_in_one_file_are_read(data: bytes) -> None:
    """JSON Lines in a .json file, appended objects, a trailing comma, byte order marks."""
    assert [document.text for document in _read(data)] == ["One.", "Two."]


def test_an_error_names_the_fields() -> None:
    """So that the user sees what the file has instead of text."""
    with pytest.raises(ReadError, match=r"no articles; its fields are id, content\.url\."):
        _read({"id": 1, "content": {"url": "x"}})
    bad, _ = read_json(BytesIO(b'[{"id": 1}, {"id": 2}]'))
    assert bad == BadRow("article 1", "it has no text; its fields are id")


def test_articles_before_invalid_json_are_kept() -> None:
    """A truncated download still has most of its articles."""
    first, bad = read_json(BytesIO(b'[{"text": "One."}, {"text": "Tw'))
    assert not isinstance(first, BadRow)
    assert bad == BadRow("article 2", "from here on, the file is not valid JSON")


@pytest.mark.parametrize(
    "wrapper", [b"[%s]", b'{"meta": {"n": [1]}, "data": {"items": [%s]}, "tags": [{"a": 1}]}']
)
def test_memory_does_not_grow_with_the_file(wrapper: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are parsed one at a time, also those of a list inside an object that is too large to parse."""
    monkeypatch.setattr(json_csv, "_MAX_OBJECT_LENGTH", 2**16)
    row = json.dumps({"title": "Quay", "text": f"é{PROSE}" * 200}).encode()
    data = wrapper % b",\n".join([row] * 1_000)
    tracemalloc.start()
    count = sum(not isinstance(result, BadRow) for result in read_json(BytesIO(data)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 1_000
    assert len(data) > 18e6
    assert peak < 12e6


def test_rows_are_found_by_their_offset(tmp_path: Path) -> None:
    """A single row of a large list is read alone; nested rows are found as well."""
    rows = [{"id": f"ä{number}", "text": f"{number} {PROSE}"} for number in range(3)]
    (tmp_path / "a.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps({"items": rows[:2]}).replace("u00e4", "u00f6"))
    (tmp_path / "c.jsonl").write_text(json.dumps({"items": [{"id": "c", "text": "In a line."}]}))
    corpus = Corpus([tmp_path])
    articles = [article for source in corpus.scan().files for article in corpus.read(source)]
    assert [article.info.id for article in articles] == ["ä0", "ä1", "ä2", "ö0", "ö1", "c"]
    for reader in (corpus, Corpus([tmp_path])):
        assert [reader.find(article.info) for article in articles] == articles


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", "#"])
def test_a_table_with_any_delimiter_is_read(delimiter: str) -> None:
    """The delimiter is the one that gives known columns, even if another is more frequent."""
    header = delimiter.join(["id", "title", "text", "a;b|c,d;e"]) if delimiter == "#" else None
    lines = [
        header or delimiter.join(["id", "title", "text"]),
        delimiter.join(["1", "Quay", '"One; two, three | 4."']),
    ]
    ((_, document),) = [
        result for result in read_csv("\r\n".join(lines).encode()) if not isinstance(result, BadRow)
    ]
    assert (document.text, document.metadata.title) == ("One; two, three | 4.", "Quay")


def test_a_table_of_questions_and_answers_is_read() -> None:
    """The question is the title and the start of the text."""
    ((_, document),) = [
        r for r in read_csv(b"question;answer\nWhen?;On Sunday.\n") if not isinstance(r, BadRow)
    ]
    assert (document.text, document.metadata.title) == ("When?\n\nOn Sunday.", "When?")


def test_details_of_tables() -> None:
    """Excel's "sep=" line, quotes escaped by backslashes, HTML cells, other languages, and cells too many."""
    (first,) = [r for r in read_csv(b'sep=^\ntitle^text\nA^"One, two."\n') if not isinstance(r, BadRow)]
    assert first[1].text == "One, two."
    (second,) = [
        r for r in read_csv(b'title,text\nA,"He said \\"no\\", twice."\n') if not isinstance(r, BadRow)
    ]
    assert second[1].text == 'He said "no", twice.'
    (third,) = [r for r in read_csv(b"Titel;Inhalt\nA;<p>Ein.</p><p>Zwei.</p>") if not isinstance(r, BadRow)]
    assert (third[1].text, third[1].metadata.title) == ("Ein.\n\nZwei.", "A")
    assert list(read_csv(b"title,text\nA,One, two.\n")) == [
        BadRow("row 2", "it has more cells than the table has columns")
    ]
    (fifth,) = [r for r in read_csv("title,text\nA,One\u2028two.\n".encode()) if not isinstance(r, BadRow)]
    assert fifth[1].text == "One\u2028two."
