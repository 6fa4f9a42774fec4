"""Parsing of JSON value by value."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.document import json_stream
from retrieval.reading.document.json_stream import JsonInvalid, JsonStream

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_CHUNK_BYTES", 7)


@given(st.lists(_VALUES, min_size=1, max_size=4), st.booleans(), st.sampled_from(["\n", " ", "\x1e"]))
def test_values_and_their_offsets_are_exact(values: list[object], is_ascii: bool, gap: str) -> None:
    """Wherever the file is cut into chunks."""
    data = gap.join(json.dumps(value, ensure_ascii=is_ascii) for value in values).encode("utf-8", "replace")
    values = [json.loads(json.dumps(value).encode()) for value in values]
    stream = JsonStream(BytesIO(data))
    for value in values:
        found = stream.value(10_000)
        assert found is not None
        assert json.loads(data[found.offset : found.offset + found.length]) == found.value
        if is_ascii:
            assert found.value == value
    assert stream.peek() == ""


def test_a_value_that_is_too_long_is_left_for_its_members() -> None:
    """The position does not change."""
    stream = JsonStream(BytesIO(b'{"a": ' + b"1" * 100 + b"}"))
    assert stream.value(50) is None
    assert stream.skip("{")
    name = stream.value(50)
    assert name is not None
    assert name.value == "a"


@pytest.mark.parametrize("data", [b"{", b'{"a" 1}', b"[" * 100_000, b"nope", b'"a', b"1" * 5_000, b'"\\x"'])
def test_invalid_json_is_rejected(data: bytes) -> None:
    """At its first error, or at the end of the file."""
    with pytest.raises(JsonInvalid):
        JsonStream(BytesIO(data)).value(10**6)


def test_a_stray_byte_is_read_as_windows_1252() -> None:
    """As in other text files; offsets stay bytes of the file."""
    text = "naïve – ok – ñandú über alles"
    data = b"\xef\xbb\xbf" + f'"{text} '.encode() + b'\x92" 2'
    stream = JsonStream(BytesIO(data))
    first, second = stream.value(100), stream.value(100)
    assert first is not None
    assert second is not None
    assert (first.value, first.offset, first.length) == (f"{text} ’", 3, len(data) - 5)
    assert (second.value, second.offset) == (2, len(data) - 1)
