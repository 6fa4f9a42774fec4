"""Sketches estimate the share of one text that another contains."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from retrieval.similarity.shingles import containment, sketch

WORDS = [f"word{number}" for number in range(3_000)]


def prose(words: int, seed: int) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


@given(st.text(), st.text())
def test_a_text_is_fully_contained_in_its_continuations(one: str, other: str) -> None:
    """Whatever follows it, each sampled shingle is found again."""
    text_sketch = sketch(f"{one}\n")
    assert containment(text_sketch, sketch(f"{one}\n{other}")) in (0.0, 1.0) or len(one.split()) < 5
    assert (text_sketch == sketch(f"  {one} ")).all()


def test_the_share_is_estimated_without_bias() -> None:
    """Half of a text is estimated as about half; unrelated texts as 0."""
    for seed in range(5):
        text = prose(2_000, seed)
        half = " ".join(text.split()[:1_000])
        assert 0.4 < containment(sketch(text), sketch(half + " " + prose(1_000, seed + 100))) < 0.6
        assert containment(sketch(text), sketch(prose(2_000, seed + 200))) == 0


def test_punctuation_and_case_are_ignored() -> None:
    """The same words have the same sketch; an empty text has an empty one."""
    text = prose(300, 1)
    assert (sketch(text) == sketch(text.upper().replace(" ", ", "))).all()
    assert len(sketch("")) == 0
    assert containment(sketch(""), sketch(text)) == 0
