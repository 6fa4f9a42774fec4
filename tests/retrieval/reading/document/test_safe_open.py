"""File names as printable text and back."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.document.safe_open import name_on_disk, printable_name

_NAMES = st.binary(min_size=1, max_size=30).filter(lambda name: b"/" not in name and b"\0" not in name)


@given(_NAMES)
def test_file_names_round_trip(name: bytes) -> None:
    """UTF-8 names are unchanged; others can be restored, unless they already contain an escape."""
    shown = printable_name(os.fsdecode(name))
    shown.encode("utf-8")
    try:
        assert shown == name.decode("utf-8")
    except UnicodeDecodeError:
        assert b"\\x" in name or os.fsencode(name_on_disk(shown)) == name
