"""Options that commands share, and the settings that follow from them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.records.answer_store import AnswerStore
    from bot.settings import Settings
    from retrieval.hit import Filters

Command = TypeVar("Command", bound=Callable[..., object])

# Keys of click's Context.meta, which a command shares with the group above it.
_CORPUS, _INDEX, _VERBOSE, _NO_SYNC = (
    f"footnote.{name}" for name in ("corpus", "index", "verbose", "no_sync")
)


def parse_day(text: str) -> date:
    """Read "2022-07-08", "2022/7/8", or the day of "2022-07-08T10:00:00Z"; ValueError otherwise."""
    day = text.strip().replace("/", "-").partition("T")[0]
    year, month, number = day.split("-")
    if len(year) != 4:
        raise ValueError(text)
    return date(int(year), int(month), int(number))


def shared(command: Command) -> Command:
    """Add --corpus, --index and --verbose, which may stand before the command's name or after it."""
    for option in (
        click.option(
            "--verbose",
            is_flag=True,
            expose_value=False,
            callback=_remember_verbose,
            help="Log what is done, and show the traceback of an error.",
        ),
        click.option(
            "--index",
            type=click.Path(path_type=Path),
            metavar="DIR",
            expose_value=False,
            callback=_remember_index,
            help="Folder of the index.  [default: one for each corpus, in the user's cache]",
        ),
        click.option(
            "--corpus",
            type=click.Path(),
            metavar="PATH",
            multiple=True,
            expose_value=False,
            callback=_remember_corpus,
            help="Folder or file of articles; may be repeated.  [default: corpus]",
        ),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles may answer, and the day of the question (None: today)."""

    filters: Filters
    as_of: date | None


def scoped(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which articles may answer; *command* gets them as ``scope``."""

    @functools.wraps(command)
    def with_scope(
        since: date | None,
        until: date | None,
        publisher: tuple[str, ...],
        author: tuple[str, ...],
        as_of: date | None,
        **others: object,
    ) -> None:
        command(scope=Scope(_make_filters(since, until, publisher, author), as_of), **others)

    for option in (
        click.option(
            "--as-of", callback=day, metavar="DATE", help="The day of the question.  [default: today]"
        ),
        click.option("--author", multiple=True, help="Only articles by this author; may be repeated."),
        click.option("--publisher", multiple=True, help="Only articles of this publisher; may be repeated."),
        click.option("--until", callback=day, metavar="DATE", help="Only articles of this day or before."),
        click.option("--since", callback=day, metavar="DATE", help="Only articles of this day or after."),
    ):
        option(with_scope)
    return with_scope


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _make_filters(
    since: date | None, until: date | None, publisher: tuple[str, ...], author: tuple[str, ...]
) -> Filters:
    from retrieval.hit import Filters

    if since and until and since > until:
        raise click.UsageError(f"--since {since} is after --until {until}.")
    return Filters(since=since, until=until, publishers=publisher, authors=author)


def wants_sync(context: click.Context) -> bool:
    """Whether the index is to be brought up to date first."""
    return not context.meta.get(_NO_SYNC)


def is_verbose(context: click.Context) -> bool:
    """Whether --verbose stands anywhere on the command line."""
    return bool(context.meta.get(_VERBOSE))


def read_settings(context: click.Context, corpus: Path | None = None) -> Settings:
    """Settings of the environment and `.env`, with what the command line says instead; SettingsInvalid.

    *corpus* stands instead of the one of the settings, unless the command line names one.
    """
    from bot.settings import read_settings as read

    _log_to_standard_error(is_verbose(context))
    roots = context.meta.get(_CORPUS, ()) or ((corpus,) if corpus else ())
    return read(corpus=roots, index=context.meta.get(_INDEX))


def open_assistant(context: click.Context, corpus: Path | None = None) -> Assistant:
    """The Assistant of this run; *corpus* as in ``read_settings``."""
    return assistant_maker(context)(read_settings(context, corpus))


def open_records(context: click.Context) -> AnswerStore:
    """The answers that were kept."""
    from bot.records.answer_store import AnswerStore, records_path

    return AnswerStore(records_path(read_settings(context).state))


def assistant_maker(context: click.Context) -> Callable[[Settings], Assistant]:
    """What makes the Assistant of this run; tests give theirs as the context's object."""
    return context.obj or _make_assistant


def _make_assistant(settings: Settings) -> Assistant:
    from bot.build import make_assistant

    return make_assistant(settings)


def _log_to_standard_error(verbose: bool) -> None:
    """Log what the libraries say, all of it with --verbose; else nothing below an error."""
    import logging
    import warnings

    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR, format="%(levelname)s %(name)s: %(message)s"
    )
    if not verbose:
        warnings.simplefilter("ignore")


def _remember_corpus(context: click.Context, _: click.Parameter, paths: tuple[str, ...]) -> None:
    if not all(path.strip() for path in paths):  # else an unset variable of a shell means the folder it is in
        raise click.BadParameter("it names nothing.")
    context.meta[_CORPUS] = (*context.meta.get(_CORPUS, ()), *map(Path, paths))


def _remember_index(context: click.Context, _: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        context.meta[_INDEX] = folder


def _remember_verbose(context: click.Context, _: click.Parameter, verbose: bool) -> None:
    context.meta[_VERBOSE] = is_verbose(context) or verbose


def day(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    """The callback of options that are days."""
    if value is None:
        return None
    try:
        return parse_day(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day; write it as 2022-07-08 or 2022/07/08.") from None


def _remember_no_sync(context: click.Context, _: click.Parameter, no_sync: bool) -> None:
    context.meta[_NO_SYNC] = not wants_sync(context) or no_sync


no_sync = click.option(
    "--no-sync",
    is_flag=True,
    expose_value=False,
    callback=_remember_no_sync,
    help="Use the index as it is; look for no changed files.",
)
