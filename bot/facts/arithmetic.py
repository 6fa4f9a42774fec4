"""Explains calculated figures as sums, differences, products, shares or ratios of given figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

from bot.facts.date_mentions import DateMention
from bot.facts.figures import Figure, is_supported_by

MAX_OPERANDS = 40  # the number of pairs grows with the square
_CALCULATES = re.compile(
    r"\b(?:differ(?:s|ed|ence)?|total|together|combined|sum|average|mean|half|third|quarter|per\s?cent|percent"
    r"|percentage|share|ratio|times|twice|double|more|fewer|less|longer|older|younger|higher|lower|remaining"
    r"|rest|other|declin\w*|increase\w*|rose|rise|drop\w*|fell|gr[eo]w\w*|gap|margin|after|later|earlier"
    r"|before|between|how (?:long|much|many)|calculat\w*|comput\w*|add(?:s|ed)? up)\b|%|\d\s*[*×÷+]\s*\d",
    re.IGNORECASE,
)
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.44, "year": 365.25}


def asks_for_calculation(text: str) -> bool:
    """True if a question or sentence has a word that suggests a calculation."""
    return _CALCULATES.search(text) is not None


def calculation(
    claim: Figure, noun: str, operands: Sequence[Figure], dates: Sequence[DateMention]
) -> str | None:
    """The calculation of the figure from the others, such as "412 - 385 = 27"; None if there is none.

    *noun* is the word after the figure, a unit of time for a span between two dates.
    """
    formulas = _of_figures(
        operands, shares=claim.unit == "%", rounded=bool(claim.hedge) or noun in ("time", "fold")
    )
    for formula, value in (*formulas, *_of_dates(dates, noun)):
        if value and _rounds_to(claim, value):
            return f"{formula} = {_short(value)}"
    return None


def _rounds_to(claim: Figure, value: float) -> bool:
    """True if a calculated value is the claimed one as precisely as that is written: 62 is not 60."""
    if not claim.hedge and value < 1000 and claim.value.is_integer():
        return round(value) == claim.value
    return is_supported_by(replace(claim, unit=""), [Figure(0, 0, value, "")])


def _of_figures(operands: Sequence[Figure], *, shares: bool, rounded: bool) -> Iterator[tuple[str, float]]:
    """Formulas with their values, the most likely ones first: products are equal to many figures by chance.

    Percentages only as *shares*, and only exact ratios unless *rounded*.
    """
    pairs = _pairs(operands)
    if shares:
        for large, small in pairs:
            yield f"{_short(small)} / {_short(large)} * 100", 100 * small / large
            rise = 100 * (large - small) / small
            yield f"({_short(large)} - {_short(small)}) / {_short(small)} * 100", rise
    alike = [figure for figure in operands if (figure.unit == "%") is shares]
    for large, small in _pairs(alike):
        yield f"{_short(large)} - {_short(small)}", large - small
        yield f"{_short(large)} + {_short(small)}", large + small
    values = _values(alike)
    if 2 < len(values) <= 8:
        yield " + ".join(map(_short, values)), sum(values)
    for large, small in pairs:
        if rounded or large % small == 0:
            yield f"{_short(large)} / {_short(small)}", large / small
    for large, small in pairs:
        yield f"{_short(large)} * {_short(small)}", large * small


def _values(figures: Sequence[Figure]) -> list[float]:
    return list(dict.fromkeys(figure.value for figure in figures if figure.value))[:MAX_OPERANDS]


def _pairs(figures: Sequence[Figure]) -> list[tuple[float, float]]:
    """All pairs of different values, the larger one first."""
    return [(max(pair), min(pair)) for pair in combinations(_values(figures), 2)]


def _of_dates(dates: Sequence[DateMention], noun: str) -> Iterator[tuple[str, float]]:
    years = sorted({mention.year for mention in dates if mention.year})
    for first, last in combinations(years, 2):
        if noun in ("", "year", "years"):
            yield f"{last} - {first}", float(last - first)
    length = _DAYS.get(noun.rstrip("s"))
    days = sorted({day for mention in dates if (day := _day(mention, years))})
    for start, end in combinations(days, 2):
        if length:
            yield f"{end} - {start}", (end - start).days / length


def _day(mention: DateMention, years: Sequence[int]) -> date | None:
    year = mention.year or (years[0] if years else None)
    if year is None or mention.month is None or mention.day is None:
        return None
    try:
        return date(year, mention.month, mention.day)
    except ValueError:
        return None


def _short(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")
