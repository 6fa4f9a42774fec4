"""Correction of typos in questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.typos import SpellingCorrection, correct_typos, edit_distance, is_typo

FOUND = (
    "The council of Larkhaven banned drones.",
    "Larkhaven is a harbour. The harbour of Larkhaven is old.",
)
LETTERS = st.text("abcdefgh", max_size=8)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Larkhavn", "Larkhaven"),
        ("Larkhavne", "Larkhaven"),
        ("larkhaven's", "larkhaven's"),
        ("Lrakahven", "Larkhaven"),
    ],
)
def test_a_typo_is_corrected_from_the_texts(typed: str, meant: str) -> None:
    """A letter omitted, swapped or doubled, and two typos in a long word."""
    known = {"larkhaven"}
    correction = correct_typos(
        f"Who sits on the council of {typed}?", FOUND, lambda word: word.lower() not in known | {"council"}
    )
    assert correction.text == f"Who sits on the council of {meant}?"


def test_known_short_and_dissimilar_words_are_kept() -> None:
    """A known word is not a typo, "Tarn" is too short, and nothing is similar to "Millbrook"."""
    question = "Do the Tarn, Larkhavens and Millbrook harbour drones?"
    correction = correct_typos(question, FOUND, lambda word: word in {"Tarn", "Millbrook"})
    assert correction == SpellingCorrection(question)
    assert correction.changes == ()


def test_the_most_similar_word_wins_then_the_most_frequent() -> None:
    """Fewer typos count before frequency; equally similar words are ranked by frequency."""
    near = correct_typos(
        "What is Marketplaec?", ("Marketplace. Marketplans, marketplans.",), lambda word: True
    )
    assert near.changes == (("Marketplaec", "Marketplace"),)
    often = correct_typos("What is Markez?", ("Markel. Market, so a Market.",), lambda word: True)
    assert often.changes == (("Markez", "Market"),)


def test_corrections_are_reported_and_apply_to_other_texts() -> None:
    """The user is told; the original question gets the same corrections, whole words only."""
    correction = correct_typos("Did Larkhavn ban Larkhavnian drones?", FOUND, lambda word: word == "Larkhavn")
    assert correction.changes == (("Larkhavn", "Larkhaven"),)
    assert correction.apply_to("And Larkhavn (not Larkhavns)?") == "And Larkhaven (not Larkhavns)?"


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("slovenia", "slovakia"),
        ("austria", "australia"),
        ("gambia", "zambia"),
        ("hansen", "jansen"),
    ],
)
def test_similar_names_are_not_typos(typed: str, other: str) -> None:
    """Two letters in a short word, or a different first letter, make a different name."""
    assert not is_typo(typed, other)


@given(LETTERS, LETTERS, LETTERS)
def test_edit_distance_properties(a: str, b: str, c: str) -> None:
    """0 to itself, symmetric, 1 for an extra letter, unchanged or smaller with a common suffix."""
    assert edit_distance(a, a) == 0
    assert edit_distance(a, b) == edit_distance(b, a) <= max(len(a), len(b))
    assert edit_distance(a, a[:2] + "x" + a[2:]) == 1
    assert edit_distance(a + c, b + c) <= edit_distance(a, b)
