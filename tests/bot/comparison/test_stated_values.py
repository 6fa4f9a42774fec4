"""What a sentence gives in answer to a question, and when two sentences differ: only where they compare."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.comparison.stated_values import agreeing, differ, read_question, stated_values, worded

HOW_MANY = read_question("How many companies did the regulator meet in 2021?")
HOW_MUCH = read_question("How much was the fine?")
WHEN = read_question("When does the ban start?")


def written(question: str, text: str) -> list[str]:
    return [text[each.start : each.end] for each in stated_values(read_question(question), text)]


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
def test_only_what_is_asked_for_counts(question: str, text: str, found: list[str]) -> None:
    """The noun that is counted, amounts, or dates; nothing that the question says itself."""
    assert written(question, text) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It met 11 companies.", "It met eleven companies."),
        ("It met 11 companies.", "It met 12 ministers of 3 lands."),
        ("It met 11 companies.", "It met some companies."),
        ("It met 11 companies.", "It met 10 companies, then 11 companies."),
    ],
)
def test_counts_that_agree_or_count_other_things_do_not_differ(one: str, other: str) -> None:
    """Words and digits are the same; another noun is another thing; one agreement is enough."""
    assert not differ(stated_values(HOW_MANY, one), stated_values(HOW_MANY, other))


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
    """Rounding and hedges agree; other currencies cannot be compared."""
    assert differ(stated_values(HOW_MUCH, one), stated_values(HOW_MUCH, other)) is expected


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
def test_dates_differ_where_a_part_of_both_does(one: str, other: str, expected: bool) -> None:
    """A less exact date is no other date; a weekday is held against nothing."""
    assert differ(stated_values(WHEN, one), stated_values(WHEN, other)) is expected


@given(st.integers(11, 99), st.integers(11, 99))
def test_differing_is_mutual_and_nothing_differs_from_itself(one: int, other: int) -> None:
    """Whichever article is read first."""
    ours, theirs = (stated_values(HOW_MANY, f"It met {n} companies.") for n in (one, other))
    assert differ(ours, theirs) is differ(theirs, ours)
    assert not differ(ours, ours)
    assert differ(ours, theirs) is (one != other)
    assert bool(agreeing(ours, theirs)) is (one == other)


def test_a_value_is_written_with_what_it_counts() -> None:
    """As far as the noun that both share."""
    text = "It met 11 technology companies on Thursday."
    (value,) = stated_values(HOW_MANY, text)
    assert worded(text, value, frozenset({"compani"})) == "11 technology companies"
    assert worded(text, value, frozenset()) == "11"
