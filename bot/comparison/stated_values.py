"""The figures and dates that a sentence states in answer to a question, and whether those of two differ.

Values that cannot be compared (another unit, another noun, a year and a weekday) do not differ.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from bot.facts import date_mentions, figures
from bot.facts.date_mentions import DateMention
from bot.facts.figures import Figure
from bot.question.question_profile import QuestionProfile, question_profile
from retrieval.text_analysis import STOP_WORDS, stems

_WORD = re.compile(r"[\s-]*([^\W\d_][\w’'-]*)")  # one of the words right after a figure
_MAX_NOUNS = 4
_ROUNDING_TOLERANCE = 0.02  # relative difference of two figures, one of which has fewer digits
_MIN_ROUNDED = 1000  # figures below it are counts, which are not rounded
_YEAR = re.compile(r"1[0-9]\d\d|20\d\d")
_NEXT_DIGIT = re.compile(r"\d")
_COUNTED_WITHIN = 5  # stems after a figure that can include what is counted


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A figure or a date at ``text[start:end]``; ``nouns`` are the stems of what a figure counts."""

    start: int
    end: int
    value: Figure | DateMention
    nouns: frozenset[str] = frozenset()


def unweighted_profile(question: str) -> QuestionProfile:
    """The profile of a question with the same weight for all words."""
    return question_profile(question, lambda _: 1, 1)


def stated_values(profile: QuestionProfile, text: str, *, bare: bool = False) -> list[StatedValue]:
    """The figures (or dates) of *text* that can be what is asked for, without those of the question itself.

    *bare*: in an answer to "how many", accept a figure without a noun ("It met 11.").

    >>> profile = unweighted_profile("How many firms did it meet in 2021?")
    >>> [stated.value.value for stated in stated_values(profile, "In 2021 it met 11 firms in 3 rooms.")]
    [11.0]
    """
    if profile.asks == "date":
        known = _dates(profile.text)
        dates = [date for date in _dates(text) if not date_mentions.is_supported_by(date, known)]
        return [StatedValue(date.start, date.end, date) for date in dates]
    if profile.asks != "number":
        return []
    in_question = figures.figures(profile.text)
    given = [figure for figure in _figures(text) if not figures.is_supported_by(figure, in_question)]
    values = [StatedValue(figure.start, figure.end, figure, _nouns(text, figure)) for figure in given]
    if profile.counted is not None:
        return [
            value
            for value in values
            if profile.counted in _stems_after(text, value.end) or (bare and not value.nouns)
        ]
    return values


def _dates(text: str) -> list[DateMention]:
    """The dates except weekdays, including years before a comma ("In 1186, he was elected")."""
    dates = [date for date in date_mentions.date_mentions(text) if date.weekday is None]
    numbers = figures.outside(figures.figures(text), [(date.start, date.end) for date in dates])
    years = [number for number in numbers if _YEAR.fullmatch(text[number.start : number.end])]
    return dates + [DateMention(year.start, year.end, int(year.value)) for year in years]


def _figures(text: str) -> list[Figure]:
    dates = [(date.start, date.end) for date in date_mentions.date_mentions(text)]
    found = figures.outside(figures.figures(text), dates)
    return [figure for figure in found if not figure.loose and not _is_ordinal(text, figure)]


def _is_ordinal(text: str, figure: Figure) -> bool:
    return re.search(r"\d(?:st|nd|rd|th)\b", text[figure.start : figure.end + 2]) is not None


def _stems_after(text: str, start: int) -> list[str]:
    """The stems after a figure, up to the next one: "line 4 serves 12 stations" counts 12 stations."""
    return stems(_NEXT_DIGIT.split(text[start : start + 80], maxsplit=1)[0])[:_COUNTED_WITHIN]


def _nouns(text: str, figure: Figure) -> frozenset[str]:
    """The stems of what a figure counts: the words up to a stop word, a comma or the end."""
    found: set[str] = set()
    end = figure.end
    while not figure.unit and len(found) < _MAX_NOUNS and (word := _WORD.match(text, end)):
        if word[1].lower() in STOP_WORDS:
            break
        found.update(stems(word[1]))
        end = word.end()
    return frozenset(found)


def values_differ(ours: Sequence[StatedValue], theirs: Sequence[StatedValue]) -> bool:
    """True if some of the values are comparable and no two are compatible.

    >>> profile = unweighted_profile("How much was the fine?")
    >>> fined = stated_values(profile, "It was fined $40m.")
    >>> values_differ(fined, stated_values(profile, "The fine was $41m."))
    True
    >>> values_differ(fined, stated_values(profile, "It was fined in 3 towns."))
    False
    """
    pairs = list(product(ours, theirs))
    return any(comparable(*pair) for pair in pairs) and not any(
        _compatible(one.value, other.value) for one, other in pairs
    )


def value_text(text: str, value: StatedValue, nouns: frozenset[str]) -> str:
    """The value as written in *text*, up to the last of *nouns* after it: "385 million crowns"."""
    position = end = value.end
    while isinstance(value.value, Figure) and (word := _WORD.match(text, position)):
        position = word.end()
        if word[1].lower() in STOP_WORDS:
            break
        end = position if nouns & set(stems(word[1])) else end
    return text[value.start : end]


def compatible_values(values: Sequence[StatedValue], others: Sequence[StatedValue]) -> list[StatedValue]:
    """The *values* that are compatible with one of *others*."""
    return [one for one in values if any(_compatible(one.value, other.value) for other in others)]


def comparable(one: StatedValue, other: StatedValue) -> bool:
    """True if both are dates, or figures that can have the same unit or noun."""
    if isinstance(one.value, DateMention) or isinstance(other.value, DateMention):
        return isinstance(one.value, DateMention) and isinstance(other.value, DateMention)
    if one.value.unit or other.value.unit:
        return one.value.unit == other.value.unit
    return bool(one.nouns & other.nouns) or not one.nouns or not other.nouns


def _compatible(one: Figure | DateMention, other: Figure | DateMention) -> bool:
    """True if both can be true of the same thing: equal, rounded, or one more exact than the other."""
    if isinstance(one, DateMention) and isinstance(other, DateMention):
        return not _dates_conflict(one, other)
    if isinstance(one, Figure) and isinstance(other, Figure):
        return (
            figures.is_supported_by(one, [other])
            or figures.is_supported_by(other, [one])
            or _is_rounding(one, other)
        )
    return False


def _is_rounding(one: Figure, other: Figure) -> bool:
    """True if one can be the other rounded: "$40 million" and "$40.4 million"."""
    if one.digits == other.digits or max(one.value, other.value) < _MIN_ROUNDED:
        return False
    return math.isclose(one.value, other.value, rel_tol=_ROUNDING_TOLERANCE)


def _dates_conflict(one: DateMention, other: DateMention) -> bool:
    """True if a year, month or day that both dates give differs."""
    parts = ((getattr(one, name), getattr(other, name)) for name in ("year", "month", "day"))
    return any(ours is not None and theirs is not None and ours != theirs for ours, theirs in parts)
