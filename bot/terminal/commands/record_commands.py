"""`history`, `forget`, `verify` and `feedback`: list, delete and verify past answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.errors import BotError
from bot.records.retention import CHAT_HISTORY
from bot.rendering.sanitize import sanitize_line
from bot.terminal.commands import options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.records.answer_store import AnswerStore
    from bot.records.record import Record
    from bot.records.verification import Verification
    from retrieval.library import Library


class RecordMissing(BotError):
    """There is no stored answer with this id."""

    help = "Run `footnote history` to list answers with their ids."


class VerificationFailed(BotError):
    """Quotes are no longer in their articles, or records were altered."""


@click.command(short_help="List past answers.")
@click.argument("words", nargs=-1)
@click.option("--id", "ids", multiple=True, metavar="ID", help="Show this answer in full; repeatable.")
@click.option(
    "-n",
    "limit",
    metavar="N",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="Number of answers.",
)
@click.option("--all", "everything", is_flag=True, help="List all answers.")
@click.option("--markdown", is_flag=True, help="Print Markdown.")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write an HTML page to this file; - prints it.",
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
    """List past answers, newest first, or those that contain all WORDS.

    The --html page is self-contained: clicking a marker highlights the quote in its article.
    """
    from bot.records import record_export
    from bot.rendering.sanitize import sanitize
    from bot.terminal.commands.output import print_json, print_note

    records = options.open_records(context)
    selected = _select(records, words, ids, -1 if everything else limit)
    if html is not None:
        from bot.records.answers_page import answers_page

        library = options.open_assistant(context).library
        text = answers_page(selected, library.corpus.find)
        if str(html) == "-":
            click.echo(text, nl=False)
            return
        html.write_text(text, encoding="utf-8")
        print_note(f"Wrote {_count_text(len(selected))} to {html}.")
    elif as_json:
        print_json([record_export.record_json(record, records.feedback(record.id)) for record in selected])
    elif markdown or ids:
        click.echo(sanitize(record_export.markdown(selected)), nl=False)
    else:
        for record in selected:
            click.echo(_record_line(record))


@click.command(short_help="Delete past answers.")
@click.argument("ids", nargs=-1)
@click.option(
    "--before", metavar="DATE", callback=options.day, help="Delete answers given before this date (UTC)."
)
@click.option("--all", "everything", is_flag=True, help="Delete all answers.")
@options.shared
@click.pass_context
def forget(context: click.Context, ids: tuple[str, ...], before: date | None, everything: bool) -> None:
    """Delete past answers by IDS or by date. The data is overwritten on disk.

    --all also deletes the input history of the chat.
    """
    if not ids and before is None and not everything:
        raise click.UsageError("Pass IDS, --before DATE, or --all.")
    records = options.open_records(context)
    limit = datetime.combine(before, time(), UTC) if before else None
    if everything:
        limit = datetime.max.replace(tzinfo=UTC)
        (options.read_settings(context).state / CHAT_HISTORY).unlink(missing_ok=True)
    count = records.forget([_load(records, answer_id).id for answer_id in ids], before=limit)
    click.echo(f"Deleted {_count_text(count)}.")


@click.command(short_help="Check quotes against the current articles.")
@click.argument("targets", nargs=-1, metavar="[ID|FILE]...")
@click.option("--all", "everything", is_flag=True, help="Check all past answers.")
@options.as_json
@options.shared
@click.pass_context
def verify(context: click.Context, targets: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Check that quotes are still in the current articles: of past answers by ID, or of `ask --json` output
    in a FILE.

    Without ID or FILE, checks the last answer. Exits with code 1 if a quote is gone.
    """
    from bot.records.verification import verification_json
    from bot.terminal.commands.output import print_json

    library = options.open_assistant(context).library
    verifications = list(_verifications(context, targets, everything, library))
    if as_json:
        print_json([verification_json(verification) for verification in verifications])
    else:
        for verification in verifications:
            click.echo("\n".join(_verification_lines(verification)))
    failed = sum(not verification.holds for verification in verifications)
    if failed:
        raise VerificationFailed(f"{failed} of {_count_text(len(verifications))} failed verification.")


@click.command(short_help="List feedback on answers.")
@options.as_json
@options.shared
@click.pass_context
def feedback(context: click.Context, as_json: bool) -> None:
    """List feedback on answers, newest first."""
    from bot.records.record_export import feedback_json
    from bot.terminal.commands.output import print_json

    entries = options.open_records(context).feedback()
    if as_json:
        print_json([feedback_json(entry) for entry in entries])
        return
    for entry in entries:
        verdict = "helpful" if entry.helpful else f"not helpful: {entry.reason or 'no reason given'}"
        comment = f" ({sanitize_line(entry.words)})" if entry.words else ""
        click.echo(f"{entry.given_at[:16]}  {entry.answer_id}  {verdict}{comment}")


def _select(records: AnswerStore, words: Sequence[str], ids: Sequence[str], limit: int) -> Sequence[Record]:
    if ids:
        return [_load(records, answer_id) for answer_id in ids]
    return records.search(" ".join(words), limit) if words else records.latest(limit)


def _load(records: AnswerStore, id: str) -> Record:
    record = records.load(id)
    if record is None:
        raise RecordMissing(f"No answer with the id {id!r}, or more than one id starts with it.")
    return record


def _verifications(
    context: click.Context, targets: Sequence[str], everything: bool, library: Library
) -> Iterator[Verification]:
    from bot.records.verification import read_answer_rows, verify_record, verify_row

    find = library.corpus.find
    for target in targets:
        if Path(target).is_file():
            text = Path(target).read_bytes().decode("utf-8", "replace")
            yield from (verify_row(row, find) for row in read_answer_rows(text))
        else:
            yield verify_record(_load(options.open_records(context), target), find)
    if everything or not targets:
        records = options.open_records(context).latest(-1 if everything else 1)
        if not records:
            raise RecordMissing("There are no past answers.", "Ask a question first.")
        yield from (verify_record(record, find) for record in records)


def _verification_lines(verification: Verification) -> Iterator[str]:
    from bot.rendering.text_rendering import source_line

    verdict = "ok" if verification.holds else "FAILED"
    yield f"{sanitize_line(verification.id)}  {verdict}  {sanitize_line(verification.question)}"
    if not verification.intact:
        yield "  The record was altered after the answer was stored."
    for check in verification.checks:
        yield f"  [{check.citation.number}] {check.state}: {source_line(check.citation)}"
        if check.state == "changed":
            yield f"      was: {sanitize_line(check.citation.quote)}"
            yield f"      now: {sanitize_line(check.now) if check.now else '(nothing similar)'}"


def _record_line(record: Record) -> str:
    suffix = "" if record.answer.status == "answered" else "  (not found)"
    asked_at = record.asked_at[:16].replace("T", " ")
    return f"{record.id}  {asked_at}  {sanitize_line(record.answer.question)}{suffix}"


def _count_text(count: int) -> str:
    return f"{count:,} {'answer' if count == 1 else 'answers'}"
