"""Reports errors: one sentence, what to do about it, exit code 1; a traceback only with --verbose."""

from __future__ import annotations

import click

from bot.errors import BotError
from bot.terminal.commands import options
from retrieval.errors import RetrievalError


class Failure(click.ClickException):
    """A command failed; ``lines`` are printed."""

    def __init__(self, *lines: str) -> None:
        super().__init__(lines[0])
        self.lines = lines

    def show(self, file: object = None) -> None:
        """Print the sanitized lines to stderr."""
        from bot.rendering.sanitize import sanitize

        for line in self.lines:
            click.echo(sanitize(line), err=True)


def explain(error: Exception) -> list[str]:
    """An error as lines to print, preceded by its traceback if --verbose was given."""
    lines = [line for line in _message_and_help(error) if line]
    context = click.get_current_context(silent=True)
    if context is not None and options.is_verbose(context):
        import traceback

        lines.insert(0, "".join(traceback.format_exception(error)).rstrip())
    return lines


def _message_and_help(error: Exception) -> tuple[str, str]:
    if isinstance(error, (BotError, RetrievalError)):
        return str(error), error.help
    if isinstance(error, OSError) and error.strerror:
        file = f": {error.filename}" if error.filename else ""
        return f"{error.strerror}{file}.", ""
    return (
        f"Unexpected error ({type(error).__name__}).",
        "Run the command again with --verbose for a traceback.",
    )
