"""Date windows of questions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.search.date_phrases import find_date_periods
from retrieval.search.date_window import DateWindow, date_window, date_windows

AS_OF = date(2023, 10, 20)  # a Friday


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What happened on October 6, 2023?", "2023-10-06", "2023-10-06"),
        ("What happened on the 6th of October?", "2023-10-06", "2023-10-06"),
        ("Who spoke at the fair of October 6-8?", "2023-10-06", "2023-10-08"),
        ("What was said on 18 December?", "2022-12-18", "2022-12-18"),
        ("What was said on Jul. 6?", "2023-07-06", "2023-07-06"),
        ("What was decided on 2022/07/08?", "2022-07-08", "2022-07-08"),
        ("What was decided on 2022-07-08?", "2022-07-08", "2022-07-08"),
        ("What was decided on 25/12/2022?", "2022-12-25", "2022-12-25"),
        ("What was decided on 6/10/2022?", "2022-06-10", "2022-10-06"),
        ("Who was fined in March 2021?", "2021-03-01", "2021-03-31"),
        ("Who was fined in March?", "2023-03-01", "2023-03-31"),
        ("Who was fined last November?", "2022-11-01", "2022-11-30"),
        ("Who was fined in early 2022?", "2022-01-01", "2022-05-02"),
        ("Who was fined by the end of 2021?", None, "2021-12-31"),
        ("How did sales do in Q3 2022?", "2022-07-01", "2022-09-30"),
        ("How did sales do in the first half of 2022?", "2022-01-01", "2022-06-30"),
        ("How did sales do in the third quarter?", "2023-07-01", "2023-09-30"),
        ("What changed since the summer?", "2023-06-01", None),
        ("What changed in the winter of 2021?", "2021-12-01", "2022-02-28"),
        ("What happened this week?", "2023-10-14", "2023-10-20"),
        ("What happened last week?", "2023-10-09", "2023-10-15"),
        ("What happened last month?", "2023-09-01", "2023-09-30"),
        ("What happened this year?", "2023-01-01", "2023-10-20"),
        ("What happened last year?", "2022-01-01", "2022-12-31"),
        ("What happened in the last two weeks?", "2023-10-06", "2023-10-20"),
        ("What happened yesterday?", "2023-10-19", "2023-10-19"),
        ("What happened the day before yesterday?", "2023-10-18", "2023-10-18"),
        ("What happened three days ago?", "2023-10-17", "2023-10-17"),
        ("What happened on Monday?", "2023-10-16", "2023-10-16"),
        ("What happened last Friday?", "2023-10-13", "2023-10-13"),
        ("What has been built since 2019?", "2019-01-01", None),
        ("What was built before 2019?", None, "2018-12-31"),
        ("What was promised before the election of 2022?", None, "2022-12-31"),
        ("What was promised before the 2022 election?", None, "2022-12-31"),
        ("Who left between March and June 2021?", "2021-03-01", "2021-06-30"),
        ("Who left between November 2022 and February?", "2022-11-01", "2023-02-28"),
        ("Who left from 2019 to 2021?", "2019-01-01", "2021-12-31"),
        ("Who led the club in 2019-2021?", "2019-01-01", "2021-12-31"),
        ("What was fashionable in the 1990s?", "1990-01-01", "1999-12-31"),
    ],
)
def test_date_phrases_become_windows(question: str, since: str | None, until: str | None) -> None:
    """Absolute, relative and open-ended dates mean what a person asking on that day means."""
    found = date_window(question, AS_OF)
    assert (found.since and found.since.isoformat(), found.until and found.until.isoformat()) == (
        since,
        until,
    )


@pytest.mark.parametrize(
    "question",
    [
        "Who directed 2001: A Space Odyssey?",
        "Who starred in Blade Runner 2049?",
        "Who wrote “1984”?",
        "How may 5 people share it?",
        "What did Theresa May say?",
        "Who led the march on Washington?",
        "Did they march 20 miles?",
        "When did the fall of Kabul begin?",
        "Where are Black Friday sales held?",
        "How did 2000 people get in?",
        "What costs $2000?",
        "Which is the second largest city?",
        "Who makes spring rolls?",
        "Which room is number 2,021?",
        "What is the capital of France?",
        "",
    ],
)
def test_lookalikes_are_not_dates(question: str) -> None:
    """Titles, names, verbs and quantities give no window."""
    assert date_window(question, AS_OF) == DateWindow()


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What did the article of October 6, 2023 say?", "hard"),
        ("What did the CNBC report of 6 October say?", "hard"),
        ("What did TechCrunch say in its November 6, 2022, article?", "hard"),
        ("Which articles published since May 2023 name her?", "hard"),
        ("Which companies did the report of 2022 name?", "soft"),
        ("What happened on October 6, 2023?", "soft"),
        ("What is the latest on the merger?", "latest"),
        ("Who is the current chair of the board?", "latest"),
        ("How does an electric current flow?", "none"),
    ],
)
def test_window_kinds(question: str, kind: str) -> None:
    """The date of an article is hard, the date of an event soft, and "latest" has no days."""
    assert date_window(question, AS_OF).kind == kind


def test_a_comparison_has_several_windows() -> None:
    """Two dated articles in one question give two windows, in order."""
    question = "After the report of October 2, 2023, did the November 6, 2022, article agree?"
    assert [found.since for found in date_windows(question, AS_OF)] == [date(2023, 10, 2), date(2022, 11, 6)]


def test_distance_to_a_window() -> None:
    """Days before and after count the same; inside the window the distance is 0."""
    found = date_window("What happened in March 2021?", AS_OF)
    days = (date(2021, 2, 27), date(2021, 3, 15), date(2021, 4, 2))
    assert [found.distance(day) for day in days] == [2, 0, 2]


WORDS = st.sampled_from(
    "in on the of between and from to before since last this next past 31 30 29 February 2023 2022-02-30 may "
    "9999 week weeks months year ago 999 years decade Monday fall winter early end , ? “ ” ' - q3 h2 latest "
    "0001 1900 2099 first second quarter half 5 days couple few several report article 12/31/1999".split()
)


@given(st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=60), st.dates())
@settings(max_examples=300, deadline=None)
def test_any_question_gives_valid_windows(question: str, as_of: date) -> None:
    """Any question on any day: no error, days in order, texts from the question."""
    for found in date_windows(question, as_of):
        assert found.since is None or found.until is None or found.since <= found.until
        assert found.text
        assert found.text in question
    for period in find_date_periods(question, as_of):
        assert 0 <= period.start < period.end <= len(question)


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(-400, 400))
def test_every_common_date_format_is_recognized(day: date, offset: int) -> None:
    """A full date is recognized in every common format, whatever day it is asked on."""
    as_of = date(2020, 6, 15) + timedelta(days=offset)
    for form in (
        f"{day:%Y-%m-%d}",
        f"{day:%Y/%m/%d}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day.day} {day:%B} {day.year}",
        f"{day:%b} {day.day}, {day.year}",
        f"the {day.day}th of {day:%B}, {day.year}",
    ):
        found = date_window(f"What happened on {form}?", as_of)
        assert (found.since, found.until) == (day, day), form


def test_a_very_long_question_is_truncated() -> None:
    """Only the beginning of a pasted text is analyzed, so its length costs nothing."""
    assert date_window("last week " + "between March and " * 20_000, AS_OF).kind == "soft"
