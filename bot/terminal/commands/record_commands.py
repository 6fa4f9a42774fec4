"""`history`, `forget`, `verify` and `feedback`: what was answered, and whether it still holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.errors import BotError
from bot.rendering.text_rendering import sanitize_line
from bot.terminal.commands import options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.records.answer_store import AnswerStore
    from bot.records.record import Record
    from bot.records.verification import Verification
    from retrieval.library import Library


class RecordMissing(BotError):
    """No answer has this id."""

    help = "`footnote history` lists the kept answers with their ids."


class NoLongerHolds(BotError):
    """Quotes are no longer in their articles."""


@click.command(short_help="List the answers that were given.")
@click.argument("words", nargs=-1)
@click.option("--id", "ids", multiple=True, metavar="ID", help="Only this answer, whole; may be repeated.")
@click.option(
    "-n", "limit", type=click.IntRange(1), default=20, show_default=True, help="How many answers, the newest."
)
@click.option("--all", "everything", is_flag=True, help="All answers.")
@click.option("--markdown", is_flag=True, help="Print Markdown.")
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a page to this file; - prints it."
)
@options.as_json
@options.shared
@click.pass_context
def history(
    context: click.Context,
    words: tuple[str, ...],
    ids: tuple[str, ...],
    limit: int,
    everything: bool,
    markdown: bool,
    html: Path | None,
    as_json: bool,
) -> None:
    """List the answers that were given, the newest first; or those that hold all WORDS.

    The page of --html needs nothing else: a click on a marker highlights the quote in its article.
    """
    from bot.records import record_export
    from bot.rendering.text_rendering import sanitize
    from bot.terminal.commands.output import note, print_json

    records = options.open_records(context)
    found = _chosen(records, words, ids, -1 if everything else limit)
    if html is not None:
        from bot.records.answers_page import answers_page

        library = options.open_assistant(context).library
        text = answers_page(found, library.corpus.find)
        if str(html) == "-":
            click.echo(text, nl=False)
            return
        html.write_text(text, encoding="utf-8")
        note(sanitize(f"{_answers(len(found))} in {html}."))
    elif as_json:
        print_json([record_export.record_json(record, records.feedback(record.id)) for record in found])
    elif markdown or ids:
        click.echo(sanitize(record_export.markdown(found)), nl=False)
    else:
        for record in found:
            click.echo(_line(record))


@click.command(short_help="Delete kept answers.")
@click.argument("ids", nargs=-1)
@click.option("--before", metavar="DATE", callback=options.day, help="Answers given before this day (UTC).")
@click.option("--all", "everything", is_flag=True, help="All answers.")
@options.shared
@click.pass_context
def forget(context: click.Context, ids: tuple[str, ...], before: date | None, everything: bool) -> None:
    """Delete kept answers: those with these IDS, or by date. They are overwritten, not only marked.

    With --all the questions typed in the chat are forgotten too.
    """
    if not ids and before is None and not everything:
        raise click.UsageError("Name the answers to forget: ids, --before DATE, or --all.")
    records = options.open_records(context)
    moment = datetime.combine(before, time(), UTC) if before else None
    if everything:
        moment = datetime.max.replace(tzinfo=UTC)
        (options.read_settings(context).state / "chat_history").unlink(missing_ok=True)
    count = records.forget([_record(records, each).id for each in ids], before=moment)
    click.echo(f"Forgotten: {_answers(count)}.")


@click.command(short_help="Check quotes against today's articles.")
@click.argument("what", nargs=-1, metavar="[ID|FILE]...")
@click.option("--all", "everything", is_flag=True, help="Check all kept answers.")
@options.as_json
@options.shared
@click.pass_context
def verify(context: click.Context, what: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Check quotes against today's articles: of kept answers by ID, or of a FILE that `ask --json` printed.

    Without ID or FILE the last answer is checked. Exit code 1 when a quote no longer holds.
    """
    from bot.records.verification import verification_json
    from bot.terminal.commands.output import print_json

    library = options.open_assistant(context).library
    checked = list(_verifications(context, what, everything, library))
    if as_json:
        print_json([verification_json(each) for each in checked])
    else:
        for each in checked:
            click.echo("\n".join(_verification_lines(each)))
    lost = sum(not each.holds for each in checked)
    if lost:
        raise NoLongerHolds(f"{lost} of {_answers(len(checked))} no longer held by the articles.")


@click.command(short_help="List what people thought of answers.")
@options.as_json
@options.shared
@click.pass_context
def feedback(context: click.Context, as_json: bool) -> None:
    """List what people thought of answers, the newest first."""
    from bot.records.record_export import feedback_json
    from bot.terminal.commands.output import print_json

    given = options.open_records(context).feedback()
    if as_json:
        print_json([feedback_json(each) for each in given])
        return
    for each in given:
        verdict = "helpful" if each.helpful else f"not helpful: {each.reason or 'no reason given'}"
        said = f" ({sanitize_line(each.words)})" if each.words else ""
        click.echo(f"{each.given_at[:16]}  {each.answer_id}  {verdict}{said}")


def _chosen(records: AnswerStore, words: Sequence[str], ids: Sequence[str], limit: int) -> Sequence[Record]:
    if ids:
        return [_record(records, each) for each in ids]
    return records.search(" ".join(words), limit) if words else records.latest(limit)


def _record(records: AnswerStore, id: str) -> Record:
    record = records.load(id)
    if record is None:
        raise RecordMissing(f"No kept answer has the id {id!r}, or more than one begins so.")
    return record


def _verifications(
    context: click.Context, what: Sequence[str], everything: bool, library: Library
) -> Iterator[Verification]:
    from bot.records.verification import answer_rows, verify_record, verify_row

    find = library.corpus.find
    for each in what:
        if Path(each).is_file():
            text = Path(each).read_bytes().decode("utf-8", "replace")
            yield from (verify_row(row, find) for row in answer_rows(text))
        else:
            yield verify_record(_record(options.open_records(context), each), find)
    if everything or not what:
        records = options.open_records(context).latest(-1 if everything else 1)
        if not records:
            raise RecordMissing("No answers are kept yet.", "Ask something first.")
        yield from (verify_record(record, find) for record in records)


def _verification_lines(verification: Verification) -> Iterator[str]:
    from bot.records.record_export import source_line

    verdict = "holds" if verification.holds else "no longer holds"
    yield f"{sanitize_line(verification.id)}  {verdict}  {sanitize_line(verification.question)}"
    if not verification.intact:
        yield "  The record was altered after the answer was given."
    for check in verification.checks:
        yield f"  [{check.citation.number}] {check.state}: {sanitize_line(source_line(check.citation))}"
        if check.state == "changed":
            yield f"      said: {sanitize_line(check.citation.quote)}"
            yield f"      says: {sanitize_line(check.now) if check.now else 'nothing like it'}"


def _line(record: Record) -> str:

    found = "" if record.answer.status == "answered" else "  (not found)"
    asked_at = record.asked_at[:16].replace("T", " ")
    return f"{record.id}  {asked_at}  {sanitize_line(record.answer.question)}{found}"


def _answers(count: int) -> str:
    return f"{count:,} {'answer' if count == 1 else 'answers'}"
