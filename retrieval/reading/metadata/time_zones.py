"""Converts time zone names used in news to UTC offsets; the region disambiguates names of several zones."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Minutes east of UTC.
_FIXED = {
    "z": 0, "gmt": 0, "utc": 0, "wet": 0, "west": 60, "cet": 60, "cest": 120, "eet": 120, "eest": 180,
    "msk": 180, "gst": 240, "pkt": 300, "ist": 330, "npt": 345, "ict": 420, "wib": 420, "hkt": 480,
    "sgt": 480, "myt": 480, "pht": 480, "awst": 480, "jst": 540, "kst": 540, "acst": 570, "acdt": 630,
    "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "bst": 60, "sast": 120, "cat": 120, "eat": 180,
    "wat": 60, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480,
    "pdt": -420, "akst": -540, "akdt": -480, "hst": -600, "ast": -240, "adt": -180, "nst": -210,
    "ndt": -150, "brt": -180, "art": -180,
}  # fmt: skip
# Names with another meaning in some regions, by country code or top-level domain.
_BY_REGION = {
    "ist": {"il": 120, "ie": 60},
    "cst": {"cn": 480, "tw": 480},
    "bst": {"bd": 360},
    "ast": {"sa": 180, "kw": 180, "iq": 180, "qa": 180},
    "gst": {"gs": -120},
}
# US names that cover standard and daylight saving time; the rules changed several times, last in 2007.
_US_ZONES = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}
_NUMBER = re.compile(r"(?:gmt|utc)?\s?([+−-])(\d\d?):?(\d\d)?", re.IGNORECASE)


def zone_offset(name: str, moment: datetime, region: str | None = None) -> timedelta | None:
    """The UTC offset of a zone name ("IST", "ET", "+0530", "GMT+8") at a local time; None if unknown.

    *region* is a country code or a host name: IST is Indian time, except on a host such as "rte.ie".
    """
    key = name.strip().lower()
    number = _NUMBER.fullmatch(key)
    if number:
        return _from_number(number)
    if key in _US_ZONES:
        try:
            return moment.replace(tzinfo=ZoneInfo(_US_ZONES[key])).utcoffset()
        except ZoneInfoNotFoundError:  # minimal systems have no time zone database
            return None
    country = (region or "").lower().rpartition(".")[2]
    minutes = _BY_REGION.get(key, {}).get(country, _FIXED.get(key))
    return None if minutes is None else timedelta(minutes=minutes)


def _from_number(match: re.Match[str]) -> timedelta | None:
    hours, minutes = int(match[2]), int(match[3] or 0)
    if hours > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return offset if match[1] == "+" else -offset
