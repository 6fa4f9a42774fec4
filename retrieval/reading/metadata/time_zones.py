"""The zone names that news puts after a time -> offset from UTC; names of several zones go by the place."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

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
# Names that mean another zone in another place: the end of a host name, or a country code.
_BY_PLACE = {
    "ist": {"il": 120, "ie": 60},
    "cst": {"cn": 480, "tw": 480},
    "bst": {"bd": 360},
    "ast": {"sa": 180, "kw": 180, "iq": 180, "qa": 180},
    "gst": {"gs": -120},
}
# Standard time in winter, one hour more in the summer of the United States.
_AMERICAN = {"et": -300, "ct": -360, "mt": -420, "pt": -480}
_NUMBER = re.compile(r"(?:gmt|utc)?\s?([+−-])(\d\d?):?(\d\d)?", re.IGNORECASE)


def zone_offset(name: str, moment: datetime, place: str | None = None) -> timedelta | None:
    """The offset of a zone name ("IST", "ET", "+0530", "GMT+8"), None when it is none.

    IST is India's unless *place* (a country code or a host such as "rte.ie") says otherwise.
    """
    key = name.strip().lower()
    number = _NUMBER.fullmatch(key)
    if number:
        return _from_number(number)
    if key in _AMERICAN:
        return timedelta(minutes=_AMERICAN[key] + (60 if _american_summer(moment) else 0))
    country = (place or "").lower().rpartition(".")[2]
    minutes = _BY_PLACE.get(key, {}).get(country, _FIXED.get(key))
    return None if minutes is None else timedelta(minutes=minutes)


def _from_number(match: re.Match[str]) -> timedelta | None:
    hours, minutes = int(match[2]), int(match[3] or 0)
    if hours > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return offset if match[1] == "+" else -offset


def _american_summer(moment: datetime) -> bool:
    """Second Sunday of March to first Sunday of November, 2 o'clock (Energy Policy Act of 2005)."""
    march = moment.replace(month=3, day=8, hour=2, minute=0, second=0)
    november = moment.replace(month=11, day=1, hour=2, minute=0, second=0)
    march += timedelta(days=(6 - march.weekday()) % 7)
    november += timedelta(days=(6 - november.weekday()) % 7)
    return march <= moment < november
