"""Says on which day an article appeared, before a sentence that is not understood without it."""

from __future__ import annotations

import re
from datetime import date

from retrieval.article import ArticleInfo
from retrieval.search.date_window import date_window

_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_PERIOD = (
    "(?:morning|evening|night|week|weekend|month|quarter|year|season|summer|winter|spring|autumn|fall"
    rf"|{_WEEKDAY})"
)
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
# Days that are told from the day of the article: "on Thursday", "last year", "two weeks ago"; and days of a
# year that is not said: "19 September", "since May".
_RELATIVE = re.compile(
    rf"\b(?:today|yesterday|tomorrow|tonight|{_WEEKDAY}|(?:this|last|next|coming) {_PERIOD}"
    r"|(?:days?|weeks?|months?|years?) ago)\b",
    re.IGNORECASE,
)
_NO_YEAR = re.compile(
    rf"\b(?:\d\d?(?:st|nd|rd|th)?(?: of)? {_MONTH}|{_MONTH} \d\d?(?:st|nd|rd|th)?"
    rf"|(?:[Ii]n|[Ss]ince|[Uu]ntil|[Ff]rom|[Bb]y) {_MONTH})\b(?!,? (?:of )?\d)"
)


def with_report_date(article: ArticleInfo) -> str:
    """ "Reported on 18 March 2021: "; "" when the day is unknown.

    >>> with_report_date(ArticleInfo("a", "a.txt", "Title", published="2021-03-18T08:00:00+05:30"))
    'Reported on 18 March 2021: '
    """
    day, updated = article.day, article.updated_day
    later = f", updated on {_spelt(updated)}" if day and updated and updated > day else ""
    return f"Reported on {_spelt(day)}{later}: " if day else ""


def _spelt(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def needs_report_date(question: str, as_of: date, sentence: str) -> bool:
    """Whether the reader must know the day: the question asks of a time, or the sentence counts from it."""
    return (
        bool(_RELATIVE.search(sentence) or _NO_YEAR.search(sentence))
        or date_window(question, as_of).kind != "none"
    )
