"""Sketches estimate what share of one text another holds."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from retrieval.similarity.shingles import contained, sketch

WORDS = [f"word{number}" for number in range(3_000)]


def prose(words: int, seed: int) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


@given(st.text(), st.text())
def test_a_text_is_wholly_in_what_holds_it(one: str, other: str) -> None:
    """However it is continued, in upper case or lower, each sampled run of words is found again."""
    ours = sketch(f"{one}\n")
    assert contained(ours, sketch(f"{one}\n{other}")) in (0.0, 1.0) or len(one.split()) < 5
    assert (ours == sketch(f"  {one} ")).all()


def test_the_share_is_estimated_without_bias() -> None:
    """Half of a text is some half of it; a text of other words has nothing of it."""
    for seed in range(5):
        text = prose(2_000, seed)
        half = " ".join(text.split()[:1_000])
        assert 0.4 < contained(sketch(text), sketch(half + " " + prose(1_000, seed + 100))) < 0.6
        assert contained(sketch(text), sketch(prose(2_000, seed + 200))) == 0


def test_marks_and_capitals_do_not_matter() -> None:
    """The same words in other typography have the same sketch; nothing has an empty one."""
    text = prose(300, 1)
    assert (sketch(text) == sketch(text.upper().replace(" ", ", "))).all()
    assert len(sketch("")) == 0
    assert contained(sketch(""), sketch(text)) == 0
