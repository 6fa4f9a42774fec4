"""`doctor`: whether everything that an answer needs is there and works."""

from __future__ import annotations

import functools
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bot.errors import BotError
from bot.terminal.commands import options
from bot.terminal.commands.output import note

if TYPE_CHECKING:
    from bot.terminal.diagnostics import Check
    from retrieval.library import Library

_SIGNS = {"ok": "ok", "warning": "note", "broken": "BROKEN", "off": "off"}


class SomethingBroken(BotError):
    """At least one check found something broken."""


@click.command(short_help="Check settings, articles, index, model and Discord.")
@click.option(
    "--repair", is_flag=True, help="First bring the index up to the files, rebuilt if it is damaged."
)
@options.as_json
@options.shared
@click.pass_context
def doctor(context: click.Context, repair: bool, as_json: bool) -> None:
    """Check packages, settings, corpus, embedding model, index, language model and Discord.

    Exit code 1 when something is broken. Keys are never shown, only whether they are set.
    """
    from bot.terminal.commands.output import print_json
    from bot.terminal.diagnostics import examine

    if repair:
        _repair(options.open_assistant(context).library)
    checks = []
    make = options.assistant_maker(context)
    for check in examine(functools.partial(options.read_settings, context), lambda each: make(each).library):
        checks.append(check)
        if not as_json:
            click.echo("\n".join(check_lines(check)))
    if as_json:
        print_json([asdict(check) for check in checks])
    broken = sum(check.state == "broken" for check in checks)
    if broken:
        raise SomethingBroken(f"{broken} {'check' if broken == 1 else 'checks'} found something broken.")


def _repair(library: Library) -> None:
    from bot.terminal.initial_sync import SyncProgressDisplay, sync_lines

    with SyncProgressDisplay() as progress:
        report = library.repair(progress)
    for line in sync_lines(report):
        note(line)


def check_lines(check: Check) -> list[str]:
    """A check for a person: name, state and what was found; below it what to do."""
    from bot.rendering.text_rendering import sanitize

    first, *rest = sanitize(check.text).splitlines() or [""]
    lines = [f"{check.name:10}  {_SIGNS[check.state]:6}  {first}", *(f"{'':20}{line}" for line in rest)]
    if check.help and check.state in {"warning", "broken"}:
        lines.append(f"{'':20}{sanitize(check.help)}")
    return lines
