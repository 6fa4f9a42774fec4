"""Parsing of dates as written in news."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.metadata.date_parser import find_dates, parse_date
from retrieval.reading.metadata.time_zones import zone_offset


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
        ("6 p.m. ET on March 20, 2005", "2005-03-20T18:00:00-05:00"),
        ("03/18/2021 04:05 PM", "2021-03-18T16:05:00"),
        ("18-Mar-2021", "2021-03-18"),
        ("Tuesday, 8 June 2021 6.57pm GMT+1", "2021-06-08T18:57:00+01:00"),
        ("the 19th of Mar. 2021", "2021-03-19"),
        ("Sept. 5, 2021 | 5:15 a.m. PT", "2021-09-05T05:15:00-07:00"),
        ("12:30 AM Jan 1, 2020", "2020-01-01T00:30:00"),
        ("24:00 on 31 December 2020", "2021-01-01T00:00:00"),
    ],
)
def test_date_formats_of_news_are_parsed(words: str, iso: str) -> None:
    """Month names and numbers, 12-hour and 24-hour clocks, and time zone names are supported."""
    assert [found.iso for found in find_dates(words)] == [iso]


@pytest.mark.parametrize("words", ["03/04/2021", "Feb 30, 2021", "March 18", "version 1.2.3.2021", "in 2021"])
def test_ambiguous_or_invalid_dates_are_skipped(words: str) -> None:
    """A date that is ambiguous, does not exist or has no year is not guessed."""
    assert list(find_dates(words)) == []


def test_the_region_disambiguates_a_zone_name() -> None:
    """IST is Indian time, unless the page is from Israel or Ireland."""
    words = "18 March 2021, 18:57 IST"
    offsets = [next(find_dates(words, region)).iso[-6:] for region in (None, "example.co.il", "ie")]
    assert offsets == ["+05:30", "+02:00", "+01:00"]


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        ("2005-03-20", -5),  # before 2007, daylight saving time began on the first Sunday of April
        ("2005-04-03", -4),
        ("2005-11-02", -5),  # and ended on the last Sunday of October
        ("2006-04-01", -5),
        ("2007-03-10", -5),  # since 2007 it has begun on the second Sunday of March
        ("2007-03-11", -4),
        ("2024-11-02", -4),  # and ended on the first Sunday of November
        ("2024-11-03", -5),
    ],
)
def test_us_zones_follow_the_daylight_saving_rules_of_the_year(day: str, hours: int) -> None:
    """ET, CT, MT and PT mean daylight saving time exactly when it was in force."""
    noon = datetime.fromisoformat(f"{day}T12:00")
    offsets = [zone_offset(name, noon) for name in ("ET", "ct", "MT", "pt")]
    assert offsets == [timedelta(hours=hours - west) for west in range(4)]


def test_us_zones_are_unknown_without_a_time_zone_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minimal system has none: the time is then read without an offset."""

    def raise_not_found(key: str) -> ZoneInfo:
        raise ZoneInfoNotFoundError(key)

    monkeypatch.setattr("retrieval.reading.metadata.time_zones.ZoneInfo", raise_not_found)
    assert next(find_dates("6 p.m. ET on July 4, 2021")).iso == "2021-07-04T18:00:00"


def test_a_word_after_the_time_that_is_not_a_zone_is_ignored() -> None:
    """The match ends before the word and has no offset."""
    words = "18 March 2021 18:57 by Jane Roe"
    found = next(find_dates(words))
    assert (found.iso, words[found.start : found.end]) == ("2021-03-18T18:57:00", "18 March 2021 18:57")


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
def test_field_values_are_parsed(value: object, iso: str | None) -> None:
    """Fields can contain seconds, milliseconds, compact dates and date objects; other values give None."""
    assert parse_date(value) == iso


@given(st.text(alphabet="0123456789:/.-, apmMAPthMarchJnIST+Z\n", max_size=80))
def test_every_match_is_a_valid_date_within_the_text(text: str) -> None:
    """For any text, a match is a non-empty span of it and a valid ISO 8601 date."""
    for found in find_dates(text):
        assert 0 <= found.start < found.end <= len(text)
        datetime.fromisoformat(found.iso)


def test_long_lines_of_partial_dates_do_not_cause_backtracking() -> None:
    """The pattern does not backtrack catastrophically (a hang fails by timeout)."""
    for piece in ("1 ", "march ", "12:", " ", "mon, ", "2021-", "12:30 at "):
        assert list(find_dates(piece * 20_000)) == []
