"""Adds the date of an article to sentences that cannot be understood without it."""

from __future__ import annotations

import re
from datetime import date

from bot.localization import localized, localized_day
from retrieval.article import ArticleInfo
from retrieval.calendar_terms import DAY_OF_MONTH, MONTHS, ORDINAL_SUFFIX, SEASON, WEEKDAY, any_of
from retrieval.search.date_window import date_window

REPORTED = "Reported on {day}: "
REPORTED_AND_UPDATED = "Reported on {day}, updated on {update}: "
_PERIOD = rf"(?:morning|evening|night|week|weekend|month|quarter|year|season|{SEASON}|{WEEKDAY})"
_MONTH = any_of(month.title() for month in MONTHS)
_DAY = rf"{DAY_OF_MONTH}{ORDINAL_SUFFIX}?"
# Dates relative to the article's ("on Thursday", "last year", "two weeks ago"), and dates without a year
# ("19 September", "since May").
_RELATIVE = re.compile(
    rf"\b(?:today|yesterday|tomorrow|tonight|{WEEKDAY}|(?:this|last|next|coming) {_PERIOD}"
    r"|(?:days?|weeks?|months?|years?) ago)\b",
    re.IGNORECASE,
)
_NO_YEAR = re.compile(
    rf"\b(?:{_DAY}(?: of)? {_MONTH}|{_MONTH} {_DAY}"
    rf"|(?:[Ii]n|[Ss]ince|[Uu]ntil|[Ff]rom|[Bb]y) {_MONTH})\b(?!,? (?:of )?\d)"
)


def report_date_lead(article: ArticleInfo) -> str:
    """ "Reported on 18 March 2021: "; "" when the day is unknown.

    >>> report_date_lead(ArticleInfo("a", "a.txt", "Title", published="2021-03-18T08:00:00+05:30"))
    'Reported on 18 March 2021: '
    """
    day, updated = article.day, article.updated_day
    if not day:
        return ""
    if updated and updated > day:
        return localized(REPORTED_AND_UPDATED, day=localized_day(day), update=localized_day(updated))
    return localized(REPORTED, day=localized_day(day))


def needs_report_date(sentence: str) -> bool:
    """True if the sentence has a date relative to the article's."""
    return bool(_RELATIVE.search(sentence) or _NO_YEAR.search(sentence))


def asks_about_time(question: str, as_of: date) -> bool:
    """True if the question asks about a time: every sentence of the answer then needs its report date."""
    return date_window(question, as_of).kind != "none"
