"""Finds the lines that state when an article was published or updated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from unicodedata import normalize

from retrieval.reading.metadata.date_labels import (
    LabelKind,
    is_labelled,
    label_kind,
    without_label_words,
    without_labels,
)
from retrieval.reading.metadata.date_parser import DateMatch, find_dates

_DATELINE = re.compile(
    r"[A-Z][A-Z.'’ /-]{2,40},? ?[(:]?(?P<date>[^()–—]{8,60}?)\)?,? ?(?:\([^()]{2,30}\))? ?(?:-{1,2}|–|—|:) "
)
_DURATION = re.compile(r"\b\d+\s?(?:-\s?)?min(?:ute)?s?\b(?: (?:read|ago))?|\bread time\b", re.IGNORECASE)
_SEPARATOR = re.compile(r"[|•·/]")
_RANGE = re.compile(r"\s*(?:[-–—]|to|until|bis|au|al|até|tot|по)\s*", re.IGNORECASE)
_MAX_OTHER_WORDS = 8  # beside the date in a date line: a name, a place, "3 min read"
_MAX_LENGTH = 200  # characters


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line of dates; ``labelled`` if it has a word such as "Published"; ``rest`` is its other text."""

    published: str | None
    updated: str | None
    labelled: bool
    rest: str


def date_line(words: str, *, day_first: bool = False) -> DateLine | None:
    """The dates of a line that exists to state when the article was published.

    None for prose that mentions a date, for the date of something else, and for a date in the future.

    >>> date_line("Updated March 18th, 2021 at 18:57 IST").updated
    '2021-03-18T18:57:00+05:30'
    >>> date_line("Deadline: 3 June 2021") is None
    True
    """
    if len(words) > _MAX_LENGTH or not any(map(str.isdigit, words)):
        return None
    words = normalize("NFKC", words)
    dates = list(find_dates(words, day_first=day_first))
    if not dates:
        return None
    rest = _rest(words, dates)
    kinds = list(_kinds(words, dates))
    if "other" in kinds or _is_prose(rest, labelled=kinds[0] != "none"):
        return None
    published = next((d.iso for d, kind in zip(dates, kinds, strict=True) if kind != "updated"), None)
    updated = next((d.iso for d, kind in zip(dates, kinds, strict=True) if kind == "updated"), None)
    return DateLine(published, updated, any(kind != "none" for kind in kinds), rest)


def _kinds(words: str, dates: Sequence[DateMatch]) -> Iterator[LabelKind]:
    end = 0
    for found in dates:
        label = words[end : found.start]
        if not_future(found.iso) is None or (end and _RANGE.fullmatch(label)):
            yield "other"
        else:
            yield _kind(label)
        end = found.end
    if re.match(r"\s*:\s*\S", words[end:]):  # "3 June 2021: the council meets"
        yield "other"


def _kind(label: str) -> LabelKind:
    """The kind of a date by the words before it, up to a separator; menus and names can precede that."""
    parts = _SEPARATOR.split(_DURATION.sub(" ", label))
    kind = label_kind(parts[-1])
    if kind == "none" and not without_label_words(parts[-1]) and len(parts) > 1 and is_labelled(parts[-2]):
        return label_kind(parts[-2])  # "Published | 3 May 2020"
    return kind


def _is_prose(rest: str, labelled: bool) -> bool:
    if len(re.findall(r"\w+", rest)) > _MAX_OTHER_WORDS:
        return True
    return len(re.findall(r"(?<!\S)[a-z]{2,}", rest)) > 1 and not labelled


def _rest(words: str, dates: Sequence[DateMatch]) -> str:
    parts, start = [], 0
    for found in dates:
        parts.append(words[start : found.start])
        start = found.end
    parts.append(words[start:])
    rest = without_labels(_DURATION.sub(" ", " | ".join(parts)))
    return re.sub(r"\s*[|•·:,()/–—-]+(?=\s|$)|(?<!\S)[|•·:,()/–—-]+\s*", " | ", rest).strip(" |")


def dateline(words: str) -> str | None:
    """The date of a paragraph that starts with a news agency's dateline; None without a year.

    >>> dateline("LONDON, March 3, 2020 (Reuters) - The bank said on Tuesday that it would close.")
    '2020-03-03'
    """
    match = _DATELINE.match(words)
    found = next(find_dates(match["date"]), None) if match else None
    return not_future(found.iso) if found else None


def not_future(stamp: str | None, today: date | None = None) -> str | None:
    """An ISO 8601 date or time, None if it is in the future: then it is not when something was published.

    Tomorrow is accepted, since it is already tomorrow in another time zone.

    >>> not_future("2021-03-18", date(2021, 3, 17)), not_future("2021-03-18", date(2021, 3, 16))
    ('2021-03-18', None)
    """
    latest = (today or date.today()) + timedelta(days=1)
    return stamp if stamp and stamp[:10] <= latest.isoformat() else None
