"""Metrics of hits and answers against known answers, without running anything.

Each question has values by name; a metric is their mean over the questions that have one, with a bootstrap
interval. Passages are matched by the text of the evidence, ignoring white space, so that any way of splitting
articles can be measured.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BOOTSTRAP_SAMPLES = 1000
BOOTSTRAP_SEED = 20210318
ROUNDING = 1e-4  # values stored as JSON have four decimals
ARTICLE_DEPTHS = (1, 5)  # k of doc@k and answer@k
EVIDENCE_DEPTHS = (4, 10)  # k of hits@k
DEPTH = 10  # passages that the other metrics look at

Values = Mapping[str, float]  # of one question


@dataclass(frozen=True, slots=True)
class KnownEvidence:
    """An article that answers the question, and its words that do ("" if only the article is known)."""

    article: str
    text: str


@dataclass(frozen=True, slots=True)
class FoundEvidence:
    """A passage or quote that was found, with the id of its article."""

    article: str
    text: str


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """The measured parts of an answer; ``exact``: all its quotes are in their articles."""

    answered: bool
    text: str
    quotes: tuple[FoundEvidence, ...]
    confidence: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Metric:
    """A mean over ``questions`` questions, and the ends of its 95 % bootstrap interval."""

    name: str
    value: float
    low: float
    high: float
    questions: int


def search_values(
    evidence: Sequence[KnownEvidence], answers: Sequence[str], found: Sequence[FoundEvidence]
) -> Values:
    """Values of ranked passages for an answerable question with evidence.

    doc@k: an article of the evidence is among the first k. answer@k: such a passage contains an answer.
    hits@k: one contains evidence. mrr and map as in TREC, each piece of evidence counted once, at its first
    rank. all_evidence: all of it is found. chars: length of the passages.
    """
    found = found[:DEPTH]
    gold_articles = {piece.article for piece in evidence}
    wanted = list(dict.fromkeys(without_space(piece.text) for piece in evidence if piece.text.strip()))
    is_gold = [passage.article in gold_articles for passage in found]
    has = [gold and has_answer(passage.text, answers) for gold, passage in zip(is_gold, found, strict=True)]
    ranks = [rank for rank in evidence_ranks(wanted, found) if rank]
    first = min(ranks, default=None)
    values = {f"doc@{k}": float(any(is_gold[:k])) for k in ARTICLE_DEPTHS}
    if answers:
        values |= {f"answer@{k}": float(any(has[:k])) for k in ARTICLE_DEPTHS}
    if wanted:
        values |= {f"hits@{k}": float(first is not None and first <= k) for k in EVIDENCE_DEPTHS}
        values[f"mrr@{DEPTH}"] = 1 / first if first else 0.0
        values[f"map@{DEPTH}"] = sum(1 / rank for rank in ranks) / min(len(wanted), DEPTH)
        values[f"all_evidence@{DEPTH}"] = float(len(ranks) == len(wanted))
    values[f"chars@{DEPTH}"] = float(sum(len(passage.text) for passage in found))
    return values


def evidence_ranks(wanted: Sequence[str], found: Sequence[FoundEvidence]) -> list[int | None]:
    """The 1-based rank of the first passage with each piece of evidence (without white space)."""
    texts = [without_space(passage.text) for passage in found]
    return [next((rank for rank, text in enumerate(texts, 1) if piece in text), None) for piece in wanted]


def answer_values(
    evidence: Sequence[KnownEvidence], answers: Sequence[str], answerable: bool, given: GivenAnswer
) -> Values:
    """Values of an answer; for an unanswerable question only abstention and exact quotes."""
    if not answerable:
        return {"abstained": float(not given.answered), "quotes_exact": float(given.exact)}
    gold = {piece.article for piece in evidence}
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
    """True if the text contains one of the answers as whole words, ignoring case and punctuation."""
    padded = f" {_words(text)} "
    return any(f" {words} " in padded for words in map(_words, answers) if words)


def without_space(text: str) -> str:
    """The text without any white space, to compare texts that are wrapped differently."""
    return "".join(text.split())


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def aggregate(rows: Sequence[Values]) -> list[Metric]:
    """The mean of each value over the questions that have it, in order of appearance, with its interval.

    ``balanced_accuracy`` of abstaining is added: the mean of "answered" over the answerable questions and of
    "abstained" over the others.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    metrics = [_metric(name, [[row[name]] for row in rows if name in row]) for name in names]
    if {"answered", "abstained"} <= set(names):
        pairs = [[row.get("answered", math.nan), row.get("abstained", math.nan)] for row in rows]
        known = [pair for pair in pairs if not all(map(math.isnan, pair))]
        metrics.append(_metric("balanced_accuracy", known))
    return metrics


def _metric(name: str, columns: Sequence[Sequence[float]]) -> Metric:
    """The mean over columns of their means over questions; NaN where a question has no value."""
    mean, low, high = _bootstrap(columns)
    return Metric(name, mean, low, high, len(columns))


def _bootstrap(columns: Sequence[Sequence[float]]) -> tuple[float, float, float]:
    """Mean, and 2.5th and 97.5th percentile over samples of the questions drawn with replacement.

    The samples are the same each time, so that two runs can be compared.
    """
    import numpy as np

    table = np.array(columns, dtype=float)
    drawn = np.random.default_rng(BOOTSTRAP_SEED).integers(len(table), size=(BOOTSTRAP_SAMPLES, len(table)))
    known = ~np.isnan(table)
    filled = np.where(known, table, 0.0)
    counts = known[drawn].sum(axis=1)
    with np.errstate(invalid="ignore"):
        sampled = (filled[drawn].sum(axis=1) / counts).mean(axis=1)
    value = (filled.sum(axis=0) / known.sum(axis=0)).mean()
    low, high = np.nanpercentile(sampled, [2.5, 97.5])
    return float(value), float(low), float(high)


def risk_coverage(pairs: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """(coverage, risk) of giving only the most confident answers; *pairs* are (confidence, is right)."""
    ranked = sorted(pairs, key=lambda pair: -pair[0])
    points, wrong = [], 0
    for count, (_, right) in enumerate(ranked, 1):
        wrong += not right
        points.append((count / len(ranked), wrong / count))
    return points


def area_under_curve(curve: Sequence[tuple[float, float]]) -> float | None:
    """The mean risk over all coverages: 0 is best; None for an empty curve."""
    return sum(risk for _, risk in curve) / len(curve) if curve else None


@dataclass(frozen=True, slots=True)
class Change:
    """The change of a metric between two runs over the same questions, with its bootstrap interval."""

    name: str
    before: float
    after: float
    low: float
    high: float
    better: int
    worse: int

    @property
    def significant(self) -> bool:
        """True if the change is significant at 95 %: 0 is outside the interval."""
        return self.low > 0 or self.high < 0


def changes(before: Mapping[str, Values], after: Mapping[str, Values]) -> list[Change]:
    """The change of each metric over the questions (by id) in both runs, paired."""
    shared = [(before[key], after[key]) for key in after if key in before]
    names = dict.fromkeys(name for _, row in shared for name in row)
    return [change for name in names if (change := _change(name, shared)) is not None]


def _change(name: str, shared: Sequence[tuple[Values, Values]]) -> Change | None:
    pairs = [(old[name], new[name]) for old, new in shared if name in old and name in new]
    if not pairs:
        return None
    _, low, high = _bootstrap([[new - old] for old, new in pairs])
    better = sum(new - old > ROUNDING for old, new in pairs)
    worse = sum(old - new > ROUNDING for old, new in pairs)
    before, after = (sum(side) / len(pairs) for side in zip(*pairs, strict=True))
    return Change(name, before, after, low, high, better, worse)
