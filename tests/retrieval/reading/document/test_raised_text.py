"""Raised text: footnote marks are left out; powers, ordinals and fractions stay."""

from __future__ import annotations

import pytest

from retrieval.reading.document.raised_text import join_raised


@pytest.mark.parametrize(
    ("before", "raised", "after", "joined"),
    [
        ("cost 48", "3", " million", "cost 48 million"),
        ("cost 48", "3, 4", " million", "cost 48 million"),
        ("cost 48", "1–3", " million", "cost 48 million"),
        ("cost 48", "*", " million", "cost 48 million"),
        ("cost 48", "b", " million", "cost 48 million"),
        ("the works", "12", ".", "the works."),
        ("cost 48", "[3]", " million", "cost 48[3] million"),
        ("6 km", "2", " of sea", "6 km2 of sea"),
        ("6 m", "3", "", "6 m3"),
        ("for them", "2", " all", "for them all"),
        ("the 21", "st", " century", "the 21st century"),
        ("le 1", "er", " mars", "le 1er mars"),
        ("la 3", "a", " vez", "la 3a vez"),
        ("3 × 10", "8", " m", "3 × 10^8 m"),
        ("some 10", "8", " members", "some 10 members"),
        ("about 10", "−6", " of it", "about 10^−6 of it"),
        ("48", "1", "/2 cents", "48 1/2 cents"),
        ("", "3", " Audit office.", "3 Audit office."),
        ("dated by ", "14", "C in bones", "dated by 14C in bones"),
        ("the value of R", "2", " is", "the value of R2 is"),
    ],
)
def test_raised_text(before: str, raised: str, after: str, joined: str) -> None:
    """Between the text before and after it."""
    assert join_raised([(before, False), (raised, True), (after, False)]) == joined


def test_a_mark_can_be_split_into_pieces() -> None:
    """Editors split runs anywhere."""
    assert join_raised([("90", False), ("1", True), ("2", True), (" cars", False)]) == "90 cars"
