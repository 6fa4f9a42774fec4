"""Reading of dumps in JSON Lines."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.document.document import Document
from retrieval.reading.formats.json_lines import (
    BadRow,
    read_json_lines,
    read_json_row,
    row_document,
    row_id,
    scan_rows,
)


def _write(path: Path, *rows: object) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_row_is_an_article_with_unmodified_text() -> None:
    """A first line that repeats the title is dropped, but stays in the text."""
    row = {
        "id": 7,
        "title": "Quay",
        "text": "Quay\r\n\nOpen. \x00 ",
        "date": "2020-05-03",
        "source": "C",
        "author": None,
    }
    document = row_document(row)
    assert isinstance(document, Document)
    assert (row_id(row), document.text, document.metadata.publisher) == ("7", row["text"], "C")
    assert [(drop.line, drop.reason) for drop in document.dropped] == [(1, "title")]


def test_valid_rows_are_read_despite_invalid_ones(tmp_path: Path) -> None:
    """Each invalid row is reported with its line; the others are articles."""
    path = _write(
        tmp_path / "a.jsonl", {"id": "a", "text": "One."}, "{broken", [1], {"id": "b"}, {"text": "Two."}
    )
    with path.open("rb") as file:
        results = list(read_json_lines(file))
    assert [(bad.location, bad.reason) for bad in results if isinstance(bad, BadRow)] == [
        ("line 2", "it is not valid JSON"),
        ("line 3", "it is not a JSON object"),
        ("line 4", "it has no text; its fields are id"),
    ]
    assert [result[0].id for result in results if not isinstance(result, BadRow)] == ["a", None]


def test_a_row_is_read_by_its_offset(tmp_path: Path) -> None:
    """Offsets are bytes of the file, so a single row of a large dump can be read alone."""
    path = _write(
        tmp_path / "a.jsonl", {"id": "ä", "text": "“One.”"}, {"title": "x", "id": "b", "text": "Two."}
    )
    data = path.read_bytes()
    rows = list(scan_rows(BytesIO(data)))
    assert [row.id for row in rows] == ["ä", "b"]
    documents = [read_json_row(data[row.offset : row.offset + row.length], row) for row in rows]
    texts = [document.text for document in documents if document]
    assert texts == ["“One.”", "Two."]


def test_a_lone_surrogate_becomes_one_replacement_character() -> None:
    """No file or database can store surrogates; offsets are unchanged."""
    document = row_document(json.loads('{"text": "a\\ud800b"}'))
    assert isinstance(document, Document)
    assert document.text == "a\ufffdb"


_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["id", "text", "title", "date", "author", "url"]), _VALUES))
def test_any_row_is_an_article_or_has_a_reason(row: dict[str, object]) -> None:
    """Fields of any type are used or ignored; none raises an error."""
    document = row_document(row)
    assert document if isinstance(document, str) else document.text
