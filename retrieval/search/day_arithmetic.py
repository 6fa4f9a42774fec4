"""Date arithmetic for questions, clamped to the range of `date`: it never raises."""

from __future__ import annotations

import re
from datetime import date

Days = tuple[date, date]  # first and last, both inclusive


def shift_days(day: date, days: int) -> date:
    """The day *days* later (earlier when negative), clamped to the range of `date`."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def month_days(year: int, month: int, months: int = 1) -> Days:
    """First and last day of *months* consecutive months; a *month* outside 1..12 carries over into *year*."""
    return _first_of(year, month), shift_days(_first_of(year, month + months), -1)


def _first_of(year: int, month: int) -> date:
    years, index = divmod(month - 1, 12)
    return date(min(max(year + years, 1), 9999), index + 1, 1)


def part_of(part: str | None, days: Days) -> Days:
    """The third of a period that "early", "mid-", "late" or "the end of" means; all of it for None."""
    if not part:
        return days
    first, last = days
    third = (last - first).days // 3
    if re.search(r"early|start|beginning", part, re.IGNORECASE):
        return first, shift_days(first, third)
    if re.search(r"mid", part, re.IGNORECASE):
        return shift_days(first, third), shift_days(last, -third)
    return shift_days(last, -third), last
