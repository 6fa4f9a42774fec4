"""The numbers of a text: what each is worth, in what unit, and whether one source bears out another."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_UNITS += " sixteen seventeen eighteen nineteen"
_SMALL = {word: value for value, word in enumerate(_UNITS.split())}
_SMALL |= {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
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
_SHARES = {"half": 50.0, "third": 100 / 3, "quarter": 25.0, "double": 2.0, "doubled": 2.0, "twice": 2.0}
_SHARES |= {"triple": 3.0, "tripled": 3.0, "dozen": 12.0, "pair": 2.0, "couple": 2.0, "once": 1.0}
_SHARES |= {"both": 2.0}
_ORDINALS = "fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_SHARES |= {word: float(value) for value, word in enumerate(_ORDINALS, start=4)}
_LONG_SCALES = ["hundred", "thousand", "million", "billion", "trillion"]
_WORD = "|".join(sorted([*_SMALL, *_LONG_SCALES], key=len, reverse=True))
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
_MARKS = re.compile(r"\[\d{1,3}\]|^\s*(?:[-*•]\s+)?\d{1,2}[.)]\s", re.MULTILINE)
_SHARE = re.compile(rf"\b({'|'.join(_SHARES)})s?\b", re.IGNORECASE)
_RANGE = re.compile(r"\s?(?:-|–|—|to|and|or)\s?", re.IGNORECASE)
_HEDGE = re.compile(
    r"\b(?P<over>more than|over|at least|above|exceed\w*|upwards? of)\W+$"
    r"|\b(?P<under>less than|fewer than|under|nearly|almost|up to|close to|below|just shy of)\W+$"
    r"|\b(?P<about>about|around|roughly|approximately|some|approx|circa|an estimated|estimated)\W+$",
    re.IGNORECASE,
)
_SLACK = 0.1  # how far off "about 40" may be, as a share
_WIDE = 0.25  # how far "more than 40" and "nearly 40" may be


@dataclass(frozen=True, slots=True)
class Figure:
    """A number at ``text[start:end]``: 40e9 and "usd" for "$40 billion"; unit "" when none stands there.

    ``hedge`` is "over", "under", "about" or "". ``digits`` counts the significant ones as written.
    ``loose`` ones ("one", the year of a date) claim nothing, and bear out only what is equal.
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
    # Marks are blanked, so that offsets stay: "[4]", and the "2." of a list.
    text = _MARKS.sub(lambda mark: " " * len(mark[0]), text)
    found = [_figure(text, match) for match in _FIGURE.finditer(text)]
    return _share_units(text, found)


def evidence_figures(text: str) -> list[Figure]:
    """As `figures`, with what words such as "half", "dozen", "doubled" and "seventh" say."""
    shares = [
        Figure(m.start(), m.end(), _SHARES[m[1].lower()], "%" if _SHARES[m[1].lower()] > 12 else "")
        for m in _SHARE.finditer(text)
    ]
    return figures(text) + shares


def _figure(text: str, match: re.Match[str]) -> Figure:
    words, digits = match["words"], match["digits"]
    value = _spoken(words) if words else float(digits.replace(",", ""))
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


def _spoken(words: str) -> float:
    """The value of number words: "two hundred and five" is 205."""
    total = current = 0.0
    for word in re.split(r"[\s-]+", words.lower()):
        if word in _SMALL:
            current += _SMALL[word]
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


def _share_units(text: str, found: list[Figure]) -> list[Figure]:
    """Give the first of a range the unit of its second: "30 to 40%", "$3-4 billion"."""
    for index in range(len(found) - 1, 0, -1):
        first, second = found[index - 1], found[index]
        if first.unit == "" and second.unit and _RANGE.fullmatch(text[first.end : second.start]):
            found[index - 1] = replace(first, unit=second.unit)
    return found


def is_supported_by(claim: Figure, evidence: Iterable[Figure]) -> bool:
    """Whether a number of the evidence is the claim's: equal, or rounded to it, or within its hedge."""
    return any(_same_unit(claim.unit, other.unit) and _near(claim, other) for other in evidence)


def _same_unit(claim: str, other: str) -> bool:
    if claim == other:
        return True
    # A currency may be named elsewhere in the evidence; a percent sign stands with its number.
    return "%" not in (claim, other) and "" in (claim, other)


def _near(claim: Figure, other: Figure) -> bool:
    value, known = claim.value, other.value
    if math.isclose(value, known, rel_tol=1e-9):
        return True
    if other.loose:
        return False
    if claim.hedge == "over":
        return value <= known <= value * (1 + _WIDE)
    if claim.hedge == "under":
        return value * (1 - _WIDE) <= known <= value
    if claim.hedge == "about":
        return abs(value - known) <= _SLACK * abs(value)
    return _rounds_to(known, claim)


def _rounds_to(known: float, claim: Figure) -> bool:
    """12.4 rounds to 12, 1,234,567 to 1.2 million; 195 does not to 200, nor a count of 14 to 10."""
    if known == 0 or (float(known).is_integer() and (abs(known) < 1000 or claim.digits < 2)):
        return False
    places = claim.digits - 1 - math.floor(math.log10(abs(known)))
    return math.isclose(round(known, places), claim.value, rel_tol=1e-9)


def loosened(found: Iterable[Figure], spans: Iterable[tuple[int, int]]) -> list[Figure]:
    """The figures, those in the spans (of dates) marked loose: "over 1,600" is not borne out by 2021."""
    taken = list(spans)
    return [replace(figure, loose=figure.loose or _in_spans(figure, taken)) for figure in found]


def outside(found: Iterable[Figure], spans: Iterable[tuple[int, int]]) -> Iterator[Figure]:
    """The figures that stand in none of the spans (of dates)."""
    taken = list(spans)
    return (figure for figure in found if not _in_spans(figure, taken))


def _in_spans(figure: Figure, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < figure.end and figure.start < end for start, end in spans)
