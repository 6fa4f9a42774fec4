"""`doctor`: check that everything needed for an answer is installed and works."""

from __future__ import annotations

import functools
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bot.errors import BotError
from bot.terminal.commands import options
from bot.terminal.commands.output import print_note

if TYPE_CHECKING:
    from bot.terminal.doctor_check import Check
    from retrieval.library import Library

_LABELS = {"ok": "ok", "warning": "warn", "broken": "FAIL", "off": "off"}


class ChecksFailed(BotError):
    """At least one check failed."""


@click.command(short_help="Check settings, articles, index, model and Discord.")
@click.option("--repair", is_flag=True, help="First update the index, and rebuild it if it is damaged.")
@options.as_json
@options.shared
@click.pass_context
def doctor(context: click.Context, repair: bool, as_json: bool) -> None:
    """Check packages, settings, articles, embedding model, index, language model and Discord.

    Exits with code 1 if a check fails. Keys are never shown, only whether they are set.
    """
    from bot.terminal.commands.output import print_json
    from bot.terminal.diagnostics import run_checks

    if repair:
        _repair(options.open_assistant(context).library)
    checks = []
    make_assistant = options.assistant_maker(context)
    read_settings = functools.partial(options.read_settings, context)
    for check in run_checks(read_settings, lambda settings: make_assistant(settings).library):
        checks.append(check)
        if not as_json:
            click.echo("\n".join(check_lines(check)))
    if as_json:
        print_json([asdict(check) for check in checks])
    broken = sum(check.state == "broken" for check in checks)
    if broken:
        raise ChecksFailed(f"{broken} {'check' if broken == 1 else 'checks'} failed.")


def _repair(library: Library) -> None:
    from bot.terminal.initial_sync import SyncProgressDisplay, sync_lines

    with SyncProgressDisplay() as progress:
        report = library.repair(progress)
    for line in sync_lines(report):
        print_note(line)


def check_lines(check: Check) -> list[str]:
    """A check as lines: name, state and finding, then what to do about it."""
    from bot.rendering.sanitize import sanitize

    first, *rest = sanitize(check.text).splitlines() or [""]
    lines = [f"{check.name:10}  {_LABELS[check.state]:6}  {first}", *(f"{'':20}{line}" for line in rest)]
    if check.help and check.state in {"warning", "broken"}:
        lines.append(f"{'':20}{sanitize(check.help)}")
    return lines
