"""The values that a sentence states in answer to a question, and when those of two sentences differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.comparison.stated_values import (
    compatible_values,
    stated_values,
    unweighted_profile,
    value_text,
    values_differ,
)

HOW_MANY = unweighted_profile("How many companies did the regulator meet in 2021?")
HOW_MUCH = unweighted_profile("How much was the fine?")
WHEN = unweighted_profile("When does the ban start?")


def value_spans(question: str, text: str) -> list[str]:
    return [text[value.start : value.end] for value in stated_values(unweighted_profile(question), text)]


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("How many firms did it meet in 2021?", "In 2021 it met 11 large firms in 3 rooms.", ["11"]),
        ("How many members voted?", "Seven of nine members voted on 4 May.", ["Seven", "nine"]),
        ("How much was the fine?", "It paid $40 million on 4 May 2021.", ["$40 million"]),
        ("When does the ban start?", "The ban of 14 drones starts on 4 May 2021.", ["4 May 2021"]),
        ("When was he elected?", "In 1186, he was elected on a Thursday.", ["1186"]),
        ("Who banned the drones?", "The council banned 14 drones on 4 May.", []),
    ],
)
def test_only_values_asked_for_are_found(question: str, text: str, found: list[str]) -> None:
    """Figures with the counted noun, amounts, or dates; never the values in the question."""
    assert value_spans(question, text) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It met 11 companies.", "It met eleven companies."),
        ("It met 11 companies.", "It met 12 ministers of 3 lands."),
        ("It met 11 companies.", "It met some companies."),
        ("It met 11 companies.", "It met 10 companies, then 11 companies."),
    ],
)
def test_equal_counts_and_counts_of_other_things_do_not_differ(one: str, other: str) -> None:
    """Words and digits are equal; another noun is not comparable; one match is enough."""
    assert not values_differ(stated_values(HOW_MANY, one), stated_values(HOW_MANY, other))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("The fine was $40 million.", "The fine was $41 million.", True),
        ("The fine was $40 million.", "The fine was €41 million.", False),
        ("The fine was $40.4 million.", "The fine was $40 million.", False),
        ("The fine was more than $40 million.", "The fine was $41 million.", False),
        ("The fine was 385 million crowns.", "The fine was 412 million crowns.", True),
        ("The fine was 385 million crowns.", "The fine was 3 percent.", False),
    ],
)
def test_amounts_differ_in_the_same_unit_only(one: str, other: str, expected: bool) -> None:
    """Rounded and hedged figures are compatible; other currencies are not comparable."""
    assert values_differ(stated_values(HOW_MUCH, one), stated_values(HOW_MUCH, other)) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("It starts on 1 May 2022.", "It starts in June 2022.", True),
        ("It starts on 1 May 2022.", "It starts on May 1.", False),
        ("It starts on 1 May 2022.", "It starts in 2022.", False),
        ("It starts on 1 May 2022.", "It starts on Thursday.", False),
        ("It starts in May.", "It starts in 2023.", False),
        ("It starts in May 2022.", "It starts in May 2023.", True),
    ],
)
def test_dates_differ_in_a_part_that_both_have(one: str, other: str, expected: bool) -> None:
    """A less exact date does not differ; a weekday is not compared."""
    assert values_differ(stated_values(WHEN, one), stated_values(WHEN, other)) is expected


@given(st.integers(11, 99), st.integers(11, 99))
def test_values_differ_symmetrically_and_never_from_themselves(one: int, other: int) -> None:
    """The order of the articles does not matter."""
    ours, theirs = (stated_values(HOW_MANY, f"It met {n} companies.") for n in (one, other))
    assert values_differ(ours, theirs) is values_differ(theirs, ours)
    assert not values_differ(ours, ours)
    assert values_differ(ours, theirs) is (one != other)
    assert bool(compatible_values(ours, theirs)) is (one == other)


def test_the_value_text_includes_the_counted_noun() -> None:
    """It ends at the last of the given nouns."""
    text = "It met 11 technology companies on Thursday."
    (value,) = stated_values(HOW_MANY, text)
    assert value_text(text, value, frozenset({"compani"})) == "11 technology companies"
    assert value_text(text, value, frozenset()) == "11"
