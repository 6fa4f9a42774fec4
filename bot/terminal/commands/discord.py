"""`discord`: run the Discord bot."""

from __future__ import annotations

import click

from bot.terminal.commands import options


@click.command(short_help="Run the Discord bot.")
@click.option(
    "--guild",
    type=int,
    metavar="ID",
    help="Register the slash commands in this server immediately, for testing.",
)
@click.option(
    "--check", is_flag=True, help="Check token, application and permissions, print the invite link, and exit."
)
@click.option("--no-watch", is_flag=True, help="Do not watch the articles for changes.")
@click.option("--log-questions", is_flag=True, help="Log the text of questions.")
@options.shared
@click.pass_context
def discord(
    context: click.Context, guild: int | None, check: bool, no_watch: bool, log_questions: bool
) -> None:
    """Run the Discord bot until it is stopped. Requires DISCORD_TOKEN (see the README)."""
    from bot.discord.runner import run

    settings = options.read_settings(context)
    context.exit(
        run(
            settings,
            guild=guild,
            check=check,
            watch=not no_watch,
            log_questions=log_questions,
            log_json=options.logs_json(context),
        )
    )
