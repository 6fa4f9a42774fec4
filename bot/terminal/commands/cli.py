"""The `footnote` command group; turns every error into one sentence and an exit code."""

from __future__ import annotations

import gc
import os
from typing import Any

import click

from bot.terminal.commands import (
    add,
    article_commands,
    ask,
    chat,
    check,
    completion,
    discord,
    doctor,
    evaluation_commands,
    index_commands,
    options,
    quote,
    record_commands,
)
from bot.terminal.commands.command_errors import Failure, explain
from bot.terminal.output_encoding import replace_unencodable


class FootnoteGroup(click.Group):
    """The group of all commands; reports errors as a sentence and what to do about it."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line, in whatever encoding its output is."""
        replace_unencodable()
        # Imports create many objects that stay: with Python's threshold of 700, the garbage collector takes a
        # twentieth of the time until the first lines are shown. So does pydantic's search of all installed
        # packages for plugins.
        gc.set_threshold(10_000)
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
        # Set before numpy is imported. Its matrices are small here: more threads only wait for each other,
        # and made the first start take twice as long.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; translate every error to a click exception with an exit code."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            raise Failure("Stopped.") from None
        except Exception as error:
            raise Failure(*explain(error)) from None


@click.group(
    cls=FootnoteGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Settings are read from environment variables and .env; see .env.example.",
)
@options.no_sync
@options.shared
@click.version_option(package_name="footnote", message="footnote %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Ask questions about a folder of articles and get answers with exact citations.

    Without a command, starts a chat.
    """
    if context.invoked_subcommand is None:
        context.invoke(chat.chat)


for _command in (
    chat.chat,
    ask.ask,
    ask.search,
    index_commands.sync,
    index_commands.status,
    index_commands.articles,
    article_commands.article,
    article_commands.read,
    quote.quote,
    check.check,
    add.add,
    record_commands.verify,
    record_commands.history,
    record_commands.forget,
    record_commands.feedback,
    evaluation_commands.evaluation,
    doctor.doctor,
    discord.discord,
    completion.completion,
):
    main.add_command(_command)
