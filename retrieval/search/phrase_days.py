"""What a matched date phrase means: each function takes a match of its pattern to a first and a last day.

The groups that a function reads are those of its pattern in `date_phrases`; None: no date after all.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from retrieval.search.day_arithmetic import Days, month_days, part_of, shift_days

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}  # first month, northern half
_UNIT_DAYS = {"day": 1, "week": 7, "weekend": 7, "month": 31, "quarter": 92, "year": 366, "decade": 3653}
FEW = 3  # what "a few" and "several" stand for, in whatever unit is named
_IN_TIME = re.compile(r"\b(?:in|since|of|during|until|till|by|before|after|from|for|to|and|year)\s+$", re.I)
FARTHEST = 10  # years ahead that a bare number may still mean ("Blade Runner 2049")


def _month_number(match: re.Match[str]) -> int:
    return MONTHS.index(match["month"][:3].lower()) + 1


def days_of_date(match: re.Match[str], as_of: date) -> Days | None:
    """A day of a month; without a year the latest such day that is not ahead; "October 6-8" as a range."""
    month, day, year = _month_number(match), int(match["day"]), match["year"]
    if not year and match["month"] in ("may", "march") and not match["lead"]:
        return None  # "march 20 miles", "may 5 people enter"
    until = int(match.groupdict().get("day2") or day)
    chosen = int(year) if year else as_of.year - ((month, day) > (as_of.month, as_of.day))
    length = monthrange(chosen, month)[1] if chosen >= 1 else 0
    if not day <= until <= length:
        return None
    return date(chosen, month, day), date(chosen, month, until)


def days_of_numbers(match: re.Match[str], as_of: date) -> Days | None:
    """ "2022-07-08" as ISO reads it; of "10/6/2023" both readings: one does not know who wrote it."""
    year, a, b = int(match["year"]), int(match["a"]), int(match["b"])
    readings = ((a, b),) if match.start("year") < match.start("a") else ((a, b), (b, a))
    days = [date(year, m, d) for m, d in readings if 1 <= m <= 12 and 1 <= d <= monthrange(year, m)[1]]
    return (min(days), max(days)) if days else None


def days_of_month(match: re.Match[str], as_of: date) -> Days | None:
    """A month; without a year the latest that has begun, "last March" the latest that is over."""
    month, year = _month_number(match), match.groupdict().get("year")
    if year:
        return part_of(match["part"], month_days(int(year), month))
    lead = match["lead"].lower()
    chosen = as_of.year - (month > as_of.month)
    if lead == "last" and month == as_of.month:
        chosen -= 1
    elif lead == "next":
        chosen = as_of.year + (month <= as_of.month)
    elif lead == "this":
        chosen = as_of.year
    return part_of(match["part"], month_days(chosen, month))


def days_of_season(match: re.Match[str], as_of: date) -> Days | None:
    """A season of the northern half; without a year the latest that has begun."""
    first = SEASONS[match["season"].lower()]
    if not match["year"] and not match["lead"]:
        return None  # "spring rolls", "the fall in prices"
    if match["year"]:
        return month_days(int(match["year"]), first, 3)
    year = as_of.year - (first > as_of.month)
    days, lead = month_days(year, first, 3), (match["lead"] or "").lower()
    if lead == "last" and days[1] >= as_of:
        return month_days(year - 1, first, 3)
    ahead = month_days(year + 1, first, 3)
    return ahead if lead == "this" and ahead[0] - as_of < as_of - days[1] else days


def days_of_quarter(match: re.Match[str], as_of: date) -> Days | None:
    """A quarter or half of a year; without a year the latest that has begun."""
    words = match.groupdict()
    number = int(words.get("number") or ORDINALS[words["nth"].lower()])
    months = 6 if words["unit"].lower() in ("h", "half") else 3
    if number * months > 12:
        return None
    first = (number - 1) * months + 1
    year = int(words["year"]) if words["year"] else as_of.year - (first > as_of.month)
    return month_days(year, first, months)


def days_of_year(match: re.Match[str], as_of: date) -> Days | None:
    """A year; not one that starts a title ("2001: …") or lies so far ahead that it names something."""
    year = int(match["year"])
    if not _IN_TIME.search(match.string, 0, match.start("all")):
        titled = match.string.startswith(":", match.end("all"))
        if titled or year > as_of.year + FARTHEST:
            return None
    return part_of(match["part"], month_days(year, 1, 12))


def days_of_years(match: re.Match[str], as_of: date) -> Days | None:
    """Several years joined: "2019-2021", "2021/22"."""
    first, until = match["year"], match["until"]
    last = int(first[: 4 - len(until)] + until)
    return month_days(int(first), 1, 12 * (last - int(first) + 1)) if last >= int(first) else None


def days_of_decade(match: re.Match[str], as_of: date) -> Days | None:
    """The ten years of "the 1990s"."""
    return month_days(int(match["decade"]), 1, 120)


def days_near(match: re.Match[str], as_of: date) -> Days | None:
    """Today, yesterday, tomorrow, last night, the day before yesterday."""
    word = match["all"].lower()
    back = 2 if "before" in word else 1 if "yesterday" in word or "last" in word else 0
    day = shift_days(as_of, 1 if "tomorrow" in word else -back)
    return day, day


def days_of_weekday(match: re.Match[str], as_of: date) -> Days | None:
    """The latest such weekday, today included; "last Monday" never today, "next Monday" ahead."""
    back = (as_of.weekday() - WEEKDAYS.index(match["weekday"][:3].lower())) % 7
    lead = (match["lead"] or "").lower()
    if lead == "next":
        back -= 7
    elif lead == "last" and back == 0:
        back = 7
    day = shift_days(as_of, -back)
    return day, day


def _counted(text: str) -> int:
    text = text.lower()
    if text.isdigit():
        return int(text)
    if "few" in text or text == "several":
        return FEW
    if "couple" in text:
        return 2
    return NUMBERS.index(text) + 1 if text in NUMBERS else 1


def days_of_stretch(match: re.Match[str], as_of: date) -> Days | None:
    """This, last or next week, month, quarter, year; "the last three months" end today."""
    which, unit = match["which"].lower(), match["unit"].lower()
    step = {"next": 1, "coming": 1, "upcoming": 1, "this": 0, "current": 0}.get(which, -1)
    if match["count"] or which in ("past", "recent"):
        count = _counted(match["count"] or "a")
        if which == "recent" and not match["count"]:
            count = 7 if unit == "day" else FEW
        return _running(count, unit, step, as_of)
    if unit == "weekend":
        saturday = shift_days(as_of, -((as_of.weekday() - 5) % 7) + 7 * max(step, 0))
        return saturday, shift_days(saturday, 1)
    if unit in ("day", "week"):
        monday = shift_days(as_of, -as_of.weekday() + 7 * step)
        return (shift_days(as_of, -6), as_of) if step == 0 else (monday, shift_days(monday, 6))
    return _calendar_stretch(unit, step, as_of)


def _calendar_stretch(unit: str, step: int, as_of: date) -> Days:
    if unit == "decade":
        return month_days((as_of.year // 10 + step) * 10, 1, 120)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    begun = (as_of.month - 1) // months * months + 1
    first, last = month_days(as_of.year, begun + step * months, months)
    return first, min(last, as_of) if step == 0 else last


def _running(count: int, unit: str, step: int, as_of: date) -> Days:
    days = count * _UNIT_DAYS[unit]
    return (as_of, shift_days(as_of, days)) if step > 0 else (shift_days(as_of, -days), as_of)


def days_ago(match: re.Match[str], as_of: date) -> Days | None:
    """ "Three weeks ago": that day, and half the unit round it, as nobody counts days."""
    size = _UNIT_DAYS[match["unit"].lower()]
    count = _counted(match["count"])
    middle = shift_days(as_of, -count * size)
    return shift_days(middle, -(size // 2)), min(shift_days(middle, size // 2), as_of)
