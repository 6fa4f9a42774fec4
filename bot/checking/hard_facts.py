"""The facts of a claim that its evidence lacks: figures, dates, names and quotations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from bot.checking import date_mentions, figures, name_mentions
from bot.checking.date_mentions import DateMention
from bot.checking.figures import Figure

_QUOTED = re.compile(r"“([^“”\n]{1,400})”|\"([^\"\n]{1,400})\"")
_MIN_QUOTED_WORDS = 3  # shorter ones are scare quotes and titles
_COUNTED = frozenset("two three four both".split())  # counts that a writer makes of what a source lists
_NEXT_WORD = re.compile(r"\W+(\w{3,})")

Lack = tuple[int, int, str]


def unsupported_facts(claim: str, evidence: Sequence[str]) -> list[Lack]:
    """The facts of the claim that the evidence does not hold, as (start, end, kind) in its characters.

    Kinds are "number", "date", "name" and "quotation". The evidence should hold the head of each passage
    (title, publisher, date) as well: the year of "on March 18" often stands only there.

    >>> unsupported_facts("Ant met 12 firms in 2021.", ["In 2021 the Ant Group met eleven firms."])
    [(8, 10, 'number')]
    """
    return KnownFacts(evidence).missing(claim)


def is_supported_by(claim: str, missing: Sequence[Lack]) -> list[tuple[int, int]]:
    """The spans of the claim's dates and figures that are not missing."""
    lacking = {(start, end) for start, end, _ in missing}
    dates = [(moment.start, moment.end) for moment in date_mentions.date_mentions(claim)]
    numbers = [(each.start, each.end) for each in figures.outside(figures.figures(claim), dates)]
    return [span for span in dates + numbers if span not in lacking]


class KnownFacts:
    """The facts of some evidence, found once when first asked for."""

    def __init__(self, evidence: Sequence[str]) -> None:
        self._texts = tuple(evidence)

    def missing(self, claim: str) -> list[Lack]:
        """As `unsupported_facts`."""
        dates = date_mentions.date_mentions(claim)
        taken = [(moment.start, moment.end) for moment in dates]
        found = [(d.start, d.end, "date") for d in dates if not date_mentions.is_supported_by(d, self._dates)]
        found += self._numbers(claim, taken)
        found += [
            (name.start, name.end, "name")
            for name in name_mentions.names(claim)
            if not any(start < name.end and name.start < end for start, end in taken)
            and not self._names.holds(name.key)
        ]
        return sorted(found + self._quotations(claim))

    @cached_property
    def _dates(self) -> list[DateMention]:
        return [moment for text in self._texts for moment in date_mentions.date_mentions(text)]

    @cached_property
    def _figures(self) -> list[tuple[Figure, str]]:
        """The numbers, each with the word that follows it."""
        found = []
        for text in self._texts:
            dates = [(moment.start, moment.end) for moment in date_mentions.date_mentions(text)]
            known = figures.loosened(figures.evidence_figures(text), dates)
            found += [(figure, _next_word(text, figure)) for figure in known]
        return found

    @cached_property
    def _names(self) -> name_mentions.KnownNames:
        return name_mentions.KnownNames(self._texts)

    @cached_property
    def _words(self) -> list[str]:
        return [f" {_plain(text)} " for text in self._texts]

    def _numbers(self, claim: str, taken: Sequence[tuple[int, int]]) -> list[Lack]:
        claimed = [each for each in figures.outside(figures.figures(claim), taken) if not each.loose]
        known = [figure for figure, _ in self._figures] if claimed else []
        return [
            (each.start, each.end, "number")
            for each in claimed
            if not figures.is_supported_by(each, known) and not self._may_count(claim, each)
        ]

    def _may_count(self, claim: str, figure: Figure) -> bool:
        """Whether "two firms" may be the writer's count: no other number of firms stands in the evidence."""
        if claim[figure.start : figure.end].lower() not in _COUNTED:
            return False
        word = _next_word(claim, figure)
        return bool(self._texts) and all(word != other for _, other in self._figures)

    def _quotations(self, claim: str) -> list[Lack]:
        found = []
        for match in _QUOTED.finditer(claim):
            words = _plain(match[match.lastindex or 0])
            if len(words.split()) >= _MIN_QUOTED_WORDS and not any(
                f" {words} " in text for text in self._words
            ):
                found.append((match.start() + 1, match.end() - 1, "quotation"))
        return found


def _next_word(text: str, figure: Figure) -> str:
    match = _NEXT_WORD.match(text, figure.end)
    return match[1].lower().rstrip("s") if match else ""


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
