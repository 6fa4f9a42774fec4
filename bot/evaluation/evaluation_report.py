"""A finished evaluation as a table, as JSON, and beside an earlier one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.errors import QuestionSetInvalid
from bot.evaluation.evaluator import EXPLAINED, Outcome, Report
from bot.evaluation.metrics import Change, Measure, Values, changes
from bot.evaluation.risk_coverage import plot

FORMAT = 1  # of the JSON; a file with a higher one is refused
WIDTH = 60  # columns that every line keeps to
_WHOLE = {"words", "chars@10"}  # counts, not shares


def render(report: Report, *, explain: bool = False) -> str:
    """The report as text of at most 60 columns: measures with intervals, times, curve, failures."""
    answered = sum(each.question.answerable for each in report.outcomes)
    lines = [
        f"{_short(report.name, 20)}: {len(report.outcomes)} questions ({answered} with an answer),",
        f"{report.articles:,} articles, {report.passages:,} passages, mode {report.model or report.mode}",
        "",
        f"{'measure':<24}{'mean':>8}   {'95 % interval':<15}{'questions':>10}",
        *(_measure_line(each) for each in report.measures),
        "",
        *_time_lines(report.seconds),
    ]
    if report.area is not None:
        lines += ["", f"area under risk and coverage: {report.area:.3f} (0 is best)", plot(report.curve)]
    failed = [each for each in report.outcomes if each.failures]
    lines += ["", f"{len(failed)} of {len(report.outcomes)} questions fall short in something"]
    if explain:
        lines += [line for each in failed for line in _explained(each)]
    elif failed:
        lines[-1] += " (--explain)"
    return "\n".join(line.rstrip() for line in lines)


def _measure_line(each: Measure) -> str:
    numbers = [_number(each.name, value) for value in (each.value, each.low, each.high)]
    interval = f"{numbers[1]} - {numbers[2]}"
    return f"{each.name:<24}{numbers[0]:>8}   {interval:<15}{each.questions:>10}"


def _number(name: str, value: float) -> str:
    return f"{value:,.0f}" if name in _WHOLE else f"{value:.3f}"


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


def _explained(outcome: Outcome) -> list[str]:
    """One question that fell short: what is wrong, where its evidence was, what came instead."""
    known = outcome.question
    lines = ["", f"[{_short(known.id)}] {_short(known.question, 500)}", f"  {'; '.join(outcome.failures)}"]
    texts = [each for each in known.evidence if each.text]
    for each, rank in zip(texts, outcome.ranks, strict=True):
        place = f"rank {rank}" if rank else f"not among {EXPLAINED}"
        lines.append(f"  evidence {place}: {_short(each.article)}: {_short(each.text)}")
    if known.evidence and not texts:
        lines.append(f"  article at rank {outcome.article_rank or '-'}: {_short(known.evidence[0].article)}")
    if outcome.best:
        lines.append(f"  found first: {' | '.join(map(_short, outcome.best))}")
    if known.answers:
        lines.append(f"  right: {_short(known.answers[0])}")
    if outcome.status:
        said = _short(outcome.text) or outcome.reason or outcome.status
        lines.append(f"  said ({outcome.confidence:.2f}): {said}")
    return lines


def _short(text: str, most: int = 90) -> str:
    """The beginning of a text, without what a terminal would obey or hide."""
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def report_json(report: Report) -> dict[str, Any]:
    """The report for `--json`, and for a later run's `--against`."""
    return {
        "format": FORMAT,
        "name": report.name,
        "mode": report.mode,
        "model": report.model,
        "articles": report.articles,
        "passages": report.passages,
        "fingerprint": report.fingerprint,
        "measures": {
            each.name: {
                "mean": round(each.value, 4),
                "low": round(each.low, 4),
                "high": round(each.high, 4),
                "questions": each.questions,
            }
            for each in report.measures
        },
        "area_under_risk_coverage": None if report.area is None else round(report.area, 4),
        "curve": [[round(coverage, 4), round(risk, 4)] for coverage, risk in report.curve],
        "seconds": {
            stage: {"median": round(middle, 5), "p95": round(high, 5)}
            for stage, (middle, high) in report.seconds.items()
        },
        "questions": [_outcome_json(each) for each in report.outcomes],
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
    """The values by question id of an earlier run's JSON. Raises QuestionSetInvalid."""
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
            f"{path} holds no results of an evaluation.", "Write some: footnote eval DIR --json > RESULTS."
        ) from error


def values_of(report: Report) -> dict[str, Values]:
    """The values by question id of this run, to be compared with ``read_values``."""
    return {each.question.id: each.values for each in report.outcomes}


def render_changes(before: Mapping[str, Values], after: Mapping[str, Values]) -> str:
    """Two runs side by side over the questions that both answered; "*" marks what is more than chance."""
    found = changes(before, after)
    if not found:
        return "The two runs have no question in common."
    shared = len(before.keys() & after.keys())
    lines = [
        f"{shared} questions in both runs",
        f"{'measure':<22}{'before':>8}{'after':>8}  {'change':<10}{'up':>4}{'down':>6}",
        *(_change_line(each) for each in found),
    ]
    if any(each.sure for each in found):
        lines.append("* more than chance (95 %), by a bootstrap over the questions")
    return "\n".join(lines)


def _change_line(each: Change) -> str:
    before, after = _number(each.name, each.before), _number(each.name, each.after)
    difference = each.after - each.before
    told = f"{difference:+,.0f}" if each.name in _WHOLE else f"{difference:+.3f}"
    told += " *" if each.sure else ""
    return f"{each.name:<22}{before:>8}{after:>8}  {told:<10}{each.better:>4}{each.worse:>6}"


def changes_json(before: Mapping[str, Values], after: Mapping[str, Values]) -> list[dict[str, Any]]:
    """The comparison for `--json`."""
    return [
        {
            "measure": each.name,
            "before": round(each.before, 4),
            "after": round(each.after, 4),
            "low": round(each.low, 4),
            "high": round(each.high, 4),
            "better": each.better,
            "worse": each.worse,
            "more_than_chance": each.sure,
        }
        for each in changes(before, after)
    ]
