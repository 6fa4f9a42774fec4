"""`sync`, `status` and `articles`: what the index holds, and bringing it up to the files."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bot.rendering.text_rendering import sanitize_line
from bot.terminal.commands import options

if TYPE_CHECKING:
    from retrieval.article import ArticleInfo
    from retrieval.index.index_reader import IndexStatus
    from retrieval.library import Library
    from retrieval.sync.sync_index import SyncReport


@click.command(short_help="Bring the index up to the files.")
@click.option("--rebuild", is_flag=True, help="Do all anew, beside the index that answers meanwhile.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--allow-empty", is_flag=True, help="Let the index go empty when the corpus is.")
@click.option("--watch", is_flag=True, help="Go on looking for changed files until Ctrl-C.")
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
    """Bring the index up to the articles as they are now: new, changed, moved and deleted files."""
    from bot.terminal.initial_sync import SyncProgressDisplay

    if watch and dry_run:
        raise click.UsageError("--dry-run looks once; --watch goes on.")
    library = options.open_assistant(context).library
    with SyncProgressDisplay() as progress:
        report = library.sync(rebuild=rebuild, dry_run=dry_run, allow_empty=allow_empty, progress=progress)
    _print_report(report, as_json, one_row=watch)
    if watch:
        _watch(library, as_json)


def _watch(library: Library, as_json: bool) -> None:
    import threading

    from bot.background_sync import has_changes, sync_on_change
    from bot.terminal.commands.output import note

    note("Watching the articles; Ctrl-C ends it.")
    stop = threading.Event()
    try:
        sync_on_change(
            library,
            stop,
            lambda report: _print_report(report, as_json, one_row=True) if has_changes(report) else None,
            lambda error: note(f"{error} {error.help}"),
        )
    except KeyboardInterrupt:
        note("Stopped.")


def _print_report(report: SyncReport, as_json: bool, one_row: bool) -> None:
    from bot.rendering.text_rendering import sanitize
    from bot.terminal.commands.output import print_json, print_row
    from bot.terminal.initial_sync import failure_lines, report_line

    if as_json:
        row = {**asdict(report), "seconds": round(report.seconds, 3)}
        (print_row if one_row else print_json)(row)
        return
    nothing = f"Nothing has changed: {report.unchanged:,} articles, {report.passages:,} passages."
    for line in (report_line(report) or nothing, *failure_lines(report, limit=20)):
        click.echo(sanitize(line))


@click.command(short_help="Show what the index holds.")
@options.as_json
@options.shared
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Show what the index holds: articles, dates, publishers, the last sync, files that could not be read."""
    from bot.terminal.commands.output import print_json

    settings = options.read_settings(context)
    status = options.assistant_maker(context)(settings).library.status()
    row = {**asdict(status), "corpus": settings.corpus_text, "index": str(settings.index_dir)}
    if as_json:
        print_json({**row, "publishers": dict(status.publishers)})
    else:
        for line in status_lines(status, settings.corpus_text, str(settings.index_dir)):
            click.echo(line)


def status_lines(status: IndexStatus, corpus: str, index: str) -> list[str]:
    """The state of an index for a person."""
    from bot.rendering.text_rendering import sanitize_line

    dates = f"{status.first_date} to {status.last_date}" if status.first_date else "unknown"
    rows = [
        ("Corpus", sanitize_line(corpus)),
        ("Index", f"{sanitize_line(index)} (generation {status.generation})"),
        ("Articles", f"{status.articles:,}, in {status.passages:,} passages"),
        ("Dates", dates),
        ("Last sync", status.synced_at),
        (
            "Publishers",
            ", ".join(f"{sanitize_line(name)} ({count:,})" for name, count in status.publishers[:12]),
        ),
    ]
    rows += [
        ("Not read", f"{sanitize_line(each.path)}: {sanitize_line(each.reason)}") for each in status.failed
    ]
    return [f"{name:10}  {value}" for name, value in rows if value]


@click.command(short_help="List the articles.")
@click.argument("words", nargs=-1)
@options.as_json
@options.no_sync
@options.shared
@click.pass_context
def articles(context: click.Context, words: tuple[str, ...], as_json: bool) -> None:
    """List the articles: all, or those with all WORDS in title, publisher, author or id."""
    import asyncio

    from bot.answer import article_json
    from bot.rendering.text_rendering import article_line
    from bot.terminal.commands.output import print_json
    from bot.terminal.initial_sync import sync_first

    assistant = options.open_assistant(context)
    if options.wants_sync(context):
        asyncio.run(sync_first(assistant))
    found = [info for info in assistant.library.articles() if has_words(info, words)]
    if as_json:
        print_json([article_json(info) for info in found])
        return
    for info in found:
        click.echo(f"{sanitize_line(info.id)}\t{article_line(info)}")


def has_words(info: ArticleInfo, words: tuple[str, ...]) -> bool:
    """Whether all words stand in what is known about an article, without case."""
    known = " ".join(filter(None, (info.title, info.publisher, info.author, info.id, info.date))).casefold()
    return all(word.casefold() in known for word in words)
