"""Dates that an article implies by its own date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facts.date_mentions import date_mentions, is_supported_by
from bot.facts.derived_dates import derived_dates

FRIDAY = date(2022, 3, 4)


def is_implied(claim: str, text: str, day: date | None = FRIDAY) -> bool:
    """True if the text and the day of its article imply the date of the claim."""
    (mention,) = date_mentions(claim)
    return is_supported_by(mention, derived_dates(text, day))


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("It met on Thursday.", "3 March 2022"),
        ("It will meet on Monday.", "7 March 2022"),
        ("It met last Monday.", "28 February 2022"),
        ("It met on Friday.", "25 February 2022"),
        ("It met on Friday.", "11 March 2022"),
        ("It met yesterday.", "3 March 2022"),
        ("It meets tomorrow.", "5 March 2022"),
        ("It met a day earlier.", "2 March 2022"),
        ("It met last month.", "February 2022"),
        ("It meets next month.", "April 2022"),
        ("It met two weeks ago.", "February 2022"),
        ("It met last year.", "2021"),
        ("It meets next spring.", "2023"),
        ("It met a year ago.", "2021"),
        ("It met three years ago.", "March 2019"),
        ("It met two decades ago.", "2002"),
        ("It met 18 months ago.", "September 2020"),
        ("It met.", "4 March 2022"),
        ("It met.", "March 2022"),
        ("It met.", "2022"),
    ],
)
def test_a_relative_date_counts_from_the_article(text: str, claim: str) -> None:
    """Weekdays, days, months, years, and the day of the article itself."""
    assert is_implied(claim, text)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("It met on Thursday.", "2 March 2022"),
        ("It met on Thursday.", "17 March 2022"),
        ("It met yesterday.", "8 March 2022"),
        ("It met last month.", "December 2021"),
        ("It met last year.", "2019"),
        ("It met three years ago.", "2016"),
        ("It met.", "3 March 2022"),
        ("It met.", "2021"),
    ],
)
def test_other_dates_are_not_implied(text: str, claim: str) -> None:
    """Neither another day nor another year."""
    assert not is_implied(claim, text)


def test_an_article_without_a_date_implies_none() -> None:
    """Nothing can be counted from it."""
    assert derived_dates("It met on Thursday, last year.", None) == []


@given(st.sampled_from(["Monday", "Tuesday", "Wednesday", "Thursday", "Saturday", "Sunday"]), st.dates())
def test_a_weekday_is_a_day_of_that_name(name: str, day: date) -> None:
    """At most a week from the day of the article, which is the only other date."""
    day = min(max(day, date.min + timedelta(8)), date.max - timedelta(8))
    found = [date(m.year or 0, m.month or 0, m.day or 0) for m in derived_dates(f"On {name}.", day)]
    assert day in found
    for other in set(found) - {day}:
        assert f"{other:%A}" == name
        assert abs((other - day).days) <= 7


@given(st.text(max_size=80), st.dates())
def test_any_text_and_day_give_dates(text: str, day: date) -> None:
    """Also at the ends of the calendar."""
    assert all(mention.year is not None for mention in derived_dates(text, day))


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_are_no_error(day: date) -> None:
    """A damaged date of an article must not lose an answer."""
    text = "Yesterday, on Monday, last month, last year, 900 years ago, 99 weeks ago."
    assert derived_dates(text, day)
