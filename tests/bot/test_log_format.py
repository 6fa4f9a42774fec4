"""Logs for collectors are JSON lines; in a terminal, Footnote's own warnings are sentences."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from datetime import datetime

from repository import ROOT

from bot.log_format import JsonFormatter, TerminalFormatter


def record(name: str, message: str, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.WARNING, "x.py", 1, message, ("a\nb",), info)


def test_a_record_is_one_json_line() -> None:
    """With the time in UTC, and the traceback of an error."""
    try:
        raise ValueError("boom")
    except ValueError as error:
        line = JsonFormatter().format(record("footnote.discord", "failed: %s", error))
    assert "\n" not in line
    row = json.loads(line)
    assert (row["level"], row["logger"], row["message"]) == ("WARNING", "footnote.discord", "failed: a\nb")
    assert row["traceback"].endswith("ValueError: boom")
    assert datetime.fromisoformat(row["time"]).utcoffset() is not None


def test_warnings_in_a_terminal_are_sentences() -> None:
    """Records of libraries keep their level and logger."""
    assert TerminalFormatter().format(record("footnote.index", "Repaired %s.")) == "Repaired a\nb."
    assert TerminalFormatter().format(record("chromadb", "Lost %s.")) == "WARNING chromadb: Lost a\nb."


def test_the_option_applies_to_the_bot_and_to_commands() -> None:
    """`--log-json` before or after the command; the bot logs errors of its start as JSON too."""
    program = """
import logging, sys
from bot.terminal.commands.cli import main
from bot.terminal.commands import options
import click

@main.command()
@click.option("--bot", is_flag=True)
@options.shared
@click.pass_context
def speak(context: click.Context, bot: bool) -> None:
    options.read_settings(context)
    if bot:
        from bot.discord.log_setup import set_up_logging
        set_up_logging(as_json=options.logs_json(context))
    logging.getLogger("footnote.test").warning("three boats")

sys.argv = ["footnote", *sys.argv[1].split()]
main()
"""
    for arguments in ("--log-json speak", "speak --log-json", "speak --log-json --bot"):
        done = subprocess.run(
            [sys.executable, "-c", program, arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(done.stderr)["message"] == "three boats"
