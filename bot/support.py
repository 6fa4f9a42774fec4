"""Whether a claim stands in its evidence: figures, dates, names and quotations first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot import figures, moments, names

_QUOTED = re.compile(r"“([^“”\n]{1,400})”|\"([^\"\n]{1,400})\"")
_MIN_QUOTED_WORDS = 3  # shorter ones are scare quotes and titles


def unsupported_facts(claim: str, evidence: Sequence[str]) -> list[tuple[int, int, str]]:
    """The facts of the claim that the evidence does not hold, as (start, end, kind) in its characters.

    Kinds are "number", "date", "name" and "quotation". The evidence should hold the head of each passage
    (title, publisher, date) as well: the year of "on March 18" often stands only there.

    >>> unsupported_facts("Ant met 12 firms in 2021.", ["In 2021 the Ant Group met eleven firms."])
    [(8, 10, 'number')]
    """
    found = _dates(claim, evidence)
    taken = [(moment.start, moment.end) for moment in moments.moments(claim)]
    found += _numbers(claim, evidence, taken)
    found += _names(claim, evidence, taken)
    found += _quotations(claim, evidence)
    return sorted(found)


def _dates(claim: str, evidence: Sequence[str]) -> list[tuple[int, int, str]]:
    claimed = moments.moments(claim)
    known = [moment for text in evidence for moment in moments.moments(text)] if claimed else []
    return [(each.start, each.end, "date") for each in claimed if not moments.borne_out(each, known)]


def _numbers(
    claim: str, evidence: Sequence[str], taken: Sequence[tuple[int, int]]
) -> list[tuple[int, int, str]]:
    claimed = [figure for figure in figures.outside(figures.figures(claim), taken) if not figure.loose]
    known = [figure for text in evidence for figure in _known_figures(text)] if claimed else []
    return [(each.start, each.end, "number") for each in claimed if not figures.borne_out(each, known)]


def _known_figures(text: str) -> list[figures.Figure]:
    dates = [(moment.start, moment.end) for moment in moments.moments(text)]
    return figures.loosened(figures.evidence_figures(text), dates)


def _names(
    claim: str, evidence: Sequence[str], taken: Sequence[tuple[int, int]]
) -> list[tuple[int, int, str]]:
    known = names.Known(evidence)
    return [
        (name.start, name.end, "name")
        for name in names.names(claim)
        if not any(start < name.end and name.start < end for start, end in taken)
        and not known.holds(name.key)
    ]


def _quotations(claim: str, evidence: Sequence[str]) -> list[tuple[int, int, str]]:
    found = []
    for match in _QUOTED.finditer(claim):
        words = _words(match[match.lastindex or 0])
        if len(words.split()) >= _MIN_QUOTED_WORDS and not any(
            f" {words} " in f" {_words(text)} " for text in evidence
        ):
            found.append((match.start() + 1, match.end() - 1, "quotation"))
    return found


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
