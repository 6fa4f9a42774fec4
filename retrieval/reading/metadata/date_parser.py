"""Dates as news writes them -> ISO 8601, as exact as the source; what is ambiguous stays unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from retrieval.reading.metadata.time_zones import zone_offset

_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|"
        "sep sept september|oct october|nov november|dec december".split("|"),
        start=1,
    )
    for name in names.split()
}
# "@" stands for what tells the groups of one alternative from those of another.
_MONTH = (
    r"(?P<month@>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s{1,3})?"
_ORDINAL = r"(?:\s?(?:st|nd|rd|th)\b)?"
_YEAR = r"(?:19|20)\d\d(?!\d)"
_CLOCK = r"""
    (?P<hour@>[01]?\d|2[0-4])
    (?: [:.h](?P<minute@>[0-5]\d)(?:[:.](?P<second@>[0-5]\d)(?:[.,]\d{1,9})?)?(?!\d)
      (?:\s?(?P<half@>[ap]\.?m\b\.?))?
      | \s?(?P<half_only@>[ap]\.?m\b\.?)
    )
    (?:\s?(?:hrs|hours|h)\b)?
    (?:\s{0,2}\(?(?P<zone@>z\b|(?:gmt|utc)?\s?[+−-]\d\d?(?::?\d\d)?(?!\d)|[a-z]{2,4}\b)\)?)?
"""
_GAP = r"[\s,|•·–—-]{0,4}(?:\b(?:at|on)\b)?[\s,|•·–—-]{0,3}"
_FORMS = r"""
    (?P<iso_year>YEAR)(?P<separator>[-/.])(?P<iso_month>\d\d?)(?P=separator)(?P<iso_day>\d\d?)(?!\d)
  | WEEKDAY MONTH_1 \s{0,2}(?P<day_1>\d\d?)ORDINAL(?:\s{0,2},\s{0,2}|\s{1,2})(?P<year_1>YEAR)
  | WEEKDAY (?P<day_2>\d\d?)ORDINAL(?:\sof)?[\s-]{0,2} MONTH_2 [\s,-]{0,2}(?P<year_2>YEAR)
  | WEEKDAY (?P<first>\d\d?)(?P<mark>[/.-])(?P<second>\d\d?)(?P=mark)(?P<year_3>YEAR)
"""
for _name, _part in {
    "WEEKDAY": _WEEKDAY,
    "MONTH_1": _MONTH.replace("@", "_1"),
    "MONTH_2": _MONTH.replace("@", "_2"),
    "ORDINAL": _ORDINAL,
    "YEAR": _YEAR,
}.items():
    _FORMS = _FORMS.replace(_name, _part)
_STAMP = re.compile(
    rf"""(?<![\w/.-])
    (?:{_CLOCK.replace("@", "_before")}{_GAP})?
    (?:{_FORMS})
    (?:(?:T|{_GAP}){_CLOCK.replace("@", "_after")})?
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date found at ``text[start:end]``; ``iso`` is a day, or a time with its offset where known."""

    start: int
    end: int
    iso: str


def stamps(text: str, place: str | None = None) -> Iterator[Stamp]:
    """The full dates of a text in order; a date without a year, or one that reads two ways, is left out.

    *place* is a country code or the host of the page, for zone names that several countries use.

    >>> [stamp.iso for stamp in stamps("Updated March 18th, 2021 at 18:57 IST")]
    ['2021-03-18T18:57:00+05:30']
    """
    for match in _STAMP.finditer(text):
        day = _day(match)
        if day is not None:
            yield _stamp(match, day, place)


def parse_date(value: object, place: str | None = None) -> str | None:
    """ISO 8601 for a value that is meant as a date (a field of front matter, JSON or a page), else None.

    Numbers are seconds or milliseconds since 1970, as feeds and dumps have them.
    """
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(value)
    if not isinstance(value, str):
        return None
    value = value.strip()[:100]
    if re.fullmatch(r"\d{10}|\d{13}", value):
        return _from_epoch(int(value))
    compact = re.fullmatch(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?(Z)?)?", value)
    if compact:
        return _from_compact(compact)
    return next((stamp.iso for stamp in stamps(value, place)), None)


def _from_epoch(number: float) -> str | None:
    seconds = number / 1000 if number > 1e11 else number
    if not 1e8 < seconds < 4.2e9:  # 1973 to 2103: anything else is not a date
        return None
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()


def _from_compact(match: re.Match[str]) -> str | None:
    year, month, day, hour, minute, second, zulu = match.groups()
    try:
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
        )
    except ValueError:
        return None
    if hour is None:
        return moment.date().isoformat()
    return moment.isoformat() + ("+00:00" if zulu else "")


def _day(match: re.Match[str]) -> date | None:
    try:
        if match["iso_year"]:
            return date(int(match["iso_year"]), int(match["iso_month"]), int(match["iso_day"]))
        for form in ("1", "2"):
            if match[f"year_{form}"]:
                month = _MONTHS[match[f"month_{form}"].lower()]
                return date(int(match[f"year_{form}"]), month, int(match[f"day_{form}"]))
        return _numeric_day(int(match["first"]), int(match["second"]), int(match["year_3"]))
    except ValueError:
        return None


def _numeric_day(first: int, second: int, year: int) -> date | None:
    """03/18/2021 and 18/03/2021 are clear; 03/04/2021 reads two ways and is no date at all."""
    if first > 12 or first == second:
        return date(year, second, first)
    return date(year, first, second) if second > 12 else None


def _stamp(match: re.Match[str], day: date, place: str | None) -> Stamp:
    for side in ("_after", "_before"):
        clock = _clock(match, side)
        if clock is None:
            continue
        midnight_after, hour, minute, second = clock
        moment = datetime(day.year, day.month, day.day, hour, minute, second)
        moment += timedelta(days=midnight_after)
        zone = match["zone" + side]
        offset = zone_offset(zone, moment, place) if zone else None
        end = match.end()
        if zone and offset is None:  # a word after the time that is no zone is not part of the stamp
            end = match.start("zone" + side) if side == "_after" else end
        iso = moment.isoformat() if offset is None else moment.replace(tzinfo=timezone(offset)).isoformat()
        return Stamp(match.start(), _trim(match.string, match.start(), end), iso)
    return Stamp(match.start(), match.end(), day.isoformat())


def _clock(match: re.Match[str], side: str) -> tuple[int, int, int, int] | None:
    """(days to add, hour, minute, second) of the time before ("_before") or after ("_after") the day."""
    if match["hour" + side] is None:
        return None
    hour = int(match["hour" + side])
    minute = int(match["minute" + side] or 0)
    second = int(match["second" + side] or 0)
    half = match["half" + side] or match["half_only" + side]
    if half:
        if not 1 <= hour <= 12:
            return (0, hour, minute, second) if hour < 24 else None  # "18:57 pm": the 24 hours win
        hour = hour % 12 + (12 if half.lower().startswith("p") else 0)
    if hour == 24:
        return (1, 0, minute, second) if minute == second == 0 else None
    return 0, hour, minute, second


def _trim(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end
