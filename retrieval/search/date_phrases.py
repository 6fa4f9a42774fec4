"""Finds date phrases in a question ("March 2021", "last week") and the first and last day that each names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from retrieval.calendar_terms import (
    DAY_OF_MONTH,
    MONTH,
    MONTH_NAME,
    NUMBERS,
    ORDINAL_SUFFIX,
    ORDINALS,
    SEASON,
    UNAMBIGUOUS_MONTH,
    WEEKDAY,
    YEAR,
)
from retrieval.search.day_arithmetic import Days
from retrieval.search.phrase_days import (
    days_ago,
    days_of_date,
    days_of_decade,
    days_of_month,
    days_of_numeric_date,
    days_of_quarter,
    days_of_relative_day,
    days_of_relative_period,
    days_of_season,
    days_of_weekday,
    days_of_year,
    days_of_year_range,
)


@dataclass(frozen=True, slots=True)
class DatePeriod:
    """The days, both inclusive, that ``question[start:end]`` names.

    ``yearless``: the question gives no year, and the latest one that is not in the future was assumed.
    """

    start: int
    end: int
    first: date
    last: date
    yearless: bool = False


_MONTH = rf"(?P<month>{MONTH})"
_WHOLE_MONTH = rf"(?P<month>{MONTH_NAME})"
_UNAMBIGUOUS_MONTH = rf"(?P<month>{UNAMBIGUOUS_MONTH})"
_DAY = rf"(?P<day>{DAY_OF_MONTH}){ORDINAL_SUFFIX}?"
_TO_DAY = rf"(?:\s?[-–]\s?(?P<day2>\d\d?){ORDINAL_SUFFIX}?)?"
_YEAR = rf"(?P<year>{YEAR})(?![\w%]|[.,:/]\d)"
_PART = r"(?:(?P<part>early|mid|late|(?:the\s+)?(?:start|beginning|middle|end)\s+of)[\s-]+)?"
_COUNT_WORDS = "|".join(word for word, number in NUMBERS.items() if number <= 12)
_COUNT = rf"(?P<count>\d{{1,3}}|an?|{_COUNT_WORDS}|(?:a\s+)?few|several|(?:a\s+)?couple(?:\s+of)?)"
_UNIT = r"(?P<unit>day|week|weekend|month|quarter|year|decade)"
_LEAD = r"(?P<lead>on|in|since|during|throughout|over|last|this|next|past|until|till|from|between|through)"
_NOT_IN_NUMBER = r"(?<![\w$£€.,:/#-])"  # "$2000", "1,999", "A-2020"
_NOT_A_COUNT = (  # "2000 people" is no date
    r"(?!\s+(?:people|men|women|children|dollars|euros|pounds|miles|metres|meters|feet|tons|tonnes|km|kg|mph"
    r"|years|days|hours|minutes|jobs|workers|employees|troops|soldiers|deaths|cases|votes|points|words)\b)"
)
_QUOTED = re.compile(r"[“\"][^“”\"]{1,80}[”\"]|(?<!\w)['‘][^'‘’]{1,80}['’](?!\w)")


def find_date_periods(question: str, as_of: date) -> list[DatePeriod]:
    """All periods that the question names, in its order, without overlaps."""
    question = _QUOTED.sub(lambda quoted: _blank(quoted, question), question)  # titles are not dates
    periods: list[DatePeriod] = []
    for pattern, resolve in _RULES:
        for match in pattern.finditer(question):
            start, end = match.start("all"), match.end("all")
            if any(start < period.end and period.start < end for period in periods):
                continue
            days = resolve(match, as_of)
            if days is not None:
                yearless = "month" in match.groupdict() and not match.groupdict().get("year")
                periods.append(DatePeriod(start, end, *days, yearless))
    return sorted(periods, key=lambda period: period.start)


def _blank(quoted: re.Match[str], question: str) -> str:
    """Spaces of the same length, so that offsets stay valid; a question quoted as a whole is kept."""
    is_whole = len(quoted[0]) >= len(question.strip())
    return quoted[0] if is_whole else " " * len(quoted[0])


def _rule(
    *parts: str, by: Callable[[re.Match[str], date], Days | None]
) -> tuple[re.Pattern[str], Callable[[re.Match[str], date], Days | None]]:
    return re.compile("".join(parts), re.IGNORECASE), by


# Specific patterns come first. The group ``all`` is the date phrase itself.
_RULES = (
    _rule(
        rf"(?<![\w/.-])(?P<all>(?P<year>{YEAR})(?P<mark>[-/.])(?P<a>\d\d?)(?P=mark)(?P<b>\d\d?))(?![\w/-])",
        by=days_of_numeric_date,
    ),
    _rule(
        rf"(?<![\w/.-])(?P<all>(?P<a>\d\d?)(?P<mark>[/.-])(?P<b>\d\d?)(?P=mark)(?P<year>{YEAR}))(?![\w/-])",
        by=days_of_numeric_date,
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
        rf"\b(?P<all>(?P<nth>{'|'.join([*ORDINALS][:4])}|1st|2nd|3rd|4th)\s+",
        rf"(?P<unit>quarter|half)(?:\s+of\s+{_YEAR}|(?=\s*[?.,;]|\s*$)))",
        by=days_of_quarter,
    ),
    _rule(
        rf"\b(?P<all>(?P<unit>[qh])(?P<number>[1-4])(?:\s+(?:of\s+)?{_YEAR})?)(?!\w)",
        by=days_of_quarter,
    ),
    _rule(
        r"\b(?:(?P<lead>last|this|since(?:\s+the)?|in\s+the|over\s+the|during(?:\s+the)?|past)\s+)?",
        rf"(?P<all>(?P<season>{SEASON})(?:\s+(?:of\s+)?{_YEAR})?)\b(?!\s+of\b)",
        by=days_of_season,
    ),
    _rule(rf"\b{_LEAD}\s+(?P<all>{_PART}{_WHOLE_MONTH})\b(?!\s+\d)(?!-)", by=days_of_month),
    _rule(
        rf"\b(?P<lead>before|after|by|to|and)\s+(?:early\s+|late\s+|mid-)?(?P<all>(?P<part>(?!))?{_UNAMBIGUOUS_MONTH})\b",
        r"(?!\s+\d)(?!-)",
        by=days_of_month,
    ),
    _rule(
        r"\b(?P<all>(?:the\s+)?day\s+before\s+yesterday|yesterday|last\s+night|today|tonight|tomorrow",
        r"|this\s+(?:morning|afternoon|evening))\b",
        by=days_of_relative_day,
    ),
    _rule(rf"\b(?P<all>{_COUNT}\s+{_UNIT}s?\s+(?:ago|earlier|back)\b)", by=days_ago),
    _rule(
        r"\b(?P<all>(?P<which>this|current|last|past|previous|next|coming|upcoming|recent)\s+",
        rf"(?:{_COUNT}\s+)?{_UNIT}s?)\b(?!\s+old\b)",
        by=days_of_relative_period,
    ),
    _rule(
        r"\b(?:(?P<lead>on|last|this|next|since|until|till|by|before|after|from|between|and|past|to)\s+)",
        rf"(?P<all>(?P<weekday>{WEEKDAY}))(?:s|'s|’s)?\b",
        by=days_of_weekday,
    ),
    _rule(rf"{_NOT_IN_NUMBER}(?P<all>(?P<decade>(?:19|20)\d0)s)\b", by=days_of_decade),
    _rule(
        rf"{_NOT_IN_NUMBER}(?P<all>(?P<year>{YEAR})\s?[-–/]\s?(?P<until>(?:19|20)?\d\d))(?![\w%/-]|[.,]\d)",
        by=days_of_year_range,
    ),
    _rule(rf"{_NOT_IN_NUMBER}(?P<all>{_PART}{_YEAR})(?!-\d){_NOT_A_COUNT}", by=days_of_year),
)
