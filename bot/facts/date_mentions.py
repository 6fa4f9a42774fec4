"""Finds the dates of a text, as exact as they are written, and compares them with those of a source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.calendar_terms import (
    AMBIGUOUS_MONTHS,
    DAY_OF_MONTH,
    MONTH,
    ORDINAL_SUFFIX,
    UNAMBIGUOUS_MONTH,
    WEEKDAY,
    month_number,
    weekday_number,
)

_AMBIGUOUS_MONTHS = tuple(month.title() for month in AMBIGUOUS_MONTHS)
_YEAR = r"(?:1[5-9]|20)\d\d"  # claims are also about history
_FORMS = re.compile(
    rf"""
    (?<![\w/.$£€])(?:(?<!\d[,-])|(?<=\b{_YEAR}-)(?={_YEAR}(?![-\d])))
    (?:(?P<y1>{_YEAR})-(?P<m1>\d\d)-(?P<d1>\d\d)(?!\d)
      |(?P<d2>{DAY_OF_MONTH}){ORDINAL_SUFFIX}?(?:\sof)?\s(?P<m2>{MONTH})(?:,?\s(?P<y2>{_YEAR})\b)?
      |(?P<m3>{MONTH})\s(?P<d3>{DAY_OF_MONTH}){ORDINAL_SUFFIX}?(?![\d:.]\d|\d)(?:,?\s(?P<y3>{_YEAR})\b)?
      |(?P<m4>{MONTH}),?\s(?P<y4>{_YEAR})\b
      |(?P<m5>(?-i:{"|".join(_AMBIGUOUS_MONTHS)})|{UNAMBIGUOUS_MONTH})\b
      |(?P<y6>{_YEAR})(?:s\b|(?![\w%]|,\d|\.\d)(?!\s(?:people|men|women|dollars|euros|pounds|miles|km|jobs)))
      |(?P<w>{WEEKDAY})\b
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BEFORE_MONTH = re.compile(
    r"\b(?:in|of|since|until|till|by|last|this|next|during|early|late|mid|from|to)[\s-]$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date at ``text[start:end]``; parts that are not given are None. ``weekday``: Monday is 0."""

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
    return [_mention(match) for match in _FORMS.finditer(text) if not _is_verb_or_name(text, match)]


def _is_verb_or_name(text: str, match: re.Match[str]) -> bool:
    """True for "May" or "March" alone, unless a word such as "in" or "since" precedes it."""
    if match["m5"] not in _AMBIGUOUS_MONTHS:
        return False
    return not _BEFORE_MONTH.search(text[max(0, match.start() - 8) : match.start()])


def _mention(match: re.Match[str]) -> DateMention:
    parts = {name[0]: value for name, value in match.groupdict().items() if value}
    month = parts.get("m")
    return DateMention(
        match.start(),
        match.end(),
        int(parts["y"]) if "y" in parts else None,
        None if month is None else int(month) if month.isdigit() else month_number(month),
        int(parts["d"]) if "d" in parts else None,
        weekday_number(parts["w"]) if "w" in parts else None,
    )


def is_supported_by(claim: DateMention, evidence: Sequence[DateMention]) -> bool:
    """True if the evidence has the claimed date, or a more exact date within it.

    A date without a year in the evidence can take its year from another date of the evidence.
    """
    if claim.weekday is not None:
        return any(claim.weekday in (other.weekday, _weekday(other)) for other in evidence)
    return any(_includes(claim, other, evidence) for other in evidence)


def _includes(claim: DateMention, other: DateMention, evidence: Sequence[DateMention]) -> bool:
    if other.weekday is not None:
        return False
    if claim.day is not None and claim.day != other.day:
        return False
    if claim.month is not None and claim.month != other.month:
        return False
    if claim.year is None or claim.year == other.year:
        return True
    return other.year is None and any(claim.year == known.year for known in evidence)


def _weekday(mention: DateMention) -> int | None:
    if mention.year is None or mention.month is None or mention.day is None:
        return None
    try:
        return date(mention.year, mention.month, mention.day).weekday()
    except ValueError:
        return None
