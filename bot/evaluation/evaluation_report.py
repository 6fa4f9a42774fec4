"""Shows an evaluation report as a table, as JSON, and compared with an earlier one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.errors import QuestionSetInvalid
from bot.evaluation.evaluator import EXPLAIN_DEPTH, Outcome, Report
from bot.evaluation.metrics import Change, Metric, Values, changes
from bot.evaluation.risk_coverage import plot

FORMAT = 1  # version of the JSON; newer ones are refused
WIDTH = 60  # columns; the maximum line length without explanations
_COUNTS = {"words", "chars@10"}  # metrics that are not shares


def render(report: Report, *, explain: bool = False) -> str:
    """The report as text of at most 60 columns: metrics with intervals, times, curve, failures."""
    answerable = sum(outcome.question.answerable for outcome in report.outcomes)
    lines = [
        f"{_truncate(report.name, 20)}: {len(report.outcomes)} questions ({answerable} with an answer),",
        f"{report.articles:,} articles, {report.passages:,} passages, mode {report.model or report.mode}",
        "",
        f"{'metric':<24}{'mean':>8}   {'95 % interval':<15}{'questions':>10}",
        *(_metric_line(metric) for metric in report.metrics),
        "",
        *_time_lines(report.seconds),
    ]
    if report.area is not None:
        lines += ["", f"area under risk and coverage: {report.area:.3f} (0 is best)", plot(report.curve)]
    failed = [outcome for outcome in report.outcomes if outcome.failures]
    lines += ["", f"{len(failed)} of {len(report.outcomes)} questions have a failure"]
    if explain:
        lines += [line for outcome in failed for line in _failure_lines(outcome)]
    elif failed:
        lines[-1] += " (--explain)"
    return "\n".join(line.rstrip() for line in lines)


def _metric_line(metric: Metric) -> str:
    value, low, high = (_number(metric.name, number) for number in (metric.value, metric.low, metric.high))
    return f"{metric.name:<24}{value:>8}   {f'{low} - {high}':<15}{metric.questions:>10}"


def _number(name: str, value: float) -> str:
    return f"{value:,.0f}" if name in _COUNTS else f"{value:.3f}"


def _time_lines(seconds: Mapping[str, tuple[float, float]]) -> list[str]:
    if not seconds:
        return []
    return [
        f"{'milliseconds':<24}{'median':>8}   {'95th percentile':<15}",
        *(
            f"{stage:<24}{middle * 1e3:>8.1f}   {high * 1e3:<15.1f}"
            for stage, (middle, high) in seconds.items()
        ),
    ]


def _failure_lines(outcome: Outcome) -> list[str]:
    """A question that failed: what is wrong, the ranks of its evidence, and what was found instead."""
    known = outcome.question
    lines = ["", f"[{_truncate(known.id)}] {_truncate(known.question, 500)}"]
    lines.append(f"  {'; '.join(outcome.failures)}")
    pieces = [piece for piece in known.evidence if piece.text]
    for piece, rank in zip(pieces, outcome.ranks, strict=True):
        place = f"rank {rank}" if rank else f"not among {EXPLAIN_DEPTH}"
        lines.append(f"  evidence {place}: {_truncate(piece.article)}: {_truncate(piece.text)}")
    if known.evidence and not pieces:
        article = _truncate(known.evidence[0].article)
        lines.append(f"  article at rank {outcome.article_rank or '-'}: {article}")
    if outcome.best:
        lines.append(f"  found first: {' | '.join(map(_truncate, outcome.best))}")
    if known.answers:
        lines.append(f"  expected: {_truncate(known.answers[0])}")
    if outcome.status:
        text = _truncate(outcome.text) or outcome.reason or outcome.status
        lines.append(f"  answer ({outcome.confidence:.2f}): {text}")
    return lines


def _truncate(text: str, limit: int = 90) -> str:
    """The beginning of a text, without control and invisible characters."""
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def report_json(report: Report) -> dict[str, Any]:
    """The report for `--json`, which a later run can read with `--against`."""
    return {
        "format": FORMAT,
        "name": report.name,
        "mode": report.mode,
        "model": report.model,
        "articles": report.articles,
        "passages": report.passages,
        "fingerprint": report.fingerprint,
        "measures": {
            metric.name: {
                "mean": round(metric.value, 4),
                "low": round(metric.low, 4),
                "high": round(metric.high, 4),
                "questions": metric.questions,
            }
            for metric in report.metrics
        },
        "area_under_risk_coverage": None if report.area is None else round(report.area, 4),
        "curve": [[round(coverage, 4), round(risk, 4)] for coverage, risk in report.curve],
        "seconds": {
            stage: {"median": round(middle, 5), "p95": round(high, 5)}
            for stage, (middle, high) in report.seconds.items()
        },
        "questions": [_outcome_json(outcome) for outcome in report.outcomes],
    }


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.question.id,
        "question": outcome.question.question,
        "values": {name: round(value, 4) for name, value in outcome.values.items()},
        "ranks": list(outcome.ranks),
        "article_rank": outcome.article_rank,
        "status": outcome.status,
        "confidence": round(outcome.confidence, 4),
        "text": outcome.text,
        "failures": list(outcome.failures),
        "seconds": {stage: round(taken, 5) for stage, taken in outcome.seconds.items()},
    }


def read_values(path: Path) -> dict[str, Values]:
    """The values by question id from an earlier run's JSON. Raises QuestionSetInvalid."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["format"] > FORMAT:
            raise QuestionSetInvalid(f"{path} was written by a newer Footnote.", "Update Footnote.")
        return {
            str(row["id"]): {str(name): float(value) for name, value in row["values"].items()}
            for row in stored["questions"]
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise QuestionSetInvalid(
            f"{path} is not the result of an evaluation.",
            "Create one with: footnote eval DIR --json > RESULTS.",
        ) from error


def report_values(report: Report) -> dict[str, Values]:
    """The values by question id of this run, to compare with ``read_values``."""
    return {outcome.question.id: outcome.values for outcome in report.outcomes}


def render_changes(before: Mapping[str, Values], after: Mapping[str, Values]) -> str:
    """Two runs compared over their common questions; "*" marks significant changes."""
    found = changes(before, after)
    if not found:
        return "The two runs have no question in common."
    shared = len(before.keys() & after.keys())
    lines = [
        f"{shared} questions in both runs",
        f"{'metric':<22}{'before':>8}{'after':>8}  {'change':<10}{'up':>4}{'down':>6}",
        *(_change_line(change) for change in found),
    ]
    if any(change.significant for change in found):
        lines.append("* significant (95 %), by a bootstrap over the questions")
    return "\n".join(lines)


def _change_line(change: Change) -> str:
    before, after = _number(change.name, change.before), _number(change.name, change.after)
    difference = change.after - change.before
    text = f"{difference:+,.0f}" if change.name in _COUNTS else f"{difference:+.3f}"
    text += " *" if change.significant else ""
    return f"{change.name:<22}{before:>8}{after:>8}  {text:<10}{change.better:>4}{change.worse:>6}"


def changes_json(before: Mapping[str, Values], after: Mapping[str, Values]) -> list[dict[str, Any]]:
    """The comparison for `--json`."""
    return [
        {
            "measure": change.name,
            "before": round(change.before, 4),
            "after": round(change.after, 4),
            "low": round(change.low, 4),
            "high": round(change.high, 4),
            "better": change.better,
            "worse": change.worse,
            "more_than_chance": change.significant,
        }
        for change in changes(before, after)
    ]
