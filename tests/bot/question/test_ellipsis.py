"""Completion of elliptic questions from the previous one."""

from __future__ import annotations

import pytest

from bot.question.ellipsis import fill_ellipsis
from bot.question.parsed_question import parse_question

BEFORE = "How many companies did the regulator meet?"
ANSWER = "It met Alibaba and Tencent."


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which ones?", "Which companies did the regulator meet?"),
        ("Why?", "Why? (How many companies did the regulator meet; Alibaba; Tencent)"),
        ("When was that?", "When was that? (How many companies did the regulator meet; Alibaba; Tencent)"),
        ("And in 2019?", "How many companies did the regulator meet in 2019?"),
        ("What about Ant Group?", "What about Ant Group?"),
        (
            "What about the small ones",
            "What about the small ones? (How many companies did the regulator meet)",
        ),
    ],
)
def test_an_ellipsis_is_completed(question: str, expected: str) -> None:
    """ "Which ones" names what was counted, bare questions get the previous one, other names are kept."""
    assert parse_question(question).ellipsis
    assert fill_ellipsis(question, BEFORE, ANSWER) == expected


@pytest.mark.parametrize(
    ("question", "year"),
    [
        ("And the year before?", 2021),
        ("what about the previous year", 2021),
        ("and in the following year?", 2023),
        ("and a year later", 2023),
    ],
)
def test_the_year_before_or_after(question: str, year: int) -> None:
    """The year of the previous question is replaced, and stays in brackets for texts that compare the two."""
    completed = fill_ellipsis(question, "How many came to the fair in 2022?", "It counted 900 guests.")
    assert completed.startswith(f"How many came to the fair in {year} (")
    assert completed.endswith(" 2022)?")


@pytest.mark.parametrize("question", ["Who abstained?", "And why did they meet?", "Did it help?"])
def test_a_sentence_is_not_elliptic(question: str) -> None:
    """A question with its own verb is left to pronoun resolution."""
    assert not parse_question(question).ellipsis
