"""Finds the numbers of a text, with value and unit, and compares them with those of a source."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from retrieval.calendar_terms import NUMBERS, ORDINALS

_NUMBER_WORDS = {"zero": 0, **NUMBERS}
_SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "lakh": 1e5,
    "million": 1e6,
    "mn": 1e6,
    "m": 1e6,
    "crore": 1e7,
    "billion": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
}
_CURRENCIES = {
    "$": "usd",
    "us$": "usd",
    "dollar": "usd",
    "usd": "usd",
    "£": "gbp",
    "pound": "gbp",
    "gbp": "gbp",
    "€": "eur",
    "euro": "eur",
    "eur": "eur",
    "¥": "jpy",
    "yen": "jpy",
    "yuan": "cny",
    "renminbi": "cny",
    "rmb": "cny",
    "₹": "inr",
    "rs": "inr",
    "rupee": "inr",
}
_QUANTITIES = {"half": 50.0, "third": 100 / 3, "quarter": 25.0, "double": 2.0, "doubled": 2.0, "twice": 2.0}
_QUANTITIES |= {"triple": 3.0, "tripled": 3.0, "dozen": 12.0, "pair": 2.0, "couple": 2.0, "once": 1.0}
_QUANTITIES |= {"both": 2.0}
_QUANTITIES |= {word: float(value) for word, value in ORDINALS.items() if value > 3}
_SCALE_WORDS = ["hundred", "thousand", "million", "billion", "trillion"]
_WORD = "|".join(sorted([*_NUMBER_WORDS, *_SCALE_WORDS], key=len, reverse=True))
_FIGURE = re.compile(
    rf"""
    (?<![\w.,])(?<![A-Za-z]-)                        # not inside "COVID-19", "v1.2"
    (?P<sign>us\$|[$£€¥₹]|rs\.?(?=\s?\d))?\s?
    (?:(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d{{1,2}}(?:,\d{{2}})+,\d{{3}}|\d+(?:\.\d+)?)
      (?P<ordinal>st|nd|rd|th\b)?
     |(?P<words>(?:{_WORD})(?:(?:[\s-]|\sand\s)(?:{_WORD}))*)(?!\w))
    (?:[\s-]?(?P<scale>hundred|thousand|lakh|million|crore|billion|trillion|(?:bn|tn|mn|[kmb])(?![\w'’])))?
    (?:[\s-]?(?P<unit>%|per\s?cent\b|percent\b|percentage\s+points?\b|pct\b
      |(?:us\s)?dollars?\b|usd\b|pounds?\b|gbp\b|euros?\b|eur\b|yen\b|yuan\b|renminbi\b|rmb\b|rupees?\b))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MARKERS = re.compile(r"\[\d{1,3}\]|^\s*(?:[-*•]\s+)?\d{1,2}[.)]\s", re.MULTILINE)
_QUANTITY = re.compile(rf"\b({'|'.join(_QUANTITIES)})s?\b", re.IGNORECASE)
_RANGE = re.compile(r"\s?(?:-|–|—|to|and|or)\s?", re.IGNORECASE)
_HEDGE = re.compile(
    r"\b(?P<over>more than|over|at least|above|exceed\w*|upwards? of)\W+$"
    r"|\b(?P<under>less than|fewer than|under|nearly|almost|up to|close to|below|just shy of)\W+$"
    r"|\b(?P<about>about|around|roughly|approximately|some|approx|circa|an estimated|estimated)\W+$",
    re.IGNORECASE,
)
_ABOUT_TOLERANCE = 0.1  # of "about 40", as a share of its value
_BOUND_TOLERANCE = 0.25  # of "more than 40" and "nearly 40"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number at ``text[start:end]``: 40e9 and "usd" for "$40 billion"; without a unit, ``unit`` is "".

    ``hedge`` is "over", "under", "about" or "". ``digits`` counts the significant digits as written.
    A ``loose`` number ("one", the year of a date) claims nothing, and supports only an equal number.
    """

    start: int
    end: int
    value: float
    unit: str
    hedge: str = ""
    digits: int = 1
    loose: bool = False


def figures(text: str) -> list[Figure]:
    """All numbers in digits or words, in order; "one" is ``loose``.

    >>> [(f.value, f.unit) for f in figures("Eleven firms paid $1.5 billion, or 3 per cent.")]
    [(11.0, ''), (1500000000.0, 'usd'), (3.0, '%')]
    """
    # Markers such as "[4]", and the "2." of a list, are blanked to keep the offsets.
    text = _MARKERS.sub(lambda marker: " " * len(marker[0]), text)
    found = [_figure(text, match) for match in _FIGURE.finditer(text)]
    return _with_range_units(text, found)


def evidence_figures(text: str) -> list[Figure]:
    """As `figures`, with the values of words such as "half", "dozen", "doubled" and "seventh"."""
    quantities = [
        Figure(match.start(), match.end(), value, "%" if value > 12 else "")
        for match in _QUANTITY.finditer(text)
        for value in (_QUANTITIES[match[1].lower()],)
    ]
    return figures(text) + quantities


def _figure(text: str, match: re.Match[str]) -> Figure:
    words, digits = match["words"], match["digits"]
    value = _word_value(words) if words else float(digits.replace(",", ""))
    if match["scale"]:
        value *= _SCALES[match["scale"].lower()]
    start = match.start("sign") if match["sign"] else match.start("words" if words else "digits")
    end = match.end()
    hedge = _HEDGE.search(text[max(0, start - 24) : start])
    return Figure(
        start,
        end,
        value,
        _unit(match["sign"] or match["unit"] or ""),
        (hedge.lastgroup or "") if hedge else "",
        len((digits or str(int(value))).replace(",", "").replace(".", "").strip("0")) or 1,
        loose=bool(words) and words.lower() == "one" and not match["scale"] and not match["unit"],
    )


def _word_value(words: str) -> float:
    """The value of number words: "two hundred and five" is 205."""
    total = current = 0.0
    for word in re.split(r"[\s-]+", words.lower()):
        if word in _NUMBER_WORDS:
            current += _NUMBER_WORDS[word]
        elif word == "hundred":
            current = (current or 1) * 100
        elif word in _SCALES:
            total, current = total + (current or 1) * _SCALES[word], 0.0
    return total + current


def _unit(name: str) -> str:
    name = re.sub(r"\s+", " ", name.lower()).strip(" .")
    if name.startswith(("%", "per", "pct")):
        return "%"
    return _CURRENCIES.get(name.removeprefix("us ").removesuffix("s")) or _CURRENCIES.get(name, "")


def _with_range_units(text: str, found: list[Figure]) -> list[Figure]:
    """Give the first number of a range the unit of the second: "30 to 40%"."""
    for index in range(len(found) - 1, 0, -1):
        first, second = found[index - 1], found[index]
        if first.unit == "" and second.unit and _RANGE.fullmatch(text[first.end : second.start]):
            found[index - 1] = replace(first, unit=second.unit)
    return found


def is_supported_by(claim: Figure, evidence: Iterable[Figure]) -> bool:
    """True if a number of the evidence equals the claimed one, rounds to it, or is within its hedge."""
    return any(_same_unit(claim.unit, other.unit) and _same_value(claim, other) for other in evidence)


def _same_unit(claim: str, other: str) -> bool:
    if claim == other:
        return True
    # The evidence can name a currency elsewhere; a percent sign is always next to its number.
    return "%" not in (claim, other) and "" in (claim, other)


def _same_value(claim: Figure, other: Figure) -> bool:
    value, known = claim.value, other.value
    if math.isclose(value, known, rel_tol=1e-9):
        return True
    if other.loose:
        return False
    if claim.hedge == "over":
        return value <= known <= value * (1 + _BOUND_TOLERANCE)
    if claim.hedge == "under":
        return value * (1 - _BOUND_TOLERANCE) <= known <= value
    if claim.hedge == "about":
        return abs(value - known) <= _ABOUT_TOLERANCE * abs(value)
    return _rounds_to(known, claim)


def _rounds_to(known: float, claim: Figure) -> bool:
    """True for 12.4 and 12, or 1,234,567 and 1.2 million; False for 195 and 200, or counts of 14 and 10."""
    if known == 0 or (float(known).is_integer() and (abs(known) < 1000 or claim.digits < 2)):
        return False
    places = claim.digits - 1 - math.floor(math.log10(abs(known)))
    return math.isclose(round(known, places), claim.value, rel_tol=1e-9)


def with_loose(found: Iterable[Figure], spans: Sequence[tuple[int, int]]) -> list[Figure]:
    """The figures, with those in the spans (of dates) marked loose: 2021 does not support "over 1,600"."""
    return [replace(figure, loose=figure.loose or _in_spans(figure, spans)) for figure in found]


def outside(found: Iterable[Figure], spans: Sequence[tuple[int, int]]) -> Iterator[Figure]:
    """The figures outside all of the spans (of dates)."""
    return (figure for figure in found if not _in_spans(figure, spans))


def _in_spans(figure: Figure, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < figure.end and figure.start < end for start, end in spans)
