"""The values of a source: each with the words around it, and the dates that its sentences imply."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.facts import date_mentions
from bot.facts.comparable_values import Content, Value, agrees, competes, values
from bot.facts.date_mentions import DateMention
from bot.facts.derived_dates import derived_dates
from bot.facts.word_contexts import Context, PlacedWord, context_of, place_at, placed_words
from retrieval.text_analysis import content_stems

# Words between a verb or preposition and a value, which say nothing about what it belongs to.
_MODIFIERS = frozenset(
    content_stems("about early late mid nearly almost around roughly some exactly only just more less")
)


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A value of the source with its context, and the number of its sentence.

    ``before`` is the stem of the word directly before it, "" if there is none; ``days`` are the dates that a
    weekday can mean.
    """

    value: Value
    context: Context
    sentence: int
    before: str
    days: tuple[DateMention, ...] = ()

    def agrees(self, claim: Value, years: frozenset[int]) -> bool:
        """True if it supports the claimed value."""
        if self.days and isinstance(claim.content, DateMention) and claim.content.day:
            return date_mentions.is_supported_by(claim.content, self.days)
        return agrees(claim, self.value, years)

    def competes(self, claim: Value) -> bool:
        """True if it can be the right value in place of the claimed one."""
        if self.days and isinstance(claim.content, DateMention) and claim.content.day:
            months = {(day.year, day.month) for day in self.days}
            return (claim.content.year, claim.content.month) in months
        return competes(claim, self.value)


def stated_values(text: str, sentence: int, day: date | None) -> Iterator[StatedValue]:
    """The values of a sentence; *sentence* is its number, *day* that of its article."""
    found = values(text)
    words = words_outside(placed_words(text), found)
    for value in found:
        context = context_of(words, place_at(text, value.start))
        days = _days_of(value.content, text[value.start : value.end], day)
        yield StatedValue(value, context, sentence, word_before(text, value), days)


def _days_of(content: Content, written: str, day: date | None) -> tuple[DateMention, ...]:
    """The dates that a weekday can mean, and the day of the article, which is that of the report."""
    is_weekday = isinstance(content, DateMention) and content.weekday is not None
    return tuple(derived_dates(written, day)) if is_weekday else ()


def word_before(text: str, value: Value) -> str:
    """The stem of the content word directly before a value, with no more than a currency sign between."""
    before = [word for word in placed_words(text) if word.end <= value.start][-1:]
    is_next = bool(before) and not text[before[0].end : value.start].strip(" $£€")
    return before[0].stem if is_next and before[0].stem not in _MODIFIERS else ""


def implied_dates(text: str, day: date | None) -> tuple[list[DateMention], list[DateMention]]:
    """The dates implied by words such as "Thursday", and the day of the article unless a date is given."""
    dates = derived_dates(text, day)
    has_date = any(isinstance(v.content, DateMention) and v.content.weekday is None for v in values(text))
    return dates[1:], [] if has_date else dates[:1]


def words_outside(words: Sequence[PlacedWord], found: Sequence[Value]) -> list[PlacedWord]:
    """The words that are not within a value."""
    return [w for w in words if not any(value.start < w.end and w.start < value.end for value in found)]
