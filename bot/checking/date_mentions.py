"""The dates of a text, as exact as they are written, and whether one source bears out another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAYS = "mon tue wed thu fri sat sun".split()
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:1[5-9]|20)\d\d"
_FORMS = re.compile(
    rf"""
    (?<![\w/.$£€])(?:(?<!\d[,-])|(?<=\b{_YEAR}-)(?={_YEAR}(?![-\d])))
    (?:(?P<y1>{_YEAR})-(?P<m1>\d\d)-(?P<d1>\d\d)(?!\d)
      |(?P<d2>{_DAY})(?:st|nd|rd|th)?(?:\sof)?\s(?P<m2>{_MONTH})(?:,?\s(?P<y2>{_YEAR})\b)?
      |(?P<m3>{_MONTH})\s(?P<d3>{_DAY})(?:st|nd|rd|th)?(?![\d:.]\d|\d)(?:,?\s(?P<y3>{_YEAR})\b)?
      |(?P<m4>{_MONTH}),?\s(?P<y4>{_YEAR})\b
      |(?P<m5>(?-i:March|April|May|June|August)|january|february|july|(?:septem|octo|novem|decem)ber)\b
      |(?P<y6>{_YEAR})(?:s\b|(?![\w%,]|\.\d)(?!\s(?:people|men|women|dollars|euros|pounds|miles|km|jobs)))
      |(?P<w>(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DATING = re.compile(
    r"\b(?:in|of|since|until|till|by|last|this|next|during|early|late|mid|from|to)[\s-]$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date at ``text[start:end]``; parts that are not written are None. ``weekday``: Monday is 0."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None


def date_mentions(text: str) -> list[DateMention]:
    """All dates in order: "18 March 2021", "March 18", "March 2021", "2021", "Thursday", ISO.

    >>> [(m.year, m.month, m.day) for m in date_mentions("On March 18, 2021, and in 2022")]
    [(2021, 3, 18), (2022, None, None)]
    """
    return [_moment(match) for match in _FORMS.finditer(text) if not _verb(text, match)]


def _verb(text: str, match: re.Match[str]) -> bool:
    """ "May" and "March" as verbs or names: alone, they are months only after a word that dates."""
    if match["m5"] not in {"May", "March", "April", "June", "August"}:
        return False
    return not _DATING.search(text[max(0, match.start() - 8) : match.start()])


def _moment(match: re.Match[str]) -> DateMention:
    parts = {name[0]: value for name, value in match.groupdict().items() if value}
    month = parts.get("m")
    return DateMention(
        match.start(),
        match.end(),
        int(parts["y"]) if "y" in parts else None,
        None if month is None else int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1,
        int(parts["d"]) if "d" in parts else None,
        _WEEKDAYS.index(parts["w"][:3].lower()) if "w" in parts else None,
    )


def is_supported_by(claim: DateMention, evidence: Sequence[DateMention]) -> bool:
    """Whether a date of the evidence is the claim's, or a more exact one within it.

    A day whose year the evidence leaves open may take its year from another date of the evidence.
    """
    if claim.weekday is not None:
        return any(claim.weekday in (other.weekday, _weekday(other)) for other in evidence)
    return any(_within(claim, other, evidence) for other in evidence)


def _within(claim: DateMention, other: DateMention, evidence: Sequence[DateMention]) -> bool:
    if other.weekday is not None:
        return False
    if claim.day is not None and claim.day != other.day:
        return False
    if claim.month is not None and claim.month != other.month:
        return False
    if claim.year is None or claim.year == other.year:
        return True
    return other.year is None and any(claim.year == each.year for each in evidence)


def _weekday(moment: DateMention) -> int | None:
    if moment.year is None or moment.month is None or moment.day is None:
        return None
    try:
        return date(moment.year, moment.month, moment.day).weekday()
    except ValueError:
        return None
