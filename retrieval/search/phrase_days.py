"""Resolves a matched date phrase to its first and last day, one function per pattern of `date_phrases`.

A function reads the groups of its pattern and returns None when the match is not a date.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from retrieval.calendar_terms import NUMBERS, ORDINALS, SEASONS, month_number, weekday_number
from retrieval.search.day_arithmetic import Days, month_days, part_of, shift_days

_UNIT_DAYS = {"day": 1, "week": 7, "weekend": 7, "month": 31, "quarter": 92, "year": 366, "decade": 3653}
_FEW = 3  # what "a few" and "several" mean, in any unit
_PREPOSITION = re.compile(
    r"\b(?:in|since|of|during|until|till|by|before|after|from|for|to|and|year)\s+$", re.I
)
_MAX_YEARS_AHEAD = 10  # a bare number further ahead is not a year ("Blade Runner 2049")


def days_of_date(match: re.Match[str], as_of: date) -> Days | None:
    """A day of a month, or a range ("October 6-8"); without a year the latest one not in the future."""
    month, day, year = month_number(match["month"]), int(match["day"]), match["year"]
    if not year and match["month"] in ("may", "march") and not match["lead"]:
        return None  # "march 20 miles", "may 5 people enter"
    last_day = int(match.groupdict().get("day2") or day)
    year_number = int(year) if year else as_of.year - ((month, day) > (as_of.month, as_of.day))
    month_length = monthrange(year_number, month)[1] if year_number >= 1 else 0
    if not day <= last_day <= month_length:
        return None
    return date(year_number, month, day), date(year_number, month, last_day)


def days_of_numeric_date(match: re.Match[str], as_of: date) -> Days | None:
    """ "2022-07-08" is ISO; "10/6/2023" spans both readings, as the writer's convention is unknown."""
    year, a, b = int(match["year"]), int(match["a"]), int(match["b"])
    readings = ((a, b),) if match.start("year") < match.start("a") else ((a, b), (b, a))
    days = [date(year, m, d) for m, d in readings if 1 <= m <= 12 and 1 <= d <= monthrange(year, m)[1]]
    return (min(days), max(days)) if days else None


def days_of_month(match: re.Match[str], as_of: date) -> Days | None:
    """A month; without a year the latest that has begun; "last March" is the latest that is over."""
    month, year = month_number(match["month"]), match.groupdict().get("year")
    if year:
        return part_of(match["part"], month_days(int(year), month))
    lead = match["lead"].lower()
    year_number = as_of.year - (month > as_of.month)
    if lead == "last" and month == as_of.month:
        year_number -= 1
    elif lead == "next":
        year_number = as_of.year + (month <= as_of.month)
    elif lead == "this":
        year_number = as_of.year
    return part_of(match["part"], month_days(year_number, month))


def days_of_season(match: re.Match[str], as_of: date) -> Days | None:
    """A season of the northern hemisphere; without a year the latest that has begun."""
    first_month = SEASONS[match["season"].lower()]
    if not match["year"] and not match["lead"]:
        return None  # "spring rolls", "the fall in prices"
    if match["year"]:
        return month_days(int(match["year"]), first_month, 3)
    year = as_of.year - (first_month > as_of.month)
    days, lead = month_days(year, first_month, 3), (match["lead"] or "").lower()
    if lead == "last" and days[1] >= as_of:
        return month_days(year - 1, first_month, 3)
    upcoming = month_days(year + 1, first_month, 3)
    return upcoming if lead == "this" and upcoming[0] - as_of < as_of - days[1] else days


def days_of_quarter(match: re.Match[str], as_of: date) -> Days | None:
    """A quarter or half of a year; without a year the latest that has begun."""
    groups = match.groupdict()
    number = int(groups["number"]) if "number" in groups else _ordinal(match["nth"])
    months = 6 if match["unit"].lower() in ("h", "half") else 3
    if number * months > 12:
        return None
    first_month = (number - 1) * months + 1
    year = int(match["year"]) if match["year"] else as_of.year - (first_month > as_of.month)
    return month_days(year, first_month, months)


def _ordinal(text: str) -> int:
    return int(text[0]) if text[0].isdigit() else ORDINALS[text.lower()]


def days_of_year(match: re.Match[str], as_of: date) -> Days | None:
    """A year, unless it starts a title ("2001: …") or is too far in the future to be one."""
    year = int(match["year"])
    if not _PREPOSITION.search(match.string, 0, match.start("all")):
        starts_title = match.string.startswith(":", match.end("all"))
        if starts_title or year > as_of.year + _MAX_YEARS_AHEAD:
            return None
    return part_of(match["part"], month_days(year, 1, 12))


def days_of_year_range(match: re.Match[str], as_of: date) -> Days | None:
    """A range of years: "2019-2021", "2021/22"."""
    first, last_digits = int(match["year"]), match["until"]
    last = int(match["year"][: 4 - len(last_digits)] + last_digits)
    return month_days(first, 1, 12 * (last - first + 1)) if last >= first else None


def days_of_decade(match: re.Match[str], as_of: date) -> Days | None:
    """The ten years of "the 1990s"."""
    return month_days(int(match["decade"]), 1, 120)


def days_of_relative_day(match: re.Match[str], as_of: date) -> Days | None:
    """Today, yesterday, tomorrow, last night, the day before yesterday."""
    word = match["all"].lower()
    days_back = 2 if "before" in word else 1 if "yesterday" in word or "last" in word else 0
    day = shift_days(as_of, 1 if "tomorrow" in word else -days_back)
    return day, day


def days_of_weekday(match: re.Match[str], as_of: date) -> Days | None:
    """The latest such weekday up to today; "last Monday" is before today, "next Monday" after it."""
    days_back = (as_of.weekday() - weekday_number(match["weekday"])) % 7
    lead = (match["lead"] or "").lower()
    if lead == "next":
        days_back -= 7
    elif lead == "last" and days_back == 0:
        days_back = 7
    day = shift_days(as_of, -days_back)
    return day, day


def _count(text: str) -> int:
    text = text.lower()
    if text.isdigit():
        return int(text)
    if "few" in text or text == "several":
        return _FEW
    if "couple" in text:
        return 2
    return NUMBERS.get(text, 1)


def days_of_relative_period(match: re.Match[str], as_of: date) -> Days | None:
    """This, last or next week, month, quarter or year; "the last three months" end today."""
    which, unit = match["which"].lower(), match["unit"].lower()
    step = {"next": 1, "coming": 1, "upcoming": 1, "this": 0, "current": 0}.get(which, -1)
    if match["count"] or which in ("past", "recent"):
        count = _count(match["count"] or "a")
        if which == "recent" and not match["count"]:
            count = 7 if unit == "day" else _FEW
        return _rolling_period(count, unit, step, as_of)
    if unit == "weekend":
        saturday = shift_days(as_of, -((as_of.weekday() - 5) % 7) + 7 * max(step, 0))
        return saturday, shift_days(saturday, 1)
    if unit in ("day", "week"):
        monday = shift_days(as_of, -as_of.weekday() + 7 * step)
        return (shift_days(as_of, -6), as_of) if step == 0 else (monday, shift_days(monday, 6))
    return _calendar_period(unit, step, as_of)


def _calendar_period(unit: str, step: int, as_of: date) -> Days:
    if unit == "decade":
        return month_days((as_of.year // 10 + step) * 10, 1, 120)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    current = (as_of.month - 1) // months * months + 1
    first, last = month_days(as_of.year, current + step * months, months)
    return first, min(last, as_of) if step == 0 else last


def _rolling_period(count: int, unit: str, step: int, as_of: date) -> Days:
    days = count * _UNIT_DAYS[unit]
    return (as_of, shift_days(as_of, days)) if step > 0 else (shift_days(as_of, -days), as_of)


def days_ago(match: re.Match[str], as_of: date) -> Days | None:
    """ "Three weeks ago": that day and half a unit on either side, as such phrases are approximate."""
    unit_days = _UNIT_DAYS[match["unit"].lower()]
    middle = shift_days(as_of, -_count(match["count"]) * unit_days)
    return shift_days(middle, -(unit_days // 2)), min(shift_days(middle, unit_days // 2), as_of)
