"""Prints JSON to stdout and notes to stderr."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import click

from bot.terminal.output_encoding import encodes_everything

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Row = Mapping[str, object]

# Characters that JSON does not require to be escaped, but that affect a terminal, are invisible, or cannot be
# encoded.
_UNSAFE = re.compile(
    "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def as_json_text(value: object, indent: int | None = None) -> str:
    """*value* as JSON that is safe to print in a terminal: unsafe characters are escaped.

    So are all others outside ASCII if stdout cannot encode them.
    """
    text = json.dumps(value, ensure_ascii=not encodes_everything(sys.stdout), indent=indent)
    return _UNSAFE.sub(_escape, text)


def print_json(value: Row | Sequence[object]) -> None:
    """Print one indented JSON value."""
    click.echo(as_json_text(value, indent=2))


def print_row(row: Row) -> None:
    """Print one line of JSON and flush, so that the reader of a pipe does not wait."""
    click.echo(as_json_text(row))
    sys.stdout.flush()


def print_note(text: str) -> None:
    """Print sanitized text that is not data to stderr."""
    from bot.rendering.sanitize import sanitize

    click.echo(sanitize(text), err=True)


def _escape(match: re.Match[str]) -> str:
    return json.dumps(match.group())[1:-1]
