"""Finds the facts of a claim that its evidence lacks: figures, dates, names and quotations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from bot.facts import date_mentions, figures, name_mentions
from bot.facts.date_mentions import DateMention
from bot.facts.figures import Figure
from retrieval.text_normalization import normalize_with_offsets, normalized

_QUOTED = re.compile(r"“([^“”\n]{1,400})”|\"([^\"\n]{1,400})\"")
_MIN_QUOTED_WORDS = 3  # shorter ones are scare quotes and titles
_COUNT_WORDS = frozenset("two three four both".split())  # can be a writer's count of listed things
MEASURES = frozenset("second minute hour day week month year decade kilometre meter mile tonne".split())
_NEXT_WORD = re.compile(r"\W+(\w{3,})")

MissingFact = tuple[int, int, str]


def unsupported_facts(claim: str, evidence: Sequence[str]) -> list[MissingFact]:
    """The facts of the claim that the evidence lacks, as (start, end, kind) with offsets in the claim.

    Kinds are "number", "date", "name" and "quotation". The evidence should include the head of each passage
    (title, publisher, date): it is often the only place with the year of "on March 18".

    >>> unsupported_facts("Ant met 12 firms in 2021.", ["In 2021 the Ant Group met eleven firms."])
    [(8, 10, 'number')]
    """
    return KnownFacts(evidence).missing(claim)


class KnownFacts:
    """The facts of some evidence, extracted on first use."""

    def __init__(self, evidence: Sequence[str]) -> None:
        self._texts = tuple(map(normalized, evidence))

    def missing(self, claim: str) -> list[MissingFact]:
        """As `unsupported_facts`."""
        plain = normalize_with_offsets(claim)
        return [(*plain.span(start, end), kind) for start, end, kind in self._missing(plain.text)]

    def _missing(self, claim: str) -> list[MissingFact]:
        dates = date_mentions.date_mentions(claim)
        date_spans = [(date.start, date.end) for date in dates]
        found = [
            (date.start, date.end, "date")
            for date in dates
            if not date_mentions.is_supported_by(date, self.dates)
        ]
        found += self._numbers(claim, date_spans)
        found += [
            (name.start, name.end, "name")
            for name in name_mentions.names(claim)
            if not any(start < name.end and name.start < end for start, end in date_spans)
            and not self._names.holds(name.key)
        ]
        return sorted(found + self._quotations(claim))

    @cached_property
    def dates(self) -> list[DateMention]:
        """The dates stated in the evidence."""
        return [date for text in self._texts for date in date_mentions.date_mentions(text)]

    @cached_property
    def figures(self) -> list[tuple[Figure, str]]:
        """The numbers, each with the word that follows it."""
        found = []
        for text in self._texts:
            date_spans = [(date.start, date.end) for date in date_mentions.date_mentions(text)]
            known = figures.with_loose(figures.evidence_figures(text), date_spans)
            found += [(figure, next_word(text, figure)) for figure in known]
        return found

    def operands(self, noun: str) -> list[Figure]:
        """The numbers that a figure with this noun can be calculated from: of days, only from days."""
        is_measured = noun in MEASURES
        return [
            figure
            for figure, other in self.figures
            if not figure.loose and (other == noun if is_measured else other not in MEASURES)
        ]

    def numbers_without_scale(self, claim: str) -> set[tuple[int, int]]:
        """The spans of numbers written as in a table whose key names the scale: 412 for 412 million."""
        known = {figure.value for figure, _ in self.figures}
        return {
            (number.start, number.end)
            for number in figures.figures(claim)
            if any(number.value * scale in known for scale in (1e3, 1e6, 1e9, 1e12))
        }

    @cached_property
    def _names(self) -> name_mentions.KnownNames:
        return name_mentions.KnownNames(self._texts)

    @cached_property
    def _words(self) -> list[str]:
        return [f" {_plain(text)} " for text in self._texts]

    def _numbers(self, claim: str, date_spans: Sequence[tuple[int, int]]) -> list[MissingFact]:
        claimed = [
            figure for figure in figures.outside(figures.figures(claim), date_spans) if not figure.loose
        ]
        known = [figure for figure, _ in self.figures] if claimed else []
        return [
            (figure.start, figure.end, "number")
            for figure in claimed
            if not figures.is_supported_by(figure, known) and not self._can_be_count(claim, figure)
        ]

    def _can_be_count(self, claim: str, figure: Figure) -> bool:
        """True if "two firms" can be the writer's count: the evidence has no number of firms."""
        if claim[figure.start : figure.end].lower() not in _COUNT_WORDS:
            return False
        word = next_word(claim, figure)
        return word not in MEASURES and bool(self._texts) and all(word != other for _, other in self.figures)

    def _quotations(self, claim: str) -> list[MissingFact]:
        found = []
        for match in _QUOTED.finditer(claim):
            words = _plain(match[match.lastindex or 0])
            if len(words.split()) >= _MIN_QUOTED_WORDS and not any(
                f" {words} " in text for text in self._words
            ):
                found.append((match.start() + 1, match.end() - 1, "quotation"))
        return found


def next_word(text: str, figure: Figure) -> str:
    """The word after a figure, without a final "s" and in lower case; "" if there is none."""
    match = _NEXT_WORD.match(text, figure.end)
    return match[1].lower().rstrip("s") if match else ""


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
