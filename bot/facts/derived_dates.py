"""Dates that a text implies, given the day of its article: weekdays, "yesterday", "last year"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.facts.date_mentions import DateMention
from retrieval.calendar_terms import NUMBERS, WEEKDAY, weekday_number

_WEEKDAY = re.compile(rf"\b{WEEKDAY}\b", re.IGNORECASE)
_NEAR_DAY = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|overnight|this (?:morning|evening|afternoon|week)|weekend"
    r"|(?:last|past|next|coming|previous|following) (?:week|night|days?)"
    r"|(?:a|the|one|two|three|\d) days? (?:before|after|earlier|later|ago))\b",
    re.IGNORECASE,
)
_NEAR_MONTH = re.compile(r"\b(?:last|past|this|next|coming|previous) month\b|\bweeks? ago\b", re.IGNORECASE)
_NEAR_YEAR = re.compile(
    r"\b(?:last|past|this|next|coming|previous) (?:year|spring|summer|autumn|fall|winter|season)\b"
    r"|\b(?:a|the|one) year (?:ago|earlier|before|later|after)\b|\bannual\b",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"\b(?P<count>\d{1,3}|" + "|".join(NUMBERS) + r")\s+(?P<unit>weeks?|months?|years?|decades?)\s+ago\b",
    re.IGNORECASE,
)
_MONTHS_OF_UNIT = {"month": 1, "year": 12, "decade": 120}


def derived_dates(text: str, day: date | None) -> list[DateMention]:
    """The dates that *text*, published on *day*, implies, that day included; none without a day.

    A weekday implies its dates up to a week before or after *day*. Words such as "yesterday" and "a day
    earlier" imply every day up to three days away; which one is left to the reader.

    >>> sorted((d.month, d.day) for d in derived_dates("It met on Thursday.", date(2021, 3, 19)))
    [(3, 18), (3, 19), (3, 25)]
    """
    if day is None:
        return []
    found = [DateMention(0, 0, day.year, day.month, day.day)]
    for match in _WEEKDAY.finditer(text):
        found += [_on(other) for other in _around(day, 7) if other.weekday() == weekday_number(match[0])]
    if _NEAR_DAY.search(text):
        found += [_on(other) for other in _around(day, 3)]
    if _NEAR_MONTH.search(text):
        found += [DateMention(0, 0, *_month(day, shift)) for shift in (-1, 0, 1)]
    if _NEAR_YEAR.search(text):
        found += [DateMention(0, 0, day.year + shift) for shift in (-1, 0, 1)]
    for match in _AGO.finditer(text):
        count = int(match["count"]) if match["count"].isdigit() else int(NUMBERS[match["count"].lower()])
        found += _ago(day, count, match["unit"].lower().rstrip("s"))
    return found


def _on(day: date) -> DateMention:
    return DateMention(0, 0, day.year, day.month, day.day)


def _around(day: date, reach: int) -> Iterator[date]:
    shifts = (shift for shift in range(-reach, reach + 1) if shift or reach < 7)
    return (other for shift in shifts if (other := _shifted(day, shift)))


def _shifted(day: date, days: int) -> date | None:
    """The day *days* later; None beyond the ends of the calendar, where a damaged date can be."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _month(day: date, shift: int) -> tuple[int, int]:
    months = day.year * 12 + day.month - 1 + shift
    return months // 12, months % 12 + 1


def _ago(day: date, count: int, unit: str) -> Iterator[DateMention]:
    """The months around a number of months, years or decades ago; for weeks, the month of that day."""
    if unit == "week":
        then = _shifted(day, -7 * count)
        if then:
            yield DateMention(0, 0, then.year, then.month)
        return
    months = count * _MONTHS_OF_UNIT[unit]
    for shift in (-1, 0, 1):
        yield DateMention(0, 0, *_month(day, shift - months))
