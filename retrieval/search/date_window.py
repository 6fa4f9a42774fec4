"""The time that a question asks about: its date phrases as windows of days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

from retrieval.language_words import ENGLISH
from retrieval.search.date_phrases import DatePeriod, find_date_periods
from retrieval.search.day_arithmetic import shift_days
from retrieval.search.foreign_dates import english_dates

MAX_QUESTION_LENGTH = 4000  # characters; the rest of a question is ignored
DateKind = Literal["none", "soft", "hard", "latest"]


@dataclass(frozen=True, slots=True)
class DateWindow:
    """The days, both inclusive, that a question names in ``text``; None is open-ended.

    ``hard``: the article itself is dated ("the article of October 6, 2023", "published since May"), so other
    articles are excluded. ``soft``: an event is dated; articles from around those days are more likely.
    ``latest``: no days, but the newest articles are wanted. ``none``: no reference to time.
    """

    since: date | None = None
    until: date | None = None
    kind: DateKind = "none"
    text: str = ""

    def distance(self, day: date) -> int:
        """Days between *day* and the window; 0 inside it."""
        if self.since is not None and day < self.since:
            return (self.since - day).days
        if self.until is not None and day > self.until:
            return (day - self.until).days
        return 0

    @property
    def days(self) -> int | None:
        """Length in days; None when the window is open-ended."""
        if self.since is None or self.until is None:
            return None
        return (self.until - self.since).days + 1


_PUBLISHED = (
    r"(?:articles?|pieces?|stor(?:y|ies)|coverage|published|posted|columns?|posts?|issues?|editions?|blogs?)"
)
_REPORT = r"(?:reports?|reporting|reported|wrote|written)"
_ARTICLE_WORD_BEFORE = re.compile(
    rf"\b(?:(?P<published>{_PUBLISHED})|(?P<report>{_REPORT}))\b[^.;?!]{{0,60}}$", re.I
)
_ARTICLE_WORD_AFTER = re.compile(
    rf"(?:'s|’s)?,?\s+(?:[\w'’]+\s+){{0,3}}?(?:(?P<published>{_PUBLISHED})|(?P<report>{_REPORT}))\b", re.I
)
_OPEN_ENDED = re.compile(
    r"\b(?P<word>before|prior\s+to|ahead\s+of|until|till|up\s+to|through|by|after|following|since|starting(?:\s+(?:in|from))?"
    r"|from|later\s+than|earlier\s+than)\s+"
    r"(?P<event>(?:the\s+)?(?:(?!(?:did|does|do|was|were|is|are|has|have|had|report|article|story|published)\b)"
    r"[\w'’-]+\s+){0,4}?(?:of|in)\s+(?:the\s+)?|(?:the\s+)?)$",
    re.I,
)
_EVENT_AFTER = re.compile(
    r"\s+[a-z]*(?:election|summit|war|games|olympics|cup|season|strike|attack|referendum)s?\b", re.I
)
_END_WORDS = ("before", "prior to", "ahead of", "until", "till", "up to", "through", "by", "earlier than")
_EXCLUSIVE_WORDS = ("before", "prior to", "ahead of", "earlier than", "after", "following", "later than")
_RANGE_CONNECTOR = re.compile(
    r"^\s*(?:,\s*)?(?:and|to|until|till|through|thru|[-–—])\s+(?:the\s+)?(?:in\s+)?$", re.I
)
_RANGE_START = re.compile(r"\b(?:between|from)\s+(?:the\s+)?$", re.I)
_LATEST = re.compile(
    r"\b(?:latest|newest|most\s+recent(?:ly)?|recently|lately|currently|right\s+now|nowadays|at\s+the\s+moment"
    r"|as\s+of\s+now|so\s+far|to\s+date|up[\s-]to[\s-]date|breaking\s+news|recent(?!\s+(?:days|weeks|months|years)\b)|now|these\s+days|just\s+(?!as\b|like\b)\w+ed"
    r"|(?:the|'s|’s|is|are|its|their|his|her|of)\s+current(?=\s+[a-z]))\b",
    re.I,
)


def date_window(question: str, as_of: date, language: str = ENGLISH) -> DateWindow:
    """The most specific window of *question*, asked on *as_of*: the date of an article rather than that of an
    event, then the narrowest.
    """
    return min(date_windows(question, as_of, language), key=_specificity, default=DateWindow())


@lru_cache(maxsize=256)  # asked at each step of an answer
def date_windows(question: str, as_of: date, language: str = ENGLISH) -> tuple[DateWindow, ...]:
    """All windows of *question* in order, for questions that compare; "latest", if any, comes last.

    In another *language*, the texts of the windows are in English.
    """
    question = english_dates(question[:MAX_QUESTION_LENGTH], language)
    periods = _merge_ranges(question, find_date_periods(question, as_of))
    windows = [_window(question, period) for period in periods]
    latest = _LATEST.search(question)
    if latest:
        windows.append(DateWindow(None, as_of, "latest", latest[0]))
    return tuple(windows)


def _specificity(window: DateWindow) -> tuple[int, int]:
    return ("hard", "soft", "latest", "none").index(window.kind), window.days or 10**9


def _merge_ranges(question: str, periods: Sequence[DatePeriod]) -> list[DatePeriod]:
    """The periods, with "between A and B", "from A to B" and "A - B" merged into one."""
    merged: list[DatePeriod] = []
    for period in periods:
        if merged and _is_range(question, merged[-1], period):
            merged[-1] = _span(merged[-1], period)
        else:
            merged.append(period)
    return merged


def _is_range(question: str, a: DatePeriod, b: DatePeriod) -> bool:
    between = question[a.end : b.start]
    if not _RANGE_CONNECTOR.match(between):
        return False
    return bool(_RANGE_START.search(question, 0, a.start)) or not re.search(r"\band\b", between, re.I)


def _span(a: DatePeriod, b: DatePeriod) -> DatePeriod:
    """From the start of *a* to the end of *b*; a year given once applies to both."""
    first, last = a.first, b.last
    if a.yearless and not b.yearless:
        first = _in_year(first, b.first.year)
        if first > last:
            first = _in_year(first, b.first.year - 1)
    elif b.yearless and first > last:
        last = _in_year(
            last, first.year if (last.month, last.day) >= (first.month, first.day) else first.year + 1
        )
    return DatePeriod(a.start, b.end, min(first, last), max(first, last))


def _in_year(day: date, year: int) -> date:
    year = min(max(year, 1), 9999)
    return day.replace(year=year, day=min(day.day, 28) if day.month == 2 else day.day)


def _window(question: str, period: DatePeriod) -> DateWindow:
    """The window of a period, open-ended after a "since" or "before"."""
    start, end = period.start, period.end
    window = DateWindow(period.first, period.last, _kind(question, period), question[start:end])
    open_ended = _OPEN_ENDED.search(question, max(0, start - 80), start)
    if open_ended is None or _RANGE_START.search(question, 0, start):
        return window
    word = " ".join(open_ended["word"].lower().split())
    text = question[open_ended.start() : end]
    is_event = len(open_ended["event"].split()) > 1 or bool(_EVENT_AFTER.match(question, end))
    is_exclusive = word in _EXCLUSIVE_WORDS and not is_event  # an election of 2022 is some day within 2022
    if word in _END_WORDS:
        return replace(
            window, since=None, until=shift_days(period.first, -1) if is_exclusive else period.last, text=text
        )
    return replace(
        window, since=shift_days(period.last, 1) if is_exclusive else period.first, until=None, text=text
    )


def _kind(question: str, period: DatePeriod) -> DateKind:
    """Hard next to a word for an article; next to a word for reporting only if the date is a day."""
    is_day = (period.last - period.first).days < 3
    for article_word in (
        _ARTICLE_WORD_BEFORE.search(question, max(0, period.start - 90), period.start),
        _ARTICLE_WORD_AFTER.match(question, period.end),
    ):
        if article_word and (article_word["published"] or is_day):
            return "hard"
    return "soft"
