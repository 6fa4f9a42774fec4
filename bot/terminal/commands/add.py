"""`add`: saves web pages, feeds and files in the corpus, and updates the index."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.errors import BotError
from bot.rendering.sanitize import sanitize_line
from bot.terminal.commands import options

if TYPE_CHECKING:
    from retrieval.library import Library
    from retrieval.web.add_url import Added

_UNITS = {"m": 60, "h": 3_600, "d": 86_400}  # seconds


def parse_interval(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """Click callback: "30m", "1h" or "2d" as seconds, at least a minute."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d{1,4})([mhd])", value.strip())
    if not match or not int(match[1]):
        raise click.BadParameter(f"{value!r} is not an interval; use 30m, 1h or 1d.")
    return int(match[1]) * _UNITS[match[2]]


@click.command(short_help="Add web pages, feeds and files to the articles.")
@click.argument("sources", nargs=-1, metavar="URL|FILE...")
@click.option(
    "--feed", "feeds", multiple=True, metavar="URL", help="Add the new articles of a feed; repeatable."
)
@click.option(
    "--every",
    callback=parse_interval,
    metavar="30m|1h|1d",
    help="Look for new articles of --feed until Ctrl-C.",
)
@click.option(
    "--to", type=click.Path(path_type=Path), help='Folder to save in; default: "added" in the corpus.'
)
@click.option("--allow-private", is_flag=True, help="Allow addresses of this machine and the local network.")
@options.as_json
@options.shared
@click.pass_context
def add(
    context: click.Context,
    sources: tuple[str, ...],
    feeds: tuple[str, ...],
    every: int | None,
    to: Path | None,
    allow_private: bool,
    as_json: bool,
) -> None:
    """Save web pages, the articles of feeds, and files in the corpus, and update the index.

    A page is saved as Markdown with its title, author, dates and link. Adding the same URL again replaces it.
    Nothing is downloaded but what you name.
    """
    if not sources and not feeds:
        raise click.UsageError("Name a URL or a file, or a feed with --feed.")
    if every and not feeds:
        raise click.UsageError("--every needs --feed.")
    library = options.open_assistant(context).library
    folder = to or _default_folder(library)
    added = asyncio.run(_add_all(sources, feeds, folder, allow_private))
    _finish(library, added, folder, as_json)
    if every:
        _follow(library, feeds, every, folder, allow_private, as_json)
    elif added.failed:
        raise BotError(f"{len(added.failed)} of {len(added.failed) + len(added.paths)} could not be added.")


def _default_folder(library: Library) -> Path:
    from retrieval.web.added_folder import ADDED, first_folder

    folder = first_folder(library.corpus)
    if folder is None:
        raise BotError("The corpus is a single file: name a folder of articles with --to, or with --corpus.")
    return folder / ADDED


async def _add_all(
    sources: tuple[str, ...], feeds: tuple[str, ...], folder: Path, allow_private: bool
) -> Added:
    """Add one source after another, with a line of progress for each."""
    from bot.terminal.commands.output import print_note
    from retrieval.web.add_file import add_file
    from retrieval.web.add_url import Added, add_feed, add_url

    total = Added()
    for source in (*sources, *feeds):
        is_url = re.match(r"https?://", source, re.IGNORECASE)
        print_note(f"{'Downloading' if is_url else 'Reading'} {sanitize_line(source)}")
        if source in feeds:
            added = await add_feed(source, folder, allow_private=allow_private)
        elif is_url:
            added = await add_url(source, folder, allow_private=allow_private)
        else:
            added = await asyncio.to_thread(add_file, Path(source), folder)
        total = Added(total.paths + added.paths, total.failed + added.failed)
    return total


def _finish(library: Library, added: Added, folder: Path, as_json: bool) -> None:
    """Update the index if something was saved, and print what was."""
    from bot.terminal.commands.output import print_note, print_row
    from bot.terminal.initial_sync import SyncProgressDisplay, report_line

    for failure in added.failed:
        print_note(sanitize_line(str(failure)))
    if as_json:
        print_row({"added": [str(path) for path in added.paths], "failed": list(map(str, added.failed))})
    else:
        for path in added.paths:
            click.echo(f"Added {sanitize_line(str(path))}")
    if not added.paths:
        return
    if not any(folder.resolve().is_relative_to(root.resolve()) for root in library.corpus.roots):
        print_note(f"{folder} is not in the corpus: the index was not updated.")
        return
    with SyncProgressDisplay() as progress:
        report = library.sync(progress=progress)
    print_note(report_line(report) or "The index is up to date.")


def _follow(
    library: Library, feeds: tuple[str, ...], every: int, folder: Path, allow_private: bool, as_json: bool
) -> None:
    from bot.terminal.commands.output import print_note

    print_note(f"Looking for new articles every {every // 60} minutes. Press Ctrl-C to stop.")
    try:
        while True:
            time.sleep(every)
            _finish(library, asyncio.run(_add_all((), feeds, folder, allow_private)), folder, as_json)
    except KeyboardInterrupt:
        print_note("Stopped.")
