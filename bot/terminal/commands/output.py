"""What commands print: data as JSON or text to standard output, notes to standard error."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Row = Mapping[str, object]

# Characters that JSON need not escape, but that a terminal obeys, hides or cannot show.
_RISKY = re.compile(
    "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def as_json_text(value: object, indent: int | None = None) -> str:
    """*value* as JSON that reads the same to a program and is harmless in a terminal."""
    return _RISKY.sub(_escape, json.dumps(value, ensure_ascii=False, indent=indent))


def print_json(value: Row | Sequence[object]) -> None:
    """Print one indented JSON value."""
    click.echo(as_json_text(value, indent=2))


def print_row(row: Row) -> None:
    """Print one line of JSON at once, so that a reader on a pipe need not wait."""
    click.echo(as_json_text(row))
    sys.stdout.flush()


def note(text: str) -> None:
    """Say something that is not data, on standard error, harmless whatever names are in it."""
    from bot.rendering.text_rendering import sanitize

    click.echo(sanitize(text), err=True)


def _escape(match: re.Match[str]) -> str:
    return json.dumps(match.group())[1:-1]
