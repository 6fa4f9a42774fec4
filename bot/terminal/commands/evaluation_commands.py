"""`eval`: measure retrieval and answers on a question set, and add questions to one."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.terminal.commands import options
from bot.terminal.commands.output import print_json, print_note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.evaluation.evaluator import Report
    from bot.evaluation.metrics import Values
    from bot.evaluation.question_set import KnownQuestion

folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))


class RunByDefault(click.Group):
    """A group whose default command is "run"."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Treat a first argument that is not a command as the folder of "run"."""
        if args and args[0] not in self.commands:
            return "run", self.commands["run"], args
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Allow options of "run" before its folder."""
        if args and args[0].startswith("-") and args[0] not in {"-h", "--help"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group("eval", cls=RunByDefault, short_help="Measure quality on a question set.")
def evaluation() -> None:
    """Measure retrieval and answers on DIR/questions.jsonl, with confidence intervals: footnote eval DIR.

    The articles are DIR/corpus.jsonl, DIR/corpus/ or DIR itself, unless --corpus is given. Each line of
    questions.jsonl is {"id", "question", "answers", "evidence": [{"doc", "text"}], "answerable", "date"?}.
    """


@evaluation.command(short_help="Measure quality (default: footnote eval DIR).")
@folder_argument
@click.option("--search-only", is_flag=True, help="Measure retrieval only; generate no answers.")
@click.option("--explain", is_flag=True, help="List failed questions with the ranks of their evidence.")
@click.option(
    "--against",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Compare with the --json output of an earlier run.",
)
@click.option(
    "--plot", type=click.Path(path_type=Path, dir_okay=False), help="Save the risk-coverage curve as PNG."
)
@click.option(
    "--as-of", callback=options.day, metavar="DATE", help="Reference date of questions without one."
)
@options.as_json
@options.no_sync
@options.shared
@click.pass_context
def run(
    context: click.Context,
    folder: Path,
    search_only: bool,
    explain: bool,
    against: Path | None,
    plot: Path | None,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Measure retrieval and answers on DIR/questions.jsonl."""
    from bot.evaluation.evaluation_report import read_values

    baseline = read_values(against) if against else None  # fail before anything is measured
    report = asyncio.run(_measure(context, folder, not search_only, explain, as_of))
    _print_report(report, baseline, explain, as_json)
    if plot:
        _save_plot(report, against, plot)


async def _measure(
    context: click.Context, folder: Path, answers: bool, explain: bool, as_of: date | None
) -> Report:
    from bot.evaluation.evaluator import evaluate
    from bot.evaluation.question_set import corpus_path
    from bot.terminal.initial_sync import prepare_index

    assistant = options.open_assistant(context, corpus=corpus_path(folder))
    await prepare_index(assistant, options.wants_sync(context))
    return await evaluate(
        assistant, folder, answers=answers, explain=explain, as_of=as_of, progress=_progress
    )


def _print_report(
    report: Report, baseline: Mapping[str, Values] | None, explain: bool, as_json: bool
) -> None:
    """Print the report and, given a baseline, what changed since."""
    from bot.evaluation.evaluation_report import (
        changes_json,
        render,
        render_changes,
        report_json,
        report_values,
    )

    values = report_values(report)
    if as_json:
        comparison = {"against": changes_json(baseline, values)} if baseline is not None else {}
        print_json({**report_json(report), **comparison})
        return
    click.echo(render(report, explain=explain))
    if baseline is not None:
        click.echo("\n" + render_changes(baseline, values))


@evaluation.command(short_help="Add a question to DIR/questions.jsonl.")
@folder_argument
@click.argument("question", required=False)
@click.option("--answer", "answers", multiple=True, help="Text that a correct answer contains; repeatable.")
@click.option(
    "--evidence",
    nargs=2,
    multiple=True,
    metavar="ID TEXT",
    help="Id of an article and a quote from it that answers the question; repeatable.",
)
@click.option("--unanswerable", is_flag=True, help="Mark the question as not answered by the articles.")
@click.option("--date", "day", callback=options.day, metavar="DATE", help="Reference date of the question.")
@click.option("--from", "answer_id", metavar="ID", help="Use a stored answer (see `footnote history`).")
@options.no_sync
@options.shared
@click.pass_context
def add(
    context: click.Context,
    folder: Path,
    question: str | None,
    answers: tuple[str, ...],
    evidence: tuple[tuple[str, str], ...],
    unanswerable: bool,
    day: date | None,
    answer_id: str | None,
) -> None:
    """Add QUESTION, or a question asked before (--from), to DIR/questions.jsonl."""
    from bot.evaluation.metrics import KnownEvidence
    from bot.evaluation.question_set import KnownQuestion, add_question, corpus_path
    from bot.terminal.initial_sync import prepare_index

    if (question is None) == (answer_id is None):
        raise click.UsageError("Pass either QUESTION or --from ID.")
    if question is not None:
        known_evidence = tuple(KnownEvidence(article, text) for article, text in evidence)
        new = KnownQuestion("", question, answers, known_evidence, not unanswerable, day)
    else:
        new = _from_history(context, str(answer_id), answers)
    assistant = options.open_assistant(context, corpus=corpus_path(folder))
    asyncio.run(prepare_index(assistant, options.wants_sync(context)))
    added = add_question(folder, new, assistant.library)
    click.echo(f"Added {added.id} to {folder / 'questions.jsonl'}.")


def _from_history(context: click.Context, id: str, answers: tuple[str, ...]) -> KnownQuestion:
    from bot.errors import QuestionSetInvalid
    from bot.evaluation.question_set import question_from_answer

    record = options.open_records(context).load(id)
    if record is None:
        raise QuestionSetInvalid(
            f"There is no stored answer {id!r}.", "Run `footnote history` to list answers."
        )
    return question_from_answer(record.answer, correct=answers[0] if answers else None)


def _progress(done: int, total: int) -> None:
    """Update a counter in place in a terminal; print every hundred questions elsewhere."""
    if sys.stderr.isatty():
        click.echo(f"\r{done:,} of {total:,} questions" + ("\n" if done == total else ""), nl=False, err=True)
    elif done % 100 == 0:
        print_note(f"{done:,} of {total:,} questions")


def _save_plot(report: Report, against: Path | None, path: Path) -> None:
    from bot.evaluation.risk_coverage import save_plot

    curves = {report.name: report.curve}
    if against is not None:
        earlier = json.loads(against.read_text(encoding="utf-8")).get("curve", [])
        curves[f"before: {report.name}"] = tuple((float(x), float(y)) for x, y in earlier)
    save_plot(curves, path)
    print_note(f"Saved the curve to {path}.")
