"""The calendar's words: from "March 2021" or "last week" in a question to a first and a last day."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from retrieval.search.day_arithmetic import Days
from retrieval.search.phrase_days import (
    NUMBERS,
    days_ago,
    days_near,
    days_of_date,
    days_of_decade,
    days_of_month,
    days_of_numbers,
    days_of_quarter,
    days_of_season,
    days_of_stretch,
    days_of_weekday,
    days_of_year,
    days_of_years,
)


@dataclass(frozen=True, slots=True)
class DatePeriod:
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
_QUOTED = re.compile(r"[“\"][^“”\"]{1,80}[”\"]|(?<!\w)['‘][^'‘’]{1,80}['’](?!\w)")


def find_date_periods(question: str, as_of: date) -> list[DatePeriod]:
    """All periods that the question names, in its order, none overlapping another."""
    question = _QUOTED.sub(lambda quoted: _blank(quoted, question), question)  # titles date nothing
    taken: list[DatePeriod] = []
    for pattern, resolve in _RULES:
        for match in pattern.finditer(question):
            start, end = match.start("all"), match.end("all")
            if any(start < other.end and other.start < end for other in taken):
                continue
            days = resolve(match, as_of)
            if days is not None:
                yearless = "month" in match.groupdict() and not match.groupdict().get("year")
                taken.append(DatePeriod(start, end, *days, yearless))
    return sorted(taken, key=lambda period: period.start)


def _blank(quoted: re.Match[str], question: str) -> str:
    """As many blanks, so that offsets stay; a question that is quoted as a whole stays."""
    whole = len(quoted[0]) >= len(question.strip())
    return quoted[0] if whole else " " * len(quoted[0])


def _rule(
    *parts: str, by: Callable[[re.Match[str], date], Days | None]
) -> tuple[re.Pattern[str], Callable[[re.Match[str], date], Days | None]]:
    return re.compile("".join(parts), re.IGNORECASE), by


# The more telling patterns first; the group ``all`` is what a reader would mark as the date.
_RULES = (
    _rule(
        r"(?<![\w/.-])(?P<all>(?P<year>(?:19|20)\d\d)(?P<mark>[-/.])(?P<a>\d\d?)(?P=mark)(?P<b>\d\d?))(?![\w/-])",
        by=days_of_numbers,
    ),
    _rule(
        r"(?<![\w/.-])(?P<all>(?P<a>\d\d?)(?P<mark>[/.-])(?P<b>\d\d?)(?P=mark)(?P<year>(?:19|20)\d\d))(?![\w/-])",
        by=days_of_numbers,
    ),
    _rule(
        rf"\b(?:{_LEAD}\s+(?:the\s+)?)?(?P<all>{_MONTH}\s+(?:the\s+)?{_DAY}{_TO_DAY}(?!\w)(?:,?\s+{_YEAR})?)",
        by=days_of_date,
    ),
    _rule(
        rf"\b(?:{_LEAD}\s+(?:the\s+)?)?(?P<all>{_DAY}{_TO_DAY}\s+(?:of\s+)?{_MONTH}(?!\w)(?:,?\s+{_YEAR})?)",
        by=days_of_date,
    ),
    _rule(rf"\b(?P<all>{_PART}{_MONTH}(?!\w)(?:\s+of|,)?\s+{_YEAR})", by=days_of_month),
    _rule(
        r"\b(?P<all>(?P<nth>first|second|third|fourth|1st|2nd|3rd|4th)\s+",
        rf"(?P<unit>quarter|half)(?:\s+of\s+{_YEAR}|(?=\s*[?.,;]|\s*$)))",
        by=days_of_quarter,
    ),
    _rule(
        rf"\b(?P<all>(?P<unit>[qh])(?P<number>[1-4])(?:\s+(?:of\s+)?{_YEAR})?)(?!\w)",
        by=days_of_quarter,
    ),
    _rule(
        r"\b(?:(?P<lead>last|this|since(?:\s+the)?|in\s+the|over\s+the|during(?:\s+the)?|past)\s+)?",
        rf"(?P<all>(?P<season>spring|summer|autumn|fall|winter)(?:\s+(?:of\s+)?{_YEAR})?)\b(?!\s+of\b)",
        by=days_of_season,
    ),
    _rule(rf"\b{_LEAD}\s+(?P<all>{_PART}{_WHOLE_MONTH})\b(?!\s+\d)(?!-)", by=days_of_month),
    _rule(
        rf"\b(?P<lead>before|after|by|to|and)\s+(?:early\s+|late\s+|mid-)?(?P<all>(?P<part>(?!))?{_SURE_MONTH})\b",
        r"(?!\s+\d)(?!-)",
        by=days_of_month,
    ),
    _rule(
        r"\b(?P<all>(?:the\s+)?day\s+before\s+yesterday|yesterday|last\s+night|today|tonight|tomorrow",
        r"|this\s+(?:morning|afternoon|evening))\b",
        by=days_near,
    ),
    _rule(rf"\b(?P<all>{_COUNT}\s+{_UNIT}s?\s+(?:ago|earlier|back)\b)", by=days_ago),
    _rule(
        r"\b(?P<all>(?P<which>this|current|last|past|previous|next|coming|upcoming|recent)\s+",
        rf"(?:{_COUNT}\s+)?{_UNIT}s?)\b(?!\s+old\b)",
        by=days_of_stretch,
    ),
    _rule(
        r"\b(?:(?P<lead>on|last|this|next|since|until|till|by|before|after|from|between|and|past|to)\s+)",
        r"(?P<all>(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day))(?:s|'s|’s)?\b",
        by=days_of_weekday,
    ),
    _rule(rf"{_NOT_DATING}(?P<all>(?P<decade>(?:19|20)\d0)s)\b", by=days_of_decade),
    _rule(
        rf"{_NOT_DATING}(?P<all>(?P<year>(?:19|20)\d\d)\s?[-–/]\s?(?P<until>(?:19|20)?\d\d))(?![\w%/-]|[.,]\d)",
        by=days_of_years,
    ),
    _rule(rf"{_NOT_DATING}(?P<all>{_PART}{_YEAR})(?!-\d){_THINGS}", by=days_of_year),
)
