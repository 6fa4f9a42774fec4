"""`discord`: the bot on Discord."""

from __future__ import annotations

import click

from bot.terminal.commands import options


@click.command(short_help="Run the bot on Discord.")
@click.option(
    "--guild", type=int, metavar="ID", help="Offer the commands in this server at once, for a trial."
)
@click.option(
    "--check", is_flag=True, help="Only check token, application and permissions; say the invite link."
)
@click.option("--no-watch", is_flag=True, help="Do not look for changed articles while the bot runs.")
@click.option("--log-questions", is_flag=True, help="Write the words of questions into the log.")
@options.shared
@click.pass_context
def discord(
    context: click.Context, guild: int | None, check: bool, no_watch: bool, log_questions: bool
) -> None:
    """Run the bot on Discord until it is stopped; DISCORD_TOKEN must be set (see the README)."""
    from bot.discord.runner import run

    settings = options.read_settings(context)
    context.exit(run(settings, guild=guild, check=check, watch=not no_watch, log_questions=log_questions))
