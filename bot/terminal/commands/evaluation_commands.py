"""`eval`: measure passages and answers over questions with known answers, and add questions to such a set."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.terminal.commands import options
from bot.terminal.commands.output import note, print_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.evaluation.evaluator import Report
    from bot.evaluation.metrics import Values
    from bot.evaluation.question_set import KnownQuestion

folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))


class RunByDefault(click.Group):
    """A group that runs its command "run" when the first word is none of its commands."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take a first word that is no command for the folder of "run"."""
        if args and args[0] not in self.commands:
            return "run", self.commands["run"], args
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let options of "run" stand before its folder."""
        if args and args[0].startswith("-") and args[0] not in {"-h", "--help"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group("eval", cls=RunByDefault, short_help="Measure answers over questions with known answers.")
def evaluation() -> None:
    """Measure passages and answers over DIR/questions.jsonl, with confidence intervals: footnote eval DIR.

    The articles are DIR/corpus.jsonl, DIR/corpus/ or DIR itself, unless --corpus names others. A row of
    questions.jsonl is {"id", "question", "answers", "evidence": [{"doc", "text"}], "answerable", "date"?}.
    """


@evaluation.command(short_help="Measure: what `footnote eval DIR` does.")
@folder_argument
@click.option("--search-only", is_flag=True, help="Measure the passages, ask for no answers.")
@click.option("--explain", is_flag=True, help="List what fell short, with the ranks of its evidence.")
@click.option("--against", type=click.Path(path_type=Path, dir_okay=False), help="JSON of a run to compare.")
@click.option(
    "--plot", "picture", type=click.Path(path_type=Path, dir_okay=False), help="Draw the curve (PNG)."
)
@click.option("--as-of", callback=options.day, metavar="DATE", help="Day of questions that have none.")
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
    picture: Path | None,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Measure over DIR/questions.jsonl (the default command: footnote eval DIR)."""
    from bot.evaluation.evaluation_report import read_values

    before = read_values(against) if against else None  # refused before anything is measured
    report = asyncio.run(_measured(context, folder, not search_only, explain, as_of))
    _show(report, before, explain, as_json)
    if picture:
        _draw(report, against, picture)


async def _measured(
    context: click.Context, folder: Path, answers: bool, explain: bool, as_of: date | None
) -> Report:
    from bot.evaluation.evaluator import evaluate
    from bot.evaluation.question_set import corpus_of
    from bot.terminal.initial_sync import sync_first

    assistant = options.open_assistant(context, corpus=corpus_of(folder))
    if options.wants_sync(context):
        await sync_first(assistant)
    return await evaluate(
        assistant, folder, answers=answers, explain=explain, as_of=as_of, progress=_progress
    )


def _show(report: Report, before: Mapping[str, Values] | None, explain: bool, as_json: bool) -> None:
    """The report, and beside the values of an earlier run what changed since."""
    from bot.evaluation.evaluation_report import changes_json, render, render_changes, report_json, values_of

    after = values_of(report)
    if as_json:
        compared = {"against": changes_json(before, after)} if before is not None else {}
        print_json({**report_json(report), **compared})
        return
    click.echo(render(report, explain=explain))
    if before is not None:
        click.echo("\n" + render_changes(before, after))


@evaluation.command(short_help="Add a question to DIR/questions.jsonl.")
@folder_argument
@click.argument("question", required=False)
@click.option("--answer", "answers", multiple=True, help="Words that a right answer has; may be repeated.")
@click.option(
    "--evidence", nargs=2, multiple=True, metavar="ID TEXT", help="An article and words of it that answer."
)
@click.option("--unanswerable", is_flag=True, help="The articles do not answer it.")
@click.option("--date", "day", callback=options.day, metavar="DATE", help="The day on which it is asked.")
@click.option("--from", "answer_id", metavar="ID", help="Take a kept answer (`footnote history`).")
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
    """Add a QUESTION of your own to DIR/questions.jsonl, or one that was asked before."""
    from bot.evaluation.metrics import KnownEvidence
    from bot.evaluation.question_set import KnownQuestion, add_question, corpus_of
    from bot.terminal.initial_sync import sync_first

    if (question is None) == (answer_id is None):
        raise click.UsageError("Give a QUESTION, or --from ID of an answer that was kept.")
    if question is not None:
        texts = tuple(KnownEvidence(article, text) for article, text in evidence)
        new = KnownQuestion("", question, answers, texts, not unanswerable, day)
    else:
        new = _asked_before(context, str(answer_id), answers)
    assistant = options.open_assistant(context, corpus=corpus_of(folder))
    if options.wants_sync(context):
        asyncio.run(sync_first(assistant))
    added = add_question(folder, new, assistant.library)
    click.echo(f"Added {added.id} to {folder / 'questions.jsonl'}.")


def _asked_before(context: click.Context, id: str, answers: tuple[str, ...]) -> KnownQuestion:
    from bot.errors import QuestionSetInvalid
    from bot.evaluation.question_set import from_answer

    record = options.open_records(context).load(id)
    if record is None:
        raise QuestionSetInvalid(f"There is no kept answer {id!r}.", "See `footnote history`.")
    return from_answer(record.answer, right=answers[0] if answers else None)


def _progress(done: int, total: int) -> None:
    """Count in place in a terminal; every hundred elsewhere."""
    if sys.stderr.isatty():
        click.echo(f"\r{done:,} of {total:,} questions" + ("\n" if done == total else ""), nl=False, err=True)
    elif done % 100 == 0:
        note(f"{done:,} of {total:,} questions")


def _draw(report: Report, against: Path | None, picture: Path) -> None:
    from bot.evaluation.risk_coverage import save_plot

    curves = {report.name: report.curve}
    if against is not None:
        earlier = json.loads(against.read_text(encoding="utf-8")).get("curve", [])
        curves[f"before: {report.name}"] = tuple((float(x), float(y)) for x, y in earlier)
    save_plot(curves, picture)
    note(f"The curve is in {picture}.")
