"""Options shared by several commands, and the settings and objects built from them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.records.answer_store import AnswerStore
    from bot.settings import Settings

Command = TypeVar("Command", bound=Callable[..., object])

# Keys of click's Context.meta, which is shared between the group and its commands.
_CORPUS, _INDEX, _VERBOSE, _LOG_JSON, _NO_SYNC = (
    f"footnote.{name}" for name in ("corpus", "index", "verbose", "log_json", "no_sync")
)


def parse_day(text: str) -> date:
    """Parse "2022-07-08", "2022/7/8" or "2022-07-08T10:00:00Z". Raises ValueError."""
    day = text.strip().replace("/", "-").partition("T")[0]
    year, month, day_of_month = day.split("-")
    if len(year) != 4:
        raise ValueError(text)
    return date(int(year), int(month), int(day_of_month))


def shared(command: Command) -> Command:
    """Add --corpus, --index, --verbose and --log-json, accepted before and after the command name."""
    for option in (
        click.option(
            "--log-json",
            is_flag=True,
            expose_value=False,
            callback=_remember_log_json,
            help="Write log messages as JSON, one object per line.",
        ),
        click.option(
            "--verbose",
            is_flag=True,
            expose_value=False,
            callback=_remember_verbose,
            help="Show log messages, and tracebacks of errors.",
        ),
        click.option(
            "--index",
            type=click.Path(path_type=Path),
            metavar="DIR",
            expose_value=False,
            callback=_remember_index,
            help="Index folder.  [default: one per corpus, in the user's cache]",
        ),
        click.option(
            "--corpus",
            type=click.Path(),
            metavar="PATH",
            multiple=True,
            expose_value=False,
            callback=_remember_corpus,
            help="Folder or file of articles; repeatable.  [default: corpus]",
        ),
    ):
        command = option(command)
    return command


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def wants_sync(context: click.Context) -> bool:
    """True unless --no-sync was given."""
    return not context.meta.get(_NO_SYNC)


def is_verbose(context: click.Context) -> bool:
    """True if --verbose was given anywhere on the command line."""
    return bool(context.meta.get(_VERBOSE))


def logs_json(context: click.Context) -> bool:
    """True if --log-json was given anywhere on the command line."""
    return bool(context.meta.get(_LOG_JSON))


def read_settings(context: click.Context, corpus: Path | None = None) -> Settings:
    """Settings from the environment and `.env`, overridden by the command line. Raises SettingsInvalid.

    *corpus* overrides the corpus of the environment, but not one given on the command line.
    """
    from bot.settings import read_settings as read

    _configure_logging(is_verbose(context), logs_json(context))
    roots = context.meta.get(_CORPUS, ()) or ((corpus,) if corpus else ())
    return read(corpus=roots, index=context.meta.get(_INDEX))


def open_assistant(context: click.Context, corpus: Path | None = None) -> Assistant:
    """Create the Assistant; *corpus* as in ``read_settings``."""
    return assistant_maker(context)(read_settings(context, corpus))


def open_records(context: click.Context) -> AnswerStore:
    """The store of past answers, without those that have expired."""
    from bot.records.answer_store import AnswerStore, records_path
    from bot.records.retention import delete_expired

    settings = read_settings(context)
    delete_expired(settings)
    return AnswerStore(records_path(settings.state))


def assistant_maker(context: click.Context) -> Callable[[Settings], Assistant]:
    """The factory of the Assistant. Tests pass their own as the context object."""
    return context.obj or _make_assistant


def _make_assistant(settings: Settings) -> Assistant:
    from bot.build import make_assistant

    return make_assistant(settings)


def _configure_logging(verbose: bool, as_json: bool) -> None:
    """Log to stderr: everything from INFO with *verbose*, else only errors and Footnote's own warnings."""
    import logging
    import warnings

    from bot.log_format import JsonFormatter, TerminalFormatter

    logging.basicConfig(level=logging.INFO if verbose else logging.ERROR)
    for handler in logging.getLogger().handlers:
        if type(handler) is logging.StreamHandler:
            handler.setFormatter(JsonFormatter() if as_json else TerminalFormatter())
    if not verbose:
        logging.getLogger("footnote").setLevel(logging.WARNING)
        warnings.simplefilter("ignore")


def _remember_corpus(context: click.Context, _: click.Parameter, paths: tuple[str, ...]) -> None:
    if not all(path.strip() for path in paths):  # an unset shell variable must not mean the current folder
        raise click.BadParameter("the path is empty.")
    context.meta[_CORPUS] = (*context.meta.get(_CORPUS, ()), *map(Path, paths))


def _remember_index(context: click.Context, _: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        context.meta[_INDEX] = folder


def _remember_verbose(context: click.Context, _: click.Parameter, verbose: bool) -> None:
    context.meta[_VERBOSE] = is_verbose(context) or verbose


def _remember_log_json(context: click.Context, _: click.Parameter, log_json: bool) -> None:
    context.meta[_LOG_JSON] = logs_json(context) or log_json


def day(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    """Click callback that parses a date."""
    if value is None:
        return None
    try:
        return parse_day(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a date; use the format 2022-07-08.") from None


def _remember_no_sync(context: click.Context, _: click.Parameter, no_sync: bool) -> None:
    context.meta[_NO_SYNC] = not wants_sync(context) or no_sync


no_sync = click.option(
    "--no-sync",
    is_flag=True,
    expose_value=False,
    callback=_remember_no_sync,
    help="Use the index as it is, without checking for changed files.",
)
