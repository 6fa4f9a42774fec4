"""Names of files as text and back."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.document.safe_open import on_disk, printable

_NAMES = st.binary(min_size=1, max_size=30).filter(lambda name: b"/" not in name and b"\0" not in name)


@given(_NAMES)
def test_every_name_can_be_written_down_and_found_again(name: bytes) -> None:
    """Names in UTF-8 are as they are; others come back from what is shown, if they hold no such escape."""
    shown = printable(os.fsdecode(name))
    shown.encode("utf-8")
    try:
        assert shown == name.decode("utf-8")
    except UnicodeDecodeError:
        assert b"\\x" in name or os.fsencode(on_disk(shown)) == name
