"""The `footnote` command: its group, and the edge where every error becomes a sentence."""

from __future__ import annotations

import click

from bot.terminal.commands import (
    article_commands,
    ask,
    chat,
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


class Footnote(click.Group):
    """The group of all commands; what goes wrong in one is said in a sentence, with what to do about it."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; every error leaves as one that click shows, with its exit code."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            raise Failure("Stopped.") from None
        except Exception as error:
            raise Failure(*explain(error)) from None


@click.group(
    cls=Footnote,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Settings are read from the environment and from .env; .env.example explains each.",
)
@options.no_sync
@options.shared
@click.version_option(package_name="footnote", message="footnote %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Ask a folder of articles; check every sentence of the answer against its source.

    Without a command, opens a chat.
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
