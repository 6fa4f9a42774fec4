"""Slips in a question's words are mended by what the articles write, and nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.typos import SpellingCorrection, correct_typos, find_typos, is_typo

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
def test_a_slip_is_read_as_what_was_found(typed: str, meant: str) -> None:
    """A letter left out, swapped or doubled, and two slips in a long word."""
    known = {"larkhaven"}
    read = correct_typos(
        f"Who sits on the council of {typed}?", FOUND, lambda word: word.lower() not in known | {"council"}
    )
    assert read.text == f"Who sits on the council of {meant}?"


def test_known_words_short_words_and_other_words_stay() -> None:
    """What an article has is no slip; "Tarn" is too short for one; nothing found is like "Millbrook"."""
    question = "Do the Tarn, Larkhavens and Millbrook harbour drones?"
    read = correct_typos(question, FOUND, lambda word: word in {"Tarn", "Millbrook"})
    assert read == SpellingCorrection(question)
    assert read.notice is None


def test_the_nearest_is_meant_then_the_most_frequent() -> None:
    """Fewer slips count before frequency; of two that are as near, what stands there more often."""
    near = correct_typos(
        "What is Marketplaec?", ("Marketplace. Marketplans, marketplans.",), lambda word: True
    )
    assert near.changes == (("Marketplaec", "Marketplace"),)
    often = correct_typos("What is Markez?", ("Markel. Market, so a Market.",), lambda word: True)
    assert often.changes == (("Markez", "Market"),)


def test_what_was_changed_is_told_and_can_be_done_to_another_text() -> None:
    """The person learns of it; the question as it was asked is changed alike, whole words only."""
    read = correct_typos("Did Larkhavn ban Larkhavnian drones?", FOUND, lambda word: word == "Larkhavn")
    assert read.notice == "“Larkhavn” is in no article: read as “Larkhaven”."
    assert read.applied("And Larkhavn (not Larkhavns)?") == "And Larkhaven (not Larkhavns)?"


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("slovenia", "slovakia"),
        ("austria", "australia"),
        ("gambia", "zambia"),
        ("hansen", "jansen"),
    ],
)
def test_names_that_merely_look_alike_are_no_slips(typed: str, other: str) -> None:
    """Two letters in a short word, or the first one, make another name."""
    assert not is_typo(typed, other)


@given(LETTERS, LETTERS, LETTERS)
def test_slips_are_a_distance_of_one_step_at_a_time(a: str, b: str, c: str) -> None:
    """None to itself, the same both ways, one for a letter more, at most the longer word."""
    assert find_typos(a, a) == 0
    assert find_typos(a, b) == find_typos(b, a) <= max(len(a), len(b))
    assert find_typos(a, a[:2] + "x" + a[2:]) == 1
    assert find_typos(a + c, b + c) <= find_typos(a, b)
