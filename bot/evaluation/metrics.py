"""What is measured of hits and answers against what is known to be right: pure figures, no running.

One question gives values by name; a measure is their mean over the questions that it is about, with a
bootstrap interval. Passages are matched by the text of the evidence, white space aside, so that any way
of cutting articles into passages can be measured alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SAMPLES = 1000  # of the bootstrap
SEED = 20210318
ROUNDED = 1e-4  # values of a run that was kept as JSON have four decimals
DEPTHS = (1, 5)  # k of doc@k and answer@k
HIT_DEPTHS = (4, 10)  # k of hits@k
DEPTH = 10  # passages that the other measures look at

Values = Mapping[str, float]  # of one question


@dataclass(frozen=True, slots=True)
class KnownEvidence:
    """What shows the answer: an article, and the words in it ("" when only the article is known)."""

    article: str
    text: str


@dataclass(frozen=True, slots=True)
class FoundEvidence:
    """A passage or quote that was found, with the id of its article."""

    article: str
    text: str


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """The answer that was given, as far as it is measured; ``exact`` is about all its quotes."""

    answered: bool
    text: str
    quotes: tuple[FoundEvidence, ...]
    confidence: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """A mean over ``questions`` questions, and the ends of its 95 % bootstrap interval."""

    name: str
    value: float
    low: float
    high: float
    questions: int


def search_values(
    evidence: Sequence[KnownEvidence], answers: Sequence[str], found: Sequence[FoundEvidence]
) -> Values:
    """Measures of ranked passages for an answerable question with evidence.

    doc@k: an article of the evidence is among the first k. answer@k: such a passage holds an answer.
    hits@k: one holds evidence. mrr and map as in TREC, each piece of evidence counted once, where first
    found. all_evidence: all of it is found. chars: how much there is to read.
    """
    found = found[:DEPTH]
    gold_articles = {each.article for each in evidence}
    wanted = list(dict.fromkeys(_squash(each.text) for each in evidence if each.text.strip()))
    gold = [passage.article in gold_articles for passage in found]
    holds = [g and has_answer(passage.text, answers) for g, passage in zip(gold, found, strict=True)]
    ranks = evidence_ranks(wanted, found)
    first = min((rank for rank in ranks if rank), default=None)
    seen = [rank for rank in ranks if rank]
    values = {f"doc@{k}": float(any(gold[:k])) for k in DEPTHS}
    if answers:
        values |= {f"answer@{k}": float(any(holds[:k])) for k in DEPTHS}
    if wanted:
        values |= {f"hits@{k}": float(first is not None and first <= k) for k in HIT_DEPTHS}
        values[f"mrr@{DEPTH}"] = 1 / first if first else 0.0
        values[f"map@{DEPTH}"] = sum(1 / rank for rank in seen) / min(len(wanted), DEPTH)
        values[f"all_evidence@{DEPTH}"] = float(len(seen) == len(wanted))
    values[f"chars@{DEPTH}"] = float(sum(len(passage.text) for passage in found))
    return values


def evidence_ranks(wanted: Sequence[str], found: Sequence[FoundEvidence]) -> list[int | None]:
    """For each piece of evidence (without white space) the 1-based rank of the first passage with it."""
    texts = [_squash(passage.text) for passage in found]
    return [next((rank for rank, text in enumerate(texts, 1) if each in text), None) for each in wanted]


def answer_values(
    evidence: Sequence[KnownEvidence], answers: Sequence[str], answerable: bool, given: GivenAnswer
) -> Values:
    """Measures of an answer. Of a question without an answer only whether none was given."""
    if not answerable:
        return {"abstained": float(not given.answered), "quotes_exact": float(given.exact)}
    gold = {each.article for each in evidence}
    quotes = [has_answer(quote.text, answers) for quote in given.quotes]
    values = {"answered": float(given.answered), "quotes_exact": float(given.exact)}
    if answers:
        values["answer_in_text"] = float(given.answered and has_answer(given.text, answers))
        values["quote_has_answer"] = float(given.answered and any(quotes))
        values["first_quote_has_answer"] = float(given.answered and any(quotes[:1]))
    if gold:
        values["cited_gold_article"] = float(given.answered and any(q.article in gold for q in given.quotes))
    values["words"] = float(len(given.text.split()))
    return values


def has_answer(text: str, answers: Sequence[str]) -> bool:
    """Whether one of the answers stands in the text, word by word, without case or punctuation."""
    padded = f" {_plain(text)} "
    return any(f" {words} " in padded for words in map(_plain, answers) if words)


def _squash(text: str) -> str:
    return "".join(text.split())


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def measures(rows: Sequence[Values]) -> list[Measure]:
    """The mean of every value that the questions have, in the order they come, with its interval.

    ``balanced_accuracy`` of abstaining is added: the mean of answering the answerable and abstaining on
    the others, each over its own questions.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    found = [_measure(name, [[row[name]] for row in rows if name in row]) for name in names]
    if {"answered", "abstained"} <= set(names):
        both = [[row.get("answered", math.nan), row.get("abstained", math.nan)] for row in rows]
        told = [pair for pair in both if not all(map(math.isnan, pair))]
        found.append(_measure("balanced_accuracy", told))
    return found


def _measure(name: str, columns: Sequence[Sequence[float]]) -> Measure:
    """The mean over columns of the means over questions; NaN where a column is not about a question."""
    means, low, high = _bootstrap(columns)
    return Measure(name, means, low, high, len(columns))


def _bootstrap(columns: Sequence[Sequence[float]]) -> tuple[float, float, float]:
    """Value, and 2.5th and 97.5th percentile over samples of the questions drawn with replacement.

    The samples are the same each time, so that two runs can be compared.
    """
    import numpy as np

    table = np.array(columns, dtype=float)
    drawn = np.random.default_rng(SEED).integers(len(table), size=(SAMPLES, len(table)))
    known = ~np.isnan(table)
    filled = np.where(known, table, 0.0)
    counts = known[drawn].sum(axis=1)
    with np.errstate(invalid="ignore"):
        sampled = (filled[drawn].sum(axis=1) / counts).mean(axis=1)
    value = (filled.sum(axis=0) / known.sum(axis=0)).mean()
    low, high = np.nanpercentile(sampled, [2.5, 97.5])
    return float(value), float(low), float(high)


def risk_coverage(pairs: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """(coverage, risk) when only the surest answers are given; from pairs of confidence and rightness."""
    ranked = sorted(pairs, key=lambda pair: -pair[0])
    points, wrong = [], 0
    for count, (_, right) in enumerate(ranked, 1):
        wrong += not right
        points.append((count / len(ranked), wrong / count))
    return points


def area(curve: Sequence[tuple[float, float]]) -> float | None:
    """The mean risk over all coverages: 0 is best; None of an empty curve."""
    return sum(risk for _, risk in curve) / len(curve) if curve else None


@dataclass(frozen=True, slots=True)
class Change:
    """How a measure differs between two runs over the same questions; ``sure``: 0 is outside the interval."""

    name: str
    before: float
    after: float
    low: float
    high: float
    better: int
    worse: int

    @property
    def sure(self) -> bool:
        """Whether the difference is more than chance at 95 %."""
        return self.low > 0 or self.high < 0


def changes(before: Mapping[str, Values], after: Mapping[str, Values]) -> list[Change]:
    """Each measure's change over the questions (by id) that both runs answered, paired."""
    shared = [(before[key], after[key]) for key in after if key in before]
    names = dict.fromkeys(name for _, row in shared for name in row)
    return [change for name in names if (change := _change(name, shared)) is not None]


def _change(name: str, shared: Sequence[tuple[Values, Values]]) -> Change | None:
    pairs = [(old[name], new[name]) for old, new in shared if name in old and name in new]
    if not pairs:
        return None
    _, low, high = _bootstrap([[new - old] for old, new in pairs])
    ups = sum(new - old > ROUNDED for old, new in pairs)
    downs = sum(old - new > ROUNDED for old, new in pairs)
    before, after = (sum(side) / len(pairs) for side in zip(*pairs, strict=True))
    return Change(name, before, after, low, high, ups, downs)
