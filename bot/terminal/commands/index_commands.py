"""`sync`, `status` and `articles`: update the index and show what it contains."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bot.rendering.sanitize import sanitize_line
from bot.terminal.commands import filter_options, options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.hit import Filters
    from retrieval.index.generation_state import IndexStatus
    from retrieval.library import Library
    from retrieval.sync.sync_index import SyncReport
    from retrieval.sync.sync_report import LeftOut

MAX_NAMES = 12  # publishers and tags shown by `status`


@click.command(short_help="Update the index.")
@click.option("--rebuild", is_flag=True, help="Rebuild from scratch; the current index stays available.")
@click.option("--dry-run", is_flag=True, help="Show what would change, without updating the index.")
@click.option("--allow-empty", is_flag=True, help="Allow the index to become empty.")
@click.option("--watch", is_flag=True, help="Keep watching for changed files until Ctrl-C.")
@options.as_json
@options.shared
@click.pass_context
def sync(
    context: click.Context,
    rebuild: bool,
    dry_run: bool,
    allow_empty: bool,
    watch: bool,
    as_json: bool,
) -> None:
    """Update the index: add new, update changed and moved, and remove deleted articles."""
    from bot.terminal.initial_sync import SyncProgressDisplay

    if watch and dry_run:
        raise click.UsageError("--dry-run and --watch cannot be combined.")
    library = options.open_assistant(context).library
    with SyncProgressDisplay() as progress:
        report = library.sync(rebuild=rebuild, dry_run=dry_run, allow_empty=allow_empty, progress=progress)
    verbose = options.is_verbose(context)
    _print_report(report, as_json, one_row=watch, verbose=verbose)
    if watch:
        _watch(library, as_json, verbose)


def _watch(library: Library, as_json: bool, verbose: bool) -> None:
    import threading

    from bot.background_sync import has_changes, sync_on_change
    from bot.terminal.commands.output import print_note

    def synced(report: SyncReport) -> None:
        if has_changes(report) or report.unreported:
            _print_report(report, as_json, one_row=True, verbose=verbose)

    print_note("Watching for changes. Press Ctrl-C to stop.")
    stop = threading.Event()
    try:
        sync_on_change(
            library,
            stop,
            synced,
            lambda error: print_note(f"{error} {error.help}"),
        )
    except KeyboardInterrupt:
        print_note("Stopped.")


def _print_report(report: SyncReport, as_json: bool, one_row: bool, verbose: bool) -> None:
    from bot.rendering.sanitize import sanitize
    from bot.terminal.commands.output import print_json, print_row
    from bot.terminal.initial_sync import report_line, review_lines
    from bot.terminal.left_out import left_out_lines

    if as_json:
        (print_row if one_row else print_json)(report_row(report))
        return
    unchanged = f"Already up to date: {report.unchanged:,} articles, {report.passages:,} passages."
    lines = [report_line(report) or report.repair_text or unchanged]
    lines += left_out_lines(report.left_out, limit=20, verbose=verbose)
    for line in (*lines, *review_lines(report, limit=20)):
        click.echo(sanitize(line))


def report_row(report: SyncReport) -> dict[str, object]:
    """A sync report for JSON: ``left_out`` counts what the lists name."""
    row = {**asdict(report), "seconds": round(report.seconds, 3), "left_out": report.left_out.counts()}
    del row["unreported"]
    return row


@click.command(short_help="Show what the index contains.")
@filter_options.filtered
@options.as_json
@options.shared
@click.pass_context
def status(context: click.Context, filters: Filters, as_json: bool) -> None:
    """Show what the index contains: articles, dates, publishers, tags, last sync, unreadable files.

    With filters, only the articles that pass them are counted.
    """
    from bot.terminal.commands.output import print_json

    settings = options.read_settings(context)
    assistant = options.assistant_maker(context)(settings)
    library = assistant.library
    filter_options.warn_unknown_names(assistant, filters)
    status = library.status(filters)
    left_out = _left_out(library)
    if as_json:
        row = {**asdict(status), "corpus": settings.corpus_text, "index": str(settings.index_dir)}
        names = {"publishers": dict(status.publishers), "tags": dict(status.tags)}
        print_json({**row, **names, "left_out": left_out.counts()})
    else:
        for line in status_lines(status, settings.corpus_text, str(settings.index_dir), left_out):
            click.echo(line)


def _left_out(library: Library) -> LeftOut:
    """What the corpus contains besides the files that are read, at present; nothing if it is missing."""
    from retrieval.errors import CorpusError
    from retrieval.sync.sync_report import LeftOut, left_out_of

    try:
        return left_out_of((), library.corpus.scan())
    except CorpusError:
        return LeftOut()


def status_lines(status: IndexStatus, corpus: str, index: str, left_out: LeftOut) -> list[str]:
    """The index status as text."""
    from bot.terminal.left_out import summary_line

    dates = f"{status.first_date} to {status.last_date}" if status.first_date else "unknown"
    rows = [
        ("Corpus", sanitize_line(corpus)),
        ("Index", f"{sanitize_line(index)} (generation {status.generation})"),
        ("Articles", f"{status.articles:,} ({status.passages:,} passages)"),
        ("Incomplete", f"{status.pending:,} more articles; `footnote sync` adds them" * bool(status.pending)),
        ("Dates", dates),
        ("Last sync", status.synced_at),
        ("Publishers", _counts(status.publishers)),
        ("Tags", _counts(status.tags)),
    ]
    rows += [
        ("Unreadable", f"{sanitize_line(failure.path)}: {sanitize_line(failure.reason)}")
        for failure in status.failed
    ]
    rows.append(("Left out", summary_line(left_out).removeprefix("Not read: ")))
    return [f"{name:10}  {value}" for name, value in rows if value]


def _counts(names: Sequence[tuple[str, int]]) -> str:
    shown = ", ".join(f"{sanitize_line(name)} ({count:,})" for name, count in names[:MAX_NAMES])
    return f"{shown}, and {len(names) - MAX_NAMES:,} more" if len(names) > MAX_NAMES else shown


@click.command(short_help="List the articles in the index.")
@click.argument("words", nargs=-1)
@filter_options.filtered
@options.as_json
@options.no_sync
@options.shared
@click.pass_context
def articles(context: click.Context, words: tuple[str, ...], filters: Filters, as_json: bool) -> None:
    """List all articles, or those that WORDS describe.

    Examples: "mentioning ferries", "about ferries", "by Ines Haldane in 2021", "from The Quay in May 2022".
    Other WORDS must all be in the title, publisher, author, date, tags or id.
    """
    import asyncio
    from datetime import date

    from bot.answer_json import article_json
    from bot.catalogue_answers.requested_articles import listed_articles
    from bot.rendering.text_rendering import article_line
    from bot.terminal.commands.output import print_json
    from bot.terminal.initial_sync import prepare_index

    assistant = options.open_assistant(context)
    asyncio.run(prepare_index(assistant, options.wants_sync(context)))
    filter_options.warn_unknown_names(assistant, filters)
    found = listed_articles(assistant.library, " ".join(words), date.today(), filters)
    if as_json:
        print_json([article_json(info) for info in found])
        return
    for info in found:
        tags = "".join(f" #{sanitize_line(tag)}" for tag in info.tags)
        click.echo(f"{sanitize_line(info.id)}\t{article_line(info)}{tags}")
