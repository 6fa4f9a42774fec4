"""How a command fails: one clear sentence, what to do about it, exit code 1; never a traceback unasked."""

from __future__ import annotations

import click

from bot.errors import BotError
from bot.terminal.commands import options
from retrieval.errors import RetrievalError


class Failure(click.ClickException):
    """A command failed; ``lines`` are for the person."""

    def __init__(self, *lines: str) -> None:
        super().__init__(lines[0])
        self.lines = lines

    def show(self, file: object = None) -> None:
        """Print the lines on standard error, harmless whatever file names or servers put into them."""
        from bot.rendering.text_rendering import sanitize

        for line in self.lines:
            click.echo(sanitize(line), err=True)


def explain(error: Exception) -> list[str]:
    """An error as lines for a person, its traceback first when --verbose was given."""
    lines = [line for line in _sentence(error) if line]
    context = click.get_current_context(silent=True)
    if context is not None and options.is_verbose(context):
        import traceback

        lines.insert(0, "".join(traceback.format_exception(error)).rstrip())
    return lines


def _sentence(error: Exception) -> tuple[str, str]:
    if isinstance(error, (BotError, RetrievalError)):
        return str(error), error.help
    if isinstance(error, OSError) and error.strerror:
        where = f": {error.filename}" if error.filename else ""
        return f"{error.strerror}{where}.", ""
    return (
        f"Something went wrong that Footnote has no words for ({type(error).__name__}).",
        "Run the command again with --verbose to see where.",
    )
