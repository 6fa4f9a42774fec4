"""The options that select articles by date, publisher, author, path and tag."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import click

from bot.terminal.commands.options import day

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from retrieval.hit import Filters

_OPTIONS = (
    click.option("--since", callback=day, metavar="DATE", help="Only articles from this date on."),
    click.option("--until", callback=day, metavar="DATE", help="Only articles up to this date."),
    click.option(
        "--publisher", metavar="NAME", multiple=True, help="Only articles from this publisher; repeatable."
    ),
    click.option("--author", metavar="NAME", multiple=True, help="Only articles by this author; repeatable."),
    click.option(
        "--path",
        metavar="GLOB",
        multiple=True,
        help="Only articles in this folder or with this path: politics, '2024/*.md'; repeatable.",
    ),
    click.option(
        "--tag",
        metavar="TAG",
        multiple=True,
        help="Only articles with this tag or one below it: news, news/tech; repeatable.",
    ),
)


def filtered(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options; *command* receives them as ``filters``."""

    @functools.wraps(command)
    def with_filters(
        since: date | None,
        until: date | None,
        publisher: tuple[str, ...],
        author: tuple[str, ...],
        path: tuple[str, ...],
        tag: tuple[str, ...],
        **others: object,
    ) -> None:
        from retrieval.hit import Filters

        if since and until and since > until:
            raise click.UsageError(f"--since {since} is after --until {until}.")
        command(filters=Filters(since, until, publisher, author, path, tag), **others)

    for option in reversed(_OPTIONS):
        option(with_filters)
    return with_filters


@dataclass(frozen=True, slots=True)
class Scope:
    """Filters on the articles to search, and the reference date of the question (None: today)."""

    filters: Filters
    as_of: date | None


def scoped(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options and --as-of; *command* receives them as ``scope``."""

    @click.option(
        "--as-of", callback=day, metavar="DATE", help="Reference date of the question.  [default: today]"
    )
    @functools.wraps(command)
    def with_scope(filters: Filters, as_of: date | None, **others: object) -> None:
        command(scope=Scope(filters, as_of), **others)

    return filtered(with_scope)


def warn_unknown_names(assistant: Assistant, filters: Filters) -> None:
    """Warn about filter names that match no article, which would otherwise silently find nothing."""
    from bot.terminal.unknown_names import unknown_name_lines

    for line in unknown_name_lines(filters, assistant.library):
        click.echo(line, err=True)
