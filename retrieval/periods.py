"""The calendar's words: from "March 2021" or "last week" in a question to a first and a last day."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from retrieval.days import Days, month_days, part_of, shifted

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}  # first month, northern half
_UNIT_DAYS = {"day": 1, "week": 7, "weekend": 7, "month": 31, "quarter": 92, "year": 366, "decade": 3653}
FEW = 3  # what "a few" and "several" stand for, in whatever unit is named


@dataclass(frozen=True, slots=True)
class Period:
    """Days that ``question[start:end]`` names, both inclusive.

    ``yearless`` marks a year that was not said: the latest one that does not lie ahead was taken.
    """

    start: int
    end: int
    first: date
    last: date
    yearless: bool = False


_MONTH = (
    r"(?P<month>jan(?:uary|\b\.?)|feb(?:ruary|\b\.?)|mar(?:ch|\b\.?)|apr(?:il|\b\.?)|may|june?|july?"
    r"|aug(?:ust|\b\.?)|sep(?:t(?:ember)?)?\b\.?|oct(?:ober|\b\.?)|nov(?:ember|\b\.?)|dec(?:ember|\b\.?))"
)
_WHOLE_MONTH = (
    r"(?P<month>january|february|march|april|may|june|july|august|september|october|november|december)"
)
_SURE_MONTH = r"(?P<month>january|february|july|september|october|november|december)"  # no names of people
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_TO_DAY = r"(?:\s?[-–]\s?(?P<day2>\d\d?)(?:st|nd|rd|th)?)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\w%]|[.,:/]\d)"
_PART = r"(?:(?P<part>early|mid|late|(?:the\s+)?(?:start|beginning|middle|end)\s+of)[\s-]+)?"
_COUNT = rf"(?P<count>\d{{1,3}}|an?|{'|'.join(NUMBERS)}|(?:a\s+)?few|several|(?:a\s+)?couple(?:\s+of)?)"
_UNIT = r"(?P<unit>day|week|weekend|month|quarter|year|decade)"
_LEAD = r"(?P<lead>on|in|since|during|throughout|over|last|this|next|past|until|till|from|between|through)"
_NOT_DATING = r"(?<![\w$£€.,:/#-])"  # "$2000", "1,999", "A-2020"
_THINGS = (  # "2000 people" counts; it does not date
    r"(?!\s+(?:people|men|women|children|dollars|euros|pounds|miles|metres|meters|feet|tons|tonnes|km|kg|mph"
    r"|years|days|hours|minutes|jobs|workers|employees|troops|soldiers|deaths|cases|votes|points|words)\b)"
)
_IN_TIME = re.compile(r"\b(?:in|since|of|during|until|till|by|before|after|from|for|to|and|year)\s+$", re.I)
_QUOTED = re.compile(r"[“\"][^“”\"]{1,80}[”\"]|(?<!\w)['‘][^'‘’]{1,80}['’](?!\w)")
FARTHEST = 10  # years ahead that a bare number may still mean ("Blade Runner 2049")


def find_periods(question: str, as_of: date) -> list[Period]:
    """All periods that the question names, in its order, none overlapping another."""
    question = _QUOTED.sub(lambda quoted: _blank(quoted, question), question)  # titles date nothing
    taken: list[Period] = []
    for pattern, resolve in _RULES:
        for match in pattern.finditer(question):
            start, end = match.start("all"), match.end("all")
            if any(start < other.end and other.start < end for other in taken):
                continue
            days = resolve(match, as_of)
            if days is not None:
                yearless = "month" in match.groupdict() and not match.groupdict().get("year")
                taken.append(Period(start, end, *days, yearless))
    return sorted(taken, key=lambda period: period.start)


def _blank(quoted: re.Match[str], question: str) -> str:
    """As many blanks, so that offsets stay; a question that is quoted as a whole stays."""
    whole = len(quoted[0]) >= len(question.strip())
    return quoted[0] if whole else " " * len(quoted[0])


def _month_number(match: re.Match[str]) -> int:
    return MONTHS.index(match["month"][:3].lower()) + 1


def _calendar_day(match: re.Match[str], as_of: date) -> Days | None:
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


def _numbered_day(match: re.Match[str], as_of: date) -> Days | None:
    """ "2022-07-08" as ISO reads it; of "10/6/2023" both readings: one does not know who wrote it."""
    year, a, b = int(match["year"]), int(match["a"]), int(match["b"])
    readings = ((a, b),) if match.start("year") < match.start("a") else ((a, b), (b, a))
    days = [date(year, m, d) for m, d in readings if 1 <= m <= 12 and 1 <= d <= monthrange(year, m)[1]]
    return (min(days), max(days)) if days else None


def _month(match: re.Match[str], as_of: date) -> Days | None:
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


def _season(match: re.Match[str], as_of: date) -> Days | None:
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


def _quarter(match: re.Match[str], as_of: date) -> Days | None:
    """A quarter or half of a year; without a year the latest that has begun."""
    words = match.groupdict()
    number = int(words.get("number") or ORDINALS[words["nth"].lower()])
    months = 6 if words["unit"].lower() in ("h", "half") else 3
    if number * months > 12:
        return None
    first = (number - 1) * months + 1
    year = int(words["year"]) if words["year"] else as_of.year - (first > as_of.month)
    return month_days(year, first, months)


def _year(match: re.Match[str], as_of: date) -> Days | None:
    """A year; not one that starts a title ("2001: …") or lies so far ahead that it names something."""
    year = int(match["year"])
    if not _IN_TIME.search(match.string, 0, match.start("all")):
        titled = match.string.startswith(":", match.end("all"))
        if titled or year > as_of.year + FARTHEST:
            return None
    return part_of(match["part"], month_days(year, 1, 12))


def _years(match: re.Match[str], as_of: date) -> Days | None:
    """Several years joined: "2019-2021", "2021/22"."""
    first, until = match["year"], match["until"]
    last = int(first[: 4 - len(until)] + until)
    return month_days(int(first), 1, 12 * (last - int(first) + 1)) if last >= int(first) else None


def _decade(match: re.Match[str], as_of: date) -> Days | None:
    return month_days(int(match["decade"]), 1, 120)


def _near_day(match: re.Match[str], as_of: date) -> Days | None:
    word = match["all"].lower()
    back = 2 if "before" in word else 1 if "yesterday" in word or "last" in word else 0
    day = shifted(as_of, 1 if "tomorrow" in word else -back)
    return day, day


def _weekday(match: re.Match[str], as_of: date) -> Days | None:
    """The latest such weekday, today included; "last Monday" never today, "next Monday" ahead."""
    back = (as_of.weekday() - WEEKDAYS.index(match["weekday"][:3].lower())) % 7
    lead = (match["lead"] or "").lower()
    if lead == "next":
        back -= 7
    elif lead == "last" and back == 0:
        back = 7
    day = shifted(as_of, -back)
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


def _stretch(match: re.Match[str], as_of: date) -> Days | None:
    """This, last or next week, month, quarter, year; "the last three months" end today."""
    which, unit = match["which"].lower(), match["unit"].lower()
    step = {"next": 1, "coming": 1, "upcoming": 1, "this": 0, "current": 0}.get(which, -1)
    if match["count"] or which in ("past", "recent"):
        count = _counted(match["count"] or "a")
        if which == "recent" and not match["count"]:
            count = 7 if unit == "day" else FEW
        return _running(count, unit, step, as_of)
    if unit == "weekend":
        saturday = shifted(as_of, -((as_of.weekday() - 5) % 7) + 7 * max(step, 0))
        return saturday, shifted(saturday, 1)
    if unit in ("day", "week"):
        monday = shifted(as_of, -as_of.weekday() + 7 * step)
        return (shifted(as_of, -6), as_of) if step == 0 else (monday, shifted(monday, 6))
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
    return (as_of, shifted(as_of, days)) if step > 0 else (shifted(as_of, -days), as_of)


def _ago(match: re.Match[str], as_of: date) -> Days | None:
    """ "Three weeks ago": that day, and half the unit round it, as nobody counts days."""
    size = _UNIT_DAYS[match["unit"].lower()]
    count = _counted(match["count"])
    middle = shifted(as_of, -count * size)
    return shifted(middle, -(size // 2)), min(shifted(middle, size // 2), as_of)


def _rule(
    *parts: str, by: Callable[[re.Match[str], date], Days | None]
) -> tuple[re.Pattern[str], Callable[[re.Match[str], date], Days | None]]:
    return re.compile("".join(parts), re.IGNORECASE), by


# The more telling patterns first; the group ``all`` is what a reader would mark as the date.
_RULES = (
    _rule(
        r"(?<![\w/.-])(?P<all>(?P<year>(?:19|20)\d\d)(?P<mark>[-/.])(?P<a>\d\d?)(?P=mark)(?P<b>\d\d?))(?![\w/-])",
        by=_numbered_day,
    ),
    _rule(
        r"(?<![\w/.-])(?P<all>(?P<a>\d\d?)(?P<mark>[/.-])(?P<b>\d\d?)(?P=mark)(?P<year>(?:19|20)\d\d))(?![\w/-])",
        by=_numbered_day,
    ),
    _rule(
        rf"\b(?:{_LEAD}\s+(?:the\s+)?)?(?P<all>{_MONTH}\s+(?:the\s+)?{_DAY}{_TO_DAY}(?!\w)(?:,?\s+{_YEAR})?)",
        by=_calendar_day,
    ),
    _rule(
        rf"\b(?:{_LEAD}\s+(?:the\s+)?)?(?P<all>{_DAY}{_TO_DAY}\s+(?:of\s+)?{_MONTH}(?!\w)(?:,?\s+{_YEAR})?)",
        by=_calendar_day,
    ),
    _rule(rf"\b(?P<all>{_PART}{_MONTH}(?!\w)(?:\s+of|,)?\s+{_YEAR})", by=_month),
    _rule(
        r"\b(?P<all>(?P<nth>first|second|third|fourth|1st|2nd|3rd|4th)\s+",
        rf"(?P<unit>quarter|half)(?:\s+of\s+{_YEAR}|(?=\s*[?.,;]|\s*$)))",
        by=_quarter,
    ),
    _rule(
        rf"\b(?P<all>(?P<unit>[qh])(?P<number>[1-4])(?:\s+(?:of\s+)?{_YEAR})?)(?!\w)",
        by=_quarter,
    ),
    _rule(
        r"\b(?:(?P<lead>last|this|since(?:\s+the)?|in\s+the|over\s+the|during(?:\s+the)?|past)\s+)?",
        rf"(?P<all>(?P<season>spring|summer|autumn|fall|winter)(?:\s+(?:of\s+)?{_YEAR})?)\b(?!\s+of\b)",
        by=_season,
    ),
    _rule(rf"\b{_LEAD}\s+(?P<all>{_PART}{_WHOLE_MONTH})\b(?!\s+\d)(?!-)", by=_month),
    _rule(
        rf"\b(?P<lead>before|after|by|to|and)\s+(?:early\s+|late\s+|mid-)?(?P<all>(?P<part>(?!))?{_SURE_MONTH})\b",
        r"(?!\s+\d)(?!-)",
        by=_month,
    ),
    _rule(
        r"\b(?P<all>(?:the\s+)?day\s+before\s+yesterday|yesterday|last\s+night|today|tonight|tomorrow",
        r"|this\s+(?:morning|afternoon|evening))\b",
        by=_near_day,
    ),
    _rule(rf"\b(?P<all>{_COUNT}\s+{_UNIT}s?\s+(?:ago|earlier|back)\b)", by=_ago),
    _rule(
        r"\b(?P<all>(?P<which>this|current|last|past|previous|next|coming|upcoming|recent)\s+",
        rf"(?:{_COUNT}\s+)?{_UNIT}s?)\b(?!\s+old\b)",
        by=_stretch,
    ),
    _rule(
        r"\b(?:(?P<lead>on|last|this|next|since|until|till|by|before|after|from|between|and|past|to)\s+)",
        r"(?P<all>(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day))(?:s|'s|’s)?\b",
        by=_weekday,
    ),
    _rule(rf"{_NOT_DATING}(?P<all>(?P<decade>(?:19|20)\d0)s)\b", by=_decade),
    _rule(
        rf"{_NOT_DATING}(?P<all>(?P<year>(?:19|20)\d\d)\s?[-–/]\s?(?P<until>(?:19|20)?\d\d))(?![\w%/-]|[.,]\d)",
        by=_years,
    ),
    _rule(rf"{_NOT_DATING}(?P<all>{_PART}{_YEAR})(?!-\d){_THINGS}", by=_year),
)
