"""Output in ASCII and cp1252: replaced characters or JSON escapes, never an error."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest
from repository import ROOT

from bot.terminal.output_encoding import encodes_everything, replace_unencodable

PROGRAM = """
import click
from bot.terminal.commands.cli import main
from bot.terminal.commands.output import print_json, print_note
from bot.terminal.screen import Screen

@main.command()
def speak() -> None:
    Screen().say("Zürich – 北京 · ✓")
    print_json({"place": "Zürich 北京 😀"})
    print_note("Genève ✓")
    click.echo("Århus ✓")

main()
"""


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("ascii", "Z?rich ? ?? ? ?"), ("cp1252", "Zürich – ?? · ?"), ("utf-8", "Zürich – 北京 · ✓")],
)
def test_every_kind_of_output_works_in_every_encoding(encoding: str, said: str) -> None:
    """JSON keeps every character."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "speak"], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.decode(encoding).splitlines()
    assert lines[0].rstrip() == said
    assert json.loads("".join(lines[1:4])) == {"place": "Zürich 北京 😀"}
    assert done.stderr.decode(encoding).startswith("Gen")


def test_a_stream_that_encodes_everything_keeps_its_error_handling() -> None:
    """So does one that a test or a program replaced."""
    stream = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="strict")
    replace_unencodable(stream, io.StringIO())
    assert stream.errors == "strict"
    assert encodes_everything(io.StringIO())
