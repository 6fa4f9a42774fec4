"""Finds the values of a text that can be compared: figures with what they count, scores and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.facts import date_mentions, figures
from bot.facts.date_mentions import DateMention
from bot.facts.figures import Figure
from retrieval.text_analysis import STOP_WORDS, stems

# Weights of two figures for things with different names: 12 firms can be 12 companies, but not 12 weeks.
_SAME_THING = 1.0
_UNNAMED_SAME_FIGURE, _UNNAMED_OTHER_FIGURE = 0.9, 0.5
_OTHER_NAME = 0.6
_OTHER_MEASURE = 0.4
_MEASURES = frozenset(
    stem
    for word in "second minute hour day week month year decade time kilometre meter mile tonne ton".split()
    for stem in stems(word)
)
_SCORE = re.compile(r"(?<![\w.,:-])(?:\d{1,3}\s?[-–]\s?\d{1,3}|\d{1,2}:\d\d)(?![\w:-])")
_FRACTION = re.compile(
    r"\b(?:(?P<a>a|one|two|three)[ -])?(?P<part>half|thirds?|quarters?|fifths?|tenths?)\b(?! (?:of )?an? |-)",
    re.IGNORECASE,
)
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3}
_ORDINAL_BEFORE = re.compile(r"\b(?:first|second|last|other|later) $", re.IGNORECASE)  # "the second half"
_NOUN = re.compile(r"[\s-]+(\w{3,})")
_OF = re.compile(r"\bof $", re.IGNORECASE)

Content = Figure | DateMention | str


@dataclass(frozen=True, slots=True)
class Value:
    """A figure, a date, or a score or time of day such as "3-2" or "7:30" at ``text[start:end]``.

    ``noun`` is the unit of a figure or the stem of the word after it, "" if there is none. A ``label``, such
    as the year in "a fine of 2022", supports an equal value and replaces none.
    """

    start: int
    end: int
    content: Content
    noun: str = ""
    label: bool = False


@lru_cache(maxsize=1024)
def values(text: str) -> tuple[Value, ...]:
    """All values in order; a weekday beside its date is not one of them.

    >>> text = "It runs 43 clinics, half of them at night."
    >>> [(text[value.start : value.end], value.noun) for value in values(text)]
    [('43', 'clinic'), ('half', '%')]
    """
    found = [Value(score.start(), score.end(), re.sub(r"[^\d:]+", "-", score[0])) for score in _scores(text)]
    found += _dates(text)
    taken = [(value.start, value.end) for value in found]
    found += _fractions(text, taken)
    for figure in figures.outside(figures.figures(text), taken):
        if not figure.loose:
            found.append(Value(figure.start, figure.end, figure, figure.unit or _noun(text, figure.end)))
    return tuple(sorted(found, key=lambda value: value.start))


def _scores(text: str) -> Iterator[re.Match[str]]:
    dates = [(mention.start, mention.end) for mention in date_mentions.date_mentions(text)]
    for match in _SCORE.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in dates):
            yield match


def _dates(text: str) -> Iterator[Value]:
    mentions = date_mentions.date_mentions(text)
    days = [mention for mention in mentions if mention.weekday is None]
    for mention in mentions:
        if mention.weekday is not None and any(-2 <= day.start - mention.end <= 3 for day in days):
            continue
        is_year = mention.month is None and mention.weekday is None
        label = is_year and _OF.search(text[: mention.start]) is not None
        yield Value(mention.start, mention.end, mention, label=label)


def _fractions(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[Value]:
    for match in _FRACTION.finditer(text):
        part = match["part"].lower().rstrip("s")
        counted = match["a"] or ("a" if part == "half" else None)
        is_free = not any(start < match.end() and match.start() < end for start, end in taken)
        if counted and is_free and not _ORDINAL_BEFORE.search(text[: match.start()]):
            share = 100 * _COUNTS[counted.lower()] / _PARTS[part]
            yield Value(*match.span(), Figure(*match.span(), share, "%", "about"), "%")


def _noun(text: str, end: int) -> str:
    match = _NOUN.match(text, end)
    found = stems(match[1]) if match and match[1].lower() not in STOP_WORDS else []
    return found[0] if found else ""


def agrees(claim: Value, other: Value, years: frozenset[int]) -> bool:
    """True if the other value supports the claimed one; a date without a year can be of any of *years*."""
    one, two = claim.content, other.content
    if isinstance(one, DateMention) and isinstance(two, DateMention):
        if one.year in years and two.year is None:
            one = replace(one, year=None) if one.month else one
        return date_mentions.is_supported_by(one, [two])
    if isinstance(one, Figure) and isinstance(two, Figure):
        return figures.is_supported_by(one, [two])
    return one == two


def competes(claim: Value, other: Value) -> bool:
    """True if the other value, being of the same sort, could be the right one in place of the claimed one."""
    one, two = claim.content, other.content
    if isinstance(one, DateMention) and isinstance(two, DateMention):
        return not other.label and _is_other_date(one, two)
    if isinstance(one, Figure) and isinstance(two, Figure):
        return one.unit == two.unit
    return isinstance(one, str) and isinstance(two, str) and (":" in one) == (":" in two)


def _is_other_date(one: DateMention, two: DateMention) -> bool:
    parts = (
        (one.year, two.year),
        (one.month, two.month),
        (one.day, two.day),
        (one.weekday, two.weekday),
    )
    return any(None not in pair and pair[0] != pair[1] for pair in parts)


def thing_weight(claim: Value, other: Value, *, agreeing: bool) -> float:
    """How likely two values are of the same thing, from 0 to 1, by the nouns of figures."""
    nouns = {claim.noun, other.noun}
    if len(nouns) == 1:
        return _SAME_THING
    if nouns & _MEASURES:
        return _OTHER_MEASURE
    if "" in nouns:
        return _UNNAMED_SAME_FIGURE if agreeing else _UNNAMED_OTHER_FIGURE
    units = {value.content.unit for value in (claim, other) if isinstance(value.content, Figure)}
    return _OTHER_MEASURE if any(units) else _OTHER_NAME
