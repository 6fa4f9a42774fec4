"""When a question asks about: the days that its words name, as a window."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from retrieval.search.date_phrases import DatePeriod, find_date_periods
from retrieval.search.day_arithmetic import shift_days

LONGEST = 4000  # characters of a question that are read
DateKind = Literal["none", "soft", "hard", "latest"]


@dataclass(frozen=True, slots=True)
class DateWindow:
    """The days that a question speaks of, both inclusive; None is open. ``text`` are its words for them.

    ``hard``: the words date the article itself ("the article of October 6, 2023", "published since May"),
    so that others are not meant. ``soft``: they date what happened; articles near those days are likelier.
    ``latest``: no days, but the newest is meant. ``none``: nothing said about time.
    """

    since: date | None = None
    until: date | None = None
    kind: DateKind = "none"
    text: str = ""

    def distance(self, day: date) -> int:
        """Days between *day* and the window; 0 within it."""
        if self.since is not None and day < self.since:
            return (self.since - day).days
        if self.until is not None and day > self.until:
            return (day - self.until).days
        return 0

    @property
    def days(self) -> int | None:
        """Its length in days; None when an end is open."""
        if self.since is None or self.until is None:
            return None
        return (self.until - self.since).days + 1


_PUBLISHED = (
    r"(?:articles?|pieces?|stor(?:y|ies)|coverage|published|posted|columns?|posts?|issues?|editions?|blogs?)"
)
_REPORT = r"(?:reports?|reporting|reported|wrote|written)"
_BEFORE = re.compile(rf"\b(?:(?P<published>{_PUBLISHED})|(?P<report>{_REPORT}))\b[^.;?!]{{0,60}}$", re.I)
_BEHIND = re.compile(
    rf"(?:'s|’s)?,?\s+(?:[\w'’]+\s+){{0,3}}?(?:(?P<published>{_PUBLISHED})|(?P<report>{_REPORT}))\b", re.I
)
_OPEN = re.compile(
    r"\b(?P<word>before|prior\s+to|ahead\s+of|until|till|up\s+to|through|by|after|following|since|starting(?:\s+(?:in|from))?"
    r"|from|later\s+than|earlier\s+than)\s+"
    r"(?P<event>(?:the\s+)?(?:(?!(?:did|does|do|was|were|is|are|has|have|had|report|article|story|published)\b)"
    r"[\w'’-]+\s+){0,4}?(?:of|in)\s+(?:the\s+)?|(?:the\s+)?)$",
    re.I,
)
_EVENT_BEHIND = re.compile(
    r"\s+[a-z]*(?:election|summit|war|games|olympics|cup|season|strike|attack|referendum)s?\b", re.I
)
_UNTIL_WORDS = ("before", "prior to", "ahead of", "until", "till", "up to", "through", "by", "earlier than")
_EXCLUDING = ("before", "prior to", "ahead of", "earlier than", "after", "following", "later than")
_JOINED = re.compile(r"^\s*(?:,\s*)?(?:and|to|until|till|through|thru|[-–—])\s+(?:the\s+)?(?:in\s+)?$", re.I)
_OPENS_RANGE = re.compile(r"\b(?:between|from)\s+(?:the\s+)?$", re.I)
_LATEST = re.compile(
    r"\b(?:latest|newest|most\s+recent(?:ly)?|recently|lately|currently|right\s+now|nowadays|at\s+the\s+moment"
    r"|as\s+of\s+now|so\s+far|to\s+date|up[\s-]to[\s-]date|breaking\s+news|recent(?!\s+(?:days|weeks|months|years)\b)|now|these\s+days|just\s+(?!as\b|like\b)\w+ed"
    r"|(?:the|'s|’s|is|are|its|their|his|her|of)\s+current(?=\s+[a-z]))\b",
    re.I,
)


def date_window(question: str, as_of: date) -> DateWindow:
    """The one window that best says when *question*, asked on *as_of*, asks about.

    Of several: one that dates an article before one that dates what happened, then the narrowest.
    """
    return min(date_windows(question, as_of), key=_rank, default=DateWindow())


def date_windows(question: str, as_of: date) -> tuple[DateWindow, ...]:
    """All windows of *question* in its order, for questions that compare; "latest", if any, comes last."""
    question = question[:LONGEST]
    periods = _ranges(question, find_date_periods(question, as_of))
    found = [_window(question, period) for period in periods]
    latest = _LATEST.search(question)
    if latest:
        found.append(DateWindow(None, as_of, "latest", latest[0]))
    return tuple(found)


def _rank(found: DateWindow) -> tuple[int, int]:
    return ("hard", "soft", "latest", "none").index(found.kind), found.days or 10**9


def _ranges(question: str, periods: Sequence[DatePeriod]) -> list[DatePeriod]:
    """Periods with "between A and B", "from A to B" and "A - B" made one."""
    joined: list[DatePeriod] = []
    for period in periods:
        if joined and _is_range(question, joined[-1], period):
            joined[-1] = _span(joined[-1], period)
        else:
            joined.append(period)
    return joined


def _is_range(question: str, a: DatePeriod, b: DatePeriod) -> bool:
    between = question[a.end : b.start]
    if not _JOINED.match(between):
        return False
    return bool(_OPENS_RANGE.search(question, 0, a.start)) or not re.search(r"\band\b", between, re.I)


def _span(a: DatePeriod, b: DatePeriod) -> DatePeriod:
    """From the beginning of *a* to the end of *b*; a year said once holds for both."""
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
    """The period with its kind, opened on one side by a "since" or "before" that stands ahead of it."""
    start, end = period.start, period.end
    closed = DateWindow(period.first, period.last, _kind(question, period), question[start:end])
    opened = _OPEN.search(question, max(0, start - 80), start)
    if opened is None or _OPENS_RANGE.search(question, 0, start):
        return closed
    word = " ".join(opened["word"].lower().split())
    text = question[opened.start() : end]
    is_event = len(opened["event"].split()) > 1 or bool(_EVENT_BEHIND.match(question, end))
    excluding = word in _EXCLUDING and not is_event  # an election of 2022 lies somewhere within 2022
    if word in _UNTIL_WORDS:
        return replace(
            closed, since=None, until=shift_days(period.first, -1) if excluding else period.last, text=text
        )
    return replace(
        closed, since=shift_days(period.last, 1) if excluding else period.first, until=None, text=text
    )


def _kind(question: str, period: DatePeriod) -> DateKind:
    """Hard when a word for an article stands by the date; for a word of reporting the date must be a day."""
    is_day = (period.last - period.first).days < 3
    for found in (
        _BEFORE.search(question, max(0, period.start - 90), period.start),
        _BEHIND.match(question, period.end),
    ):
        if found and (found["published"] or is_day):
            return "hard"
    return "soft"
