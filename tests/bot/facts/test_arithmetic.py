"""Figures that a sentence calculates from others."""

from __future__ import annotations

import pytest

from bot.facts.arithmetic import calculation
from bot.facts.date_mentions import date_mentions
from bot.facts.figures import figures


def formula(sentence: str) -> str | None:
    """How the first figure of a sentence follows from its other figures and dates."""
    dates = date_mentions(sentence)
    found = [f for f in figures(sentence) if not any(d.start <= f.start < d.end for d in dates)]
    noun = sentence[found[0].end :].split()[0].rstrip("s.,:")
    return calculation(found[0], noun, found[1:], dates)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "The fines differ by 27 million crowns: 412 million and 385 million.",
            "412,000,000 - 385,000,000 = 27,000,000",
        ),
        (
            "Together they paid 797 million: 412 million and 385 million.",
            "412,000,000 + 385,000,000 = 797,000,000",
        ),
        ("It is four times as much: 412 instead of 100.", "412 / 100 = 4.12"),
        ("He served 32 years, from 1990 to 2022.", "2022 - 1990 = 32"),
        ("That is 25 percent: 50 of 200.", "50 / 200 * 100 = 25"),
        ("It would cost 4.5 million marks for 3,000 people at 1,500 each.", "3,000 * 1,500 = 4,500,000"),
        (
            "It withdrew 13 days later, on 11 November 2020, after the rule of 29 October 2020.",
            "2020-11-11 - 2020-10-29 = 13",
        ),
    ],
)
def test_a_calculation_is_recomputed(sentence: str, expected: str) -> None:
    """Sums, differences, shares, products and days between two dates."""
    assert formula(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "The fines differ by 28 million crowns: 412 million and 385 million.",
        "It paid 40 of them.",
        "That is 60 percent: 1,250 of 2,022.",
        "It has 4 people: 30 of 7.",
        "It has 32 people: it grew from 1990 to 2022.",
    ],
)
def test_a_wrong_result_is_no_calculation(sentence: str) -> None:
    """Near is not enough."""
    assert formula(sentence) is None
