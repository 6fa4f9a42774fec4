"""Dumps of articles."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.formats.json_lines import (
    BadRow,
    read_row_at,
    read_rows,
    row_document,
    row_id,
    scan_rows,
)


def _write(path: Path, *rows: object) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_row_is_an_article_with_its_text_untouched() -> None:
    """The text is exactly the row's; a first line that repeats the title is not indexed."""
    row = {
        "id": 7,
        "title": "Quay",
        "text": "Quay\r\n\nOpen. \x00 ",
        "date": "2020-05-03",
        "source": "C",
        "author": None,
    }
    document = row_document(row)
    assert document is not None
    assert (row_id(row), document.text, document.facts.publisher) == ("7", row["text"], "C")
    assert [(drop.line, drop.reason) for drop in document.dropped] == [(1, "title")]


def test_good_rows_are_read_beside_bad_ones(tmp_path: Path) -> None:
    """Each broken row is named by its line; the others are articles."""
    path = _write(
        tmp_path / "a.jsonl", {"id": "a", "text": "One."}, "{broken", [1], {"id": "b"}, {"text": "Two."}
    )
    found = list(read_rows(path))
    assert [(bad.place, bad.reason) for bad in found if isinstance(bad, BadRow)] == [
        ("line 2", "it is not valid JSON"),
        ("line 3", "it is not a JSON object"),
        ("line 4", "it has no text"),
    ]
    assert [each[0].id for each in found if not isinstance(each, BadRow)] == ["a", None]


def test_a_row_is_found_at_its_place_again(tmp_path: Path) -> None:
    """Places are bytes of the file, so that a row of a large dump is read alone."""
    path = _write(
        tmp_path / "a.jsonl", {"id": "ä", "text": "“One.”"}, {"title": "x", "id": "b", "text": "Two."}
    )
    rows = list(scan_rows(path))
    assert [row.id for row in rows] == ["ä", "b"]
    texts = [document.text for row in rows if (document := read_row_at(path, row))]
    assert texts == ["“One.”", "Two."]


def test_a_lone_surrogate_becomes_one_other_character() -> None:
    """No file or database can hold it; the offsets after it stay."""
    document = row_document(json.loads('{"text": "a\\ud800b"}'))
    assert document is not None
    assert document.text == "a\ufffdb"


_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["id", "text", "title", "date", "author", "url"]), _VALUES))
def test_any_row_is_an_article_or_none(row: dict[str, object]) -> None:
    """Fields of any type are taken or left, never an error."""
    document = row_document(row)
    assert document is None or document.text
