"""Dates in the forms of news."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.metadata.date_parser import parse_date, stamps


@pytest.mark.parametrize(
    ("words", "iso"),
    [
        ("Updated March 18th, 2021 at 18:57 IST", "2021-03-18T18:57:00+05:30"),
        ("Published: 10:00, 18 March 2021", "2021-03-18T10:00:00"),
        ("Nov 19, 2019, 10:31 pm CST", "2019-11-19T22:31:00-06:00"),
        ("2021-03-18T13:27:00Z", "2021-03-18T13:27:00+00:00"),
        ("2021-03-18 13:27:00.123+0530", "2021-03-18T13:27:00+05:30"),
        ("Thu, 18 Mar 2021 18:57:00 +0530", "2021-03-18T18:57:00+05:30"),
        ("2022/07/08", "2022-07-08"),
        ("18:57 IST, March 18, 2021", "2021-03-18T18:57:00+05:30"),
        ("6 p.m. ET on July 4, 2021", "2021-07-04T18:00:00-04:00"),
        ("6 p.m. ET on January 4, 2021", "2021-01-04T18:00:00-05:00"),
        ("03/18/2021 04:05 PM", "2021-03-18T16:05:00"),
        ("18-Mar-2021", "2021-03-18"),
        ("Tuesday, 8 June 2021 6.57pm GMT+1", "2021-06-08T18:57:00+01:00"),
        ("the 19th of Mar. 2021", "2021-03-19"),
        ("Sept. 5, 2021 | 5:15 a.m. PT", "2021-09-05T05:15:00-07:00"),
        ("12:30 AM Jan 1, 2020", "2020-01-01T00:30:00"),
        ("24:00 on 31 December 2020", "2021-01-01T00:00:00"),
    ],
)
def test_the_forms_of_news_are_read(words: str, iso: str) -> None:
    """Names and numbers of months, clocks of 12 and 24 hours, and zone names are all understood."""
    assert [stamp.iso for stamp in stamps(words)] == [iso]


@pytest.mark.parametrize("words", ["03/04/2021", "Feb 30, 2021", "March 18", "version 1.2.3.2021", "in 2021"])
def test_what_is_no_clear_date_stays_unknown(words: str) -> None:
    """A date that reads two ways, does not exist or lacks its year is not guessed."""
    assert list(stamps(words)) == []


def test_a_zone_name_of_several_countries_goes_by_the_place() -> None:
    """IST is India's, unless the page is from Israel or Ireland."""
    words = "18 March 2021, 18:57 IST"
    offsets = [next(stamps(words, place)).iso[-6:] for place in (None, "example.co.il", "ie")]
    assert offsets == ["+05:30", "+02:00", "+01:00"]


def test_a_word_after_the_time_that_is_no_zone_is_left_alone() -> None:
    """The stamp ends before the word, and has no offset."""
    words = "18 March 2021 18:57 by Jane Roe"
    stamp = next(stamps(words))
    assert (stamp.iso, words[stamp.start : stamp.end]) == ("2021-03-18T18:57:00", "18 March 2021 18:57")


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        (1616073420, "2021-03-18T13:17:00+00:00"),
        (1616073420000, "2021-03-18T13:17:00+00:00"),
        ("20210318", "2021-03-18"),
        ("20210318T185700Z", "2021-03-18T18:57:00+00:00"),
        (date(2021, 3, 18), "2021-03-18"),
        (datetime(2021, 3, 18, 1, 2, tzinfo=UTC), "2021-03-18T01:02:00+00:00"),
        (12, None),
        (True, None),
        (None, None),
        ("soon", None),
        (float("nan"), None),
    ],
)
def test_values_of_fields_are_read(value: object, iso: str | None) -> None:
    """Fields hold seconds, milliseconds, compact dates and dates proper; the rest is no date."""
    assert parse_date(value) == iso


@given(st.text(alphabet="0123456789:/.-, apmMAPthMarchJnIST+Z\n", max_size=80))
def test_every_stamp_is_a_real_date_within_the_text(text: str) -> None:
    """Whatever the text, a stamp has its place in it and is ISO 8601."""
    for stamp in stamps(text):
        assert 0 <= stamp.start < stamp.end <= len(text)
        datetime.fromisoformat(stamp.iso)


def test_long_lines_of_near_dates_are_no_trap() -> None:
    """The pattern does not backtrack without end (a hang fails by its time-out)."""
    for piece in ("1 ", "march ", "12:", " ", "mon, ", "2021-", "12:30 at "):
        assert list(stamps(piece * 20_000)) == []
