"""Equal words in different encodings."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text_analysis import stems
from retrieval.text_normalization import normalize_with_offsets, normalized


@pytest.mark.parametrize(
    ("other", "plain"),
    [
        ("Zu\u0308rich", "Zürich"),
        ("\ufb01nance o\ufb03ce", "finance office"),
        ("ＮＯＴ　４８", "NOT　48"),
        ("in\u00advisible\u200b", "invisible"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("\u1112\u1161\u11ab", "한"),
        ("48³ million", "48  million"),
        ("6 km²", "6 km²"),
        ("1½", "1½"),
    ],
)
def test_the_spellings_are_equal(other: str, plain: str) -> None:
    """Decomposed, joined, wide and narrow letters; a raised digit is not part of the number before it."""
    assert normalized(other) == plain
    assert stems(other) == stems(plain)


@given(st.text(alphabet="aé\u0301\u0323 ﬁＡ４８³\u00adｶﾞ한\u1112\u1161", max_size=60))
def test_offsets_lead_to_the_original(text: str) -> None:
    """Every character comes from a span of the text, in order; a second time nothing changes."""
    plain = normalize_with_offsets(text)
    assert plain.text == normalized(text)
    assert len(plain.text) == len(plain.starts) == len(plain.ends)
    assert list(plain.starts) == sorted(plain.starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(plain.starts, plain.ends, strict=True))


def test_a_long_run_of_marks_is_fast() -> None:
    """Unicode's own algorithm takes quadratic time (a hang fails by timeout)."""
    assert normalized("e" + "\u0301\u0323" * 200_000)


def test_common_forms_are_equal() -> None:
    """NFC, NFD, NFKC and NFKD of words of several languages."""
    for word in ("Zürich", "café", "Đà Nẵng", "ガイド", "한국어", "Ελλάδα", "йод"):
        forms = {normalized(unicodedata.normalize(form, word)) for form in ("NFC", "NFD", "NFKC", "NFKD")}
        assert len(forms) == 1
