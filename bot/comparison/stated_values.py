"""The figures and dates that a sentence gives in answer to a question, and whether two sentences differ.

Pure, and careful: what cannot be compared (another unit, another noun, a year against a weekday) does not
differ.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from bot.checking import date_mentions, figures
from bot.checking.date_mentions import DateMention
from bot.checking.figures import Figure
from bot.question.question_profile import QuestionProfile, question_profile
from retrieval.text_analysis import STOP_WORDS, stems

_WORD = re.compile(r"[\s-]*([^\W\d_][\w’'-]*)")  # one of the words right after a figure
_MOST_WORDS = 4
_ROUNDING = 0.02  # how far apart two figures are of which one is written with fewer digits
_COUNTED = 1000  # figures below it are counts, which nobody rounds by one
_YEAR = re.compile(r"1[0-9]\d\d|20\d\d")
_REACH = 5  # stems after a figure among which what is counted stands
_MONTH_DAY = ("month", "day")


@dataclass(frozen=True, slots=True)
class StatedValues:
    """A figure or a date at ``text[start:end]``; ``nouns`` are the stems of what a figure counts."""

    start: int
    end: int
    value: Figure | DateMention
    nouns: frozenset[str] = frozenset()


def read_question(question: str) -> QuestionProfile:
    """What a question asks for; its words all weigh the same."""
    return question_profile(question, lambda _: 1, 1)


def stated_values(asked: QuestionProfile, text: str, *, bare: bool = False) -> list[StatedValues]:
    """The figures (or dates) of *text* that may be what is asked for; none that the question itself says.

    *bare*: in an answer to "how many", a figure without a noun ("It met 11.") counts what is asked for.

    >>> asked = read_question("How many firms did it meet in 2021?")
    >>> [each.value.value for each in stated_values(asked, "In 2021 it met 11 firms in 3 rooms.")]
    [11.0]
    """
    if asked.asks == "date":
        known = _dates(asked.text)
        found = _dates(text)
        return [StatedValues(m.start, m.end, m) for m in found if not date_mentions.is_supported_by(m, known)]
    if asked.asks != "number":
        return []
    said = figures.figures(asked.text)
    given = [each for each in _figures(text) if not figures.is_supported_by(each, said)]
    every = [StatedValues(f.start, f.end, f, _nouns(text, f)) for f in given]
    if asked.counted is not None:
        return [each for each in every if asked.counted in _near(text, each.end) or (bare and not each.nouns)]
    return every


def _dates(text: str) -> list[DateMention]:
    """The dates but weekdays, with the years that a comma follows ("In 1186, he was elected")."""
    found = [each for each in date_mentions.date_mentions(text) if each.weekday is None]
    taken = [(each.start, each.end) for each in found]
    numbers = figures.outside(figures.figures(text), taken)
    years = [each for each in numbers if _YEAR.fullmatch(text[each.start : each.end])]
    return found + [DateMention(each.start, each.end, int(each.value)) for each in years]


def _figures(text: str) -> list[Figure]:
    dates = [(moment.start, moment.end) for moment in date_mentions.date_mentions(text)]
    found = figures.outside(figures.figures(text), dates)
    return [each for each in found if not each.loose and not _is_ordinal(text, each)]


def _is_ordinal(text: str, figure: Figure) -> bool:
    return re.search(r"\d(?:st|nd|rd|th)\b", text[figure.start : figure.end + 2]) is not None


def _near(text: str, at: int) -> list[str]:
    return stems(text[at : at + 80])[:_REACH]


def _nouns(text: str, figure: Figure) -> frozenset[str]:
    """The stems of what a figure counts: the words up to a preposition, a comma or an end."""
    found: set[str] = set()
    at = figure.end
    while not figure.unit and len(found) < _MOST_WORDS and (word := _WORD.match(text, at)):
        if word[1].lower() in STOP_WORDS:
            break
        found.update(stems(word[1]))
        at = word.end()
    return frozenset(found)


def differ(ours: Sequence[StatedValues], theirs: Sequence[StatedValues]) -> bool:
    """Whether they speak of the same thing and no two of them agree.

    >>> asked = read_question("How much was the fine?")
    >>> differ(stated_values(asked, "It was fined $40m."), stated_values(asked, "The fine was $41m."))
    True
    >>> differ(stated_values(asked, "It was fined $40m."), stated_values(asked, "It was fined in 3 towns."))
    False
    """
    pairs = [pair for pair in product(ours, theirs) if comparable(*pair)]
    return bool(pairs) and not any(_agree(one.value, other.value) for one, other in product(ours, theirs))


def worded(text: str, value: StatedValues, nouns: frozenset[str]) -> str:
    """The value as *text* writes it, as far as the last of *nouns* after it: "385 million crowns"."""
    at = end = value.end
    while isinstance(value.value, Figure) and (word := _WORD.match(text, at)):
        at = word.end()
        if word[1].lower() in STOP_WORDS:
            break
        end = at if nouns & set(stems(word[1])) else end
    return text[value.start : end]


def agreeing(some: Sequence[StatedValues], others: Sequence[StatedValues]) -> list[StatedValues]:
    """Those of *some* with which one of *others* agrees."""
    return [one for one in some if any(_agree(one.value, other.value) for other in others)]


def comparable(one: StatedValues, other: StatedValues) -> bool:
    """Whether both are dates, or figures of the same unit or the same noun."""
    if isinstance(one.value, DateMention) or isinstance(other.value, DateMention):
        return isinstance(one.value, DateMention) and isinstance(other.value, DateMention)
    if one.value.unit or other.value.unit:
        return one.value.unit == other.value.unit
    return bool(one.nouns & other.nouns) or not one.nouns or not other.nouns


def _agree(one: Figure | DateMention, other: Figure | DateMention) -> bool:
    """Whether both may be true of the same thing: equal, rounded, or more exact than the other."""
    if isinstance(one, DateMention) and isinstance(other, DateMention):
        return not _apart(one, other)
    if isinstance(one, Figure) and isinstance(other, Figure):
        return (
            figures.is_supported_by(one, [other])
            or figures.is_supported_by(other, [one])
            or _rounded(one, other)
        )
    return False


def _rounded(one: Figure, other: Figure) -> bool:
    """Whether one may be the other, written less exactly: "$40 million" and "$40.4 million"."""
    if one.digits == other.digits or max(one.value, other.value) < _COUNTED:
        return False
    return math.isclose(one.value, other.value, rel_tol=_ROUNDING)


def _apart(one: DateMention, other: DateMention) -> bool:
    """Whether two dates cannot be the same day: a part that both give differs."""
    parts = ((getattr(one, name), getattr(other, name)) for name in ("year", *_MONTH_DAY))
    return any(ours is not None and theirs is not None and ours != theirs for ours, theirs in parts)
