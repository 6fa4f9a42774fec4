"""Converts dates as written in news to ISO 8601, with the precision of the source; skips ambiguous dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from unicodedata import normalize

from retrieval.calendar_terms import (
    DAY_OF_MONTH,
    FOREIGN_MONTH,
    MONTH_ABBREVIATION,
    MONTH_NAME,
    ORDINAL_SUFFIX,
    WEEKDAY,
    WEEKDAY_ABBREVIATIONS,
    YEAR,
    any_of,
    foreign_month_number,
)
from retrieval.reading.metadata.time_zones import zone_offset

# "@" is replaced by a suffix that makes the group names of each alternative unique.
_MONTH = rf"(?P<month@>{MONTH_NAME}|{MONTH_ABBREVIATION}|{FOREIGN_MONTH})\b\.?"  # sites write "May. 5"
_WEEKDAY = rf"(?:(?:{WEEKDAY}|{any_of(WEEKDAY_ABBREVIATIONS)})\.?,?\s{{1,3}})?"
_ORDINAL = rf"(?:\s?{ORDINAL_SUFFIX}\b|er\b|[.ºª°])?"  # "4. März", "1er mars", "1º de março"
_YEAR = rf"{YEAR}(?!\d)"
_CLOCK = r"""
    (?P<hour@>[01]?\d|2[0-4])
    (?: [:.h時时點点](?P<minute@>[0-5]\d)(?:[:.分](?P<second@>[0-5]\d)(?:[.,]\d{1,9}|秒)?)?分?(?!\d)
      (?:\s?(?P<half@>[ap]\.?m\b\.?))?
      | \s?(?P<half_only@>[ap]\.?m\b\.?)
    )
    (?:\s?(?:hrs|hours|h|uhr|uur)\b)?
    (?:\s{0,2}\(?(?P<zone@>z\b|(?:gmt|utc)?\s?[+−-]\d\d?(?::?\d\d)?(?!\d)|[a-z]{2,4}\b)\)?)?
"""
_AT = any_of(("at", "on", "um", "à", "a las", "alle", "ore", "alle ore", "às", "as", "om", "в"))
_GAP = rf"[\s,|•·–—-]{{0,4}}(?:\b{_AT}\b)?[\s,|•·–—-]{{0,3}}"
_FORMS = r"""
    (?P<iso_year>YEAR)(?P<separator>[-/.])(?P<iso_month>\d\d?)(?P=separator)(?P<iso_day>\d\d?)(?!\d)
  | WEEKDAY MONTH_1 \s{0,2}(?P<day_1>DAY)ORDINAL(?:\s{0,2},\s{0,2}|\s{1,2})(?P<year_1>YEAR)
  | WEEKDAY (?P<day_2>DAY)ORDINAL(?:\s(?:of|del?|di))?[\s-]{0,2} MONTH_2
    [\s,-]{0,2}(?:del?\s)?(?P<year_2>YEAR)(?:\sг(?:ода|\.|\b))?
  | WEEKDAY (?P<first>\d\d?)(?P<mark>[/.-])(?P<second>\d\d?)(?P=mark)(?P<year_3>YEAR)
"""
for _name, _part in {
    "WEEKDAY": _WEEKDAY,
    "MONTH_1": _MONTH.replace("@", "_1"),
    "MONTH_2": _MONTH.replace("@", "_2"),
    "ORDINAL": _ORDINAL,
    "DAY": DAY_OF_MONTH,
    "YEAR": _YEAR,
}.items():
    _FORMS = _FORMS.replace(_name, _part)
# Chinese, Japanese and Korean are written without spaces: the date can follow a letter.
_EAST_ASIAN = r"""
    (?P<year_4>(?:19|20)\d\d)\s?[年년]\s?(?P<month_4>\d\d?)\s?[月월]\s?(?P<day_4>\d\d?)\s?[日일号號]
    (?:\s?\(\w{1,3}\)|\s?星期[一二三四五六日天])?
"""
_STAMP = re.compile(
    rf"""(?:
      (?<![\w/.-])
      (?:{_CLOCK.replace("@", "_before")}{_GAP})?
      (?:{_FORMS})
    | (?<!\d){_EAST_ASIAN}
    )
    (?:(?:T|{_GAP}){_CLOCK.replace("@", "_after")})?
    """,
    re.VERBOSE | re.IGNORECASE,
)

_DAY_FIRST_LANGUAGES = frozenset(
    "bg ca cs da de el es fi fr hr id it nb nl no pl pt ro ru sk sr tr uk vi".split()
)
_DAY_FIRST_REGIONS = frozenset("en-au en-gb en-ie en-in en-nz en-za".split())


@dataclass(frozen=True, slots=True)
class DateMatch:
    """A date at ``text[start:end]``; ``iso`` is a day, or a time with its UTC offset if known."""

    start: int
    end: int
    iso: str


def find_dates(text: str, region: str | None = None, *, day_first: bool = False) -> Iterator[DateMatch]:
    """The complete dates of a text, in order; skips dates without a year and ambiguous ones.

    *region* is a country code or the page's host name; it disambiguates time zone names. With *day_first*,
    03/04/2021 is 3 April.

    >>> [found.iso for found in find_dates("Updated March 18th, 2021 at 18:57 IST")]
    ['2021-03-18T18:57:00+05:30']
    """
    for match in _STAMP.finditer(text):
        day = _day(match, day_first)
        if day is not None:
            yield _date_match(match, day, region)


def parse_date(value: object, region: str | None = None, *, day_first: bool = False) -> str | None:
    """ISO 8601 for the value of a date field (of front matter, JSON or a page); None if it is not a date.

    Numbers are seconds or milliseconds since 1970, as in feeds and dumps.
    """
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(value)
    if not isinstance(value, str):
        return None
    value = normalize("NFKC", value.strip()[:100])
    if re.fullmatch(r"\d{10}|\d{13}", value):
        return _from_epoch(int(value))
    compact = re.fullmatch(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?(Z)?)?", value)
    if compact:
        return _from_compact(compact)
    return next((found.iso for found in find_dates(value, region, day_first=day_first)), None)


def writes_day_first(language: str | None) -> bool:
    """True for languages and regions (tags such as "de" and "en-GB") that write 3 April as 03/04."""
    tag = (language or "").lower().replace("_", "-")
    return tag in _DAY_FIRST_REGIONS or tag.partition("-")[0] in _DAY_FIRST_LANGUAGES


def _from_epoch(number: float) -> str | None:
    seconds = number / 1000 if number > 1e11 else number
    if not 1e8 < seconds < 4.2e9:  # 1973 to 2103: anything else is not a date
        return None
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()


def _from_compact(match: re.Match[str]) -> str | None:
    year, month, day, hour, minute, second, zulu = match.groups()
    try:
        moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
    except ValueError:
        return None
    if hour is None:
        return moment.date().isoformat()
    return moment.isoformat() + ("+00:00" if zulu else "")


def _day(match: re.Match[str], day_first: bool) -> date | None:
    try:
        if match["iso_year"]:
            return date(int(match["iso_year"]), int(match["iso_month"]), int(match["iso_day"]))
        for form in ("1", "2"):
            if match[f"year_{form}"]:
                month = foreign_month_number(match[f"month_{form}"])
                return date(int(match[f"year_{form}"]), month, int(match[f"day_{form}"]))
        if match["year_4"]:
            return date(int(match["year_4"]), int(match["month_4"]), int(match["day_4"]))
        first, second, year = int(match["first"]), int(match["second"]), int(match["year_3"])
        return _numeric_day(first, second, year, day_first)
    except ValueError:
        return None


def _numeric_day(first: int, second: int, year: int, day_first: bool) -> date | None:
    """03/18/2021 and 18/03/2021 are unambiguous; 03/04/2021 is ambiguous and gives None, unless the language
    writes the day first."""
    if first > 12 or first == second or (day_first and second <= 12):
        return date(year, second, first)
    return date(year, first, second) if second > 12 else None


def _date_match(match: re.Match[str], day: date, region: str | None) -> DateMatch:
    for side in ("_after", "_before"):
        clock = _clock(match, side)
        if clock is None:
            continue
        extra_days, hour, minute, second = clock
        moment = datetime(day.year, day.month, day.day, hour, minute, second)
        moment += timedelta(days=extra_days)
        zone = match["zone" + side]
        offset = zone_offset(zone, moment, region) if zone else None
        end = match.end()
        if zone and offset is None:  # the word after the time is not a zone, so not part of the date
            end = match.start("zone" + side) if side == "_after" else end
        iso = moment.isoformat() if offset is None else moment.replace(tzinfo=timezone(offset)).isoformat()
        return DateMatch(match.start(), _trim(match.string, match.start(), end), iso)
    return DateMatch(match.start(), match.end(), day.isoformat())


def _clock(match: re.Match[str], side: str) -> tuple[int, int, int, int] | None:
    """(extra days, hour, minute, second) of the time before ("_before") or after ("_after") the day."""
    if match["hour" + side] is None:
        return None
    hour = int(match["hour" + side])
    minute = int(match["minute" + side] or 0)
    second = int(match["second" + side] or 0)
    half = match["half" + side] or match["half_only" + side]
    if half:
        if not 1 <= hour <= 12:
            return (0, hour, minute, second) if hour < 24 else None  # "18:57 pm": ignore the "pm"
        hour = hour % 12 + (12 if half.lower().startswith("p") else 0)
    if hour == 24:
        return (1, 0, minute, second) if minute == second == 0 else None
    return 0, hour, minute, second


def _trim(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end
