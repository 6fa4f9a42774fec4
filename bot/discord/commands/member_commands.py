"""The commands for everyone: slash commands, and "Check this" in the message menu."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from datetime import date
from typing import Any

import discord
from discord import app_commands

from bot.discord.commands.service_client import client_of
from bot.discord.handlers.button_actions import DEFER_AFTER
from bot.discord.handlers.channel_rules import conversation_id, is_allowed, message_text
from bot.discord.handlers.dispatcher import Refused
from bot.discord.journal.asked_question import Question
from bot.discord.posts.escape_markdown import escape_for_discord
from bot.discord.posts.help_post import help_posts
from bot.discord.posts.interaction_surface import InteractionSurface
from bot.discord.posts.post import Post, notice
from bot.discord.posts.split_markdown import shorten
from retrieval.hit import Filters
from retrieval.search.day_arithmetic import month_days

QuestionText = app_commands.Range[str, 1, 1000]
NOT_HERE = "The settings of this server do not let me answer you here."
BAD_DATE = "`{name}` must be a day (2021-03-18), a month (2021-03) or a year (2021)."
MAX_CHOICES, MAX_CHOICE_LENGTH = 25, 100  # Discord's limits for autocompletion


async def respond(
    interaction: discord.Interaction, posts: Awaitable[Sequence[Post]], *, private: bool = True
) -> None:
    """Respond with posts, deferring the response if they take a while. Errors are shown as notices."""
    surface = InteractionSurface(interaction, private=private)
    async with client_of(interaction).dispatcher.error_boundary(lambda post: surface.show([post])):
        task = asyncio.ensure_future(posts)
        if not (await asyncio.wait({task}, timeout=DEFER_AFTER))[0]:
            await surface.defer()
        await surface.show(await task)


async def look_up(
    interaction: discord.Interaction, text: str, posts: Coroutine[Any, Any, list[Post]]
) -> None:
    """Respond to a command that costs as much as a question, with the same rules, rate limit and queue."""
    client = client_of(interaction)
    try:
        ticket = client.dispatcher.admit(_question(interaction, text, Filters(), private=True))
    except Refused as refused:
        posts.close()
        await respond(interaction, _refusal(refused))
        return
    await respond(interaction, client.dispatcher.run_queued(ticket, posts))


async def _refusal(refused: Refused) -> list[Post]:
    return [notice(str(refused))]


@app_commands.command()
@app_commands.describe(
    question="Your question",
    since="Only articles from this date on: 2021-03-18, 2021-03 or 2021",
    until="Only articles up to this date",
    publisher="Only articles of this publisher",
    private="Show the answer only to you",
)
async def ask(
    interaction: discord.Interaction,
    question: QuestionText,
    since: str | None = None,
    until: str | None = None,
    publisher: str | None = None,
    private: bool = False,
) -> None:
    """Ask a question about the articles. Every answer cites its sources."""
    client = client_of(interaction)
    surface = InteractionSurface(interaction, private=True)
    async with client.dispatcher.error_boundary(lambda post: surface.show([post])):
        try:
            request = _question(interaction, question, _filters(since, until, publisher), private)
            ticket = client.dispatcher.admit(request)
        except Refused as refused:
            await surface.show([notice(str(refused))])
            return
        reply = InteractionSurface(interaction, private=private)
        try:
            await reply.defer()
        except BaseException:
            client.dispatcher.withdraw(ticket)
            raise
        await client.dispatcher.answer(request, ticket, reply, interaction.token)


def _question(interaction: discord.Interaction, text: str, filters: Filters, private: bool) -> Question:
    """The question with its origin. Raises Refused if the server does not let this person ask here."""
    server, person = interaction.guild_id or 0, interaction.user
    if server and not is_allowed(client_of(interaction).store.server(server), interaction.channel, person):
        raise Refused(NOT_HERE)
    conversation = conversation_id(server, interaction.channel, person.id, private=private)
    channel = interaction.channel_id or 0
    in_thread = isinstance(interaction.channel, discord.Thread)
    return Question(
        text,
        person.id,
        server,
        channel,
        conversation,
        "ask",
        filters,
        private,
        in_thread,
        id=interaction.id,
    )


@ask.autocomplete("publisher")
async def publishers(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The publishers whose names contain the typed text, those with most articles first."""
    names = [
        name
        for name in client_of(interaction).pages.publishers
        if len(name) <= MAX_CHOICE_LENGTH and typed.casefold() in name.casefold() and _label(name)
    ]
    return [app_commands.Choice(name=_label(name), value=name) for name in names[:MAX_CHOICES]]


def _label(name: str) -> str:
    return shorten(escape_for_discord(name), MAX_CHOICE_LENGTH)


def _filters(since: str | None, until: str | None, publisher: str | None) -> Filters:
    """The options of a question as filters. Raises Refused for invalid dates."""
    first = _days("since", since)[0] if since else None
    last = _days("until", until)[1] if until else None
    return Filters(first, last, (publisher,) if publisher else ())


def _days(name: str, text: str) -> tuple[date, date]:
    """The first and the last day of a typed day, month or year. Raises Refused."""
    try:
        numbers = [int(part) for part in text.strip().split("-")]
        if len(numbers) == 3:
            return (date(numbers[0], numbers[1], numbers[2]),) * 2
        year, month, months = (numbers[0], 1, 12) if len(numbers) == 1 else (numbers[0], numbers[1], 1)
        return date(year, month, 1), month_days(year, month, months)[1]
    except (IndexError, ValueError):
        raise Refused(BAD_DATE.format(name=name)) from None


@app_commands.command()
@app_commands.describe(words="What to search for", publisher="Only articles of this publisher")
@app_commands.autocomplete(publisher=publishers)
async def search(interaction: discord.Interaction, words: QuestionText, publisher: str | None = None) -> None:
    """Search for passages, without writing an answer."""
    filters = Filters(publishers=(publisher,) if publisher else ())
    await look_up(interaction, words, client_of(interaction).pages.search(words, filters))


@app_commands.command()
async def sources(interaction: discord.Interaction) -> None:
    """Show the sources of the latest answer in this channel."""
    await respond(interaction, client_of(interaction).pages.sources(interaction.channel_id or 0))


@app_commands.command()
@app_commands.describe(
    words="Words of the title, or: mentioning ferries, about ferries, by Ines Haldane in 2021",
    publisher="Only articles of this publisher",
    page="Page of the list",
)
@app_commands.autocomplete(publisher=publishers)
async def articles(
    interaction: discord.Interaction,
    words: app_commands.Range[str, 1, 200] = "",
    publisher: str | None = None,
    page: app_commands.Range[int, 1, 10_000] = 1,
) -> None:
    """List the articles, newest first."""
    await respond(interaction, client_of(interaction).pages.articles(words, publisher, page))


@app_commands.command()
async def about(interaction: discord.Interaction) -> None:
    """Show how many articles I know, their dates and publishers."""
    await respond(interaction, client_of(interaction).pages.about())


@app_commands.command()
async def forget(interaction: discord.Interaction) -> None:
    """Delete our conversation here. This cannot be undone."""
    server, person = interaction.guild_id or 0, interaction.user.id
    conversations = [
        conversation_id(server, interaction.channel, person, private=private) for private in (False, True)
    ]
    is_manager = not server or interaction.permissions.manage_guild
    only = None if is_manager else f"discord:{person}"
    await respond(interaction, client_of(interaction).pages.forget(conversations, only))


@app_commands.command(name="help")
async def help_(interaction: discord.Interaction) -> None:
    """Show what I can do and how to check an answer."""
    await respond(interaction, _help())


async def _help() -> list[Post]:
    return help_posts()


@app_commands.context_menu(name="Check this")
async def check_this(interaction: discord.Interaction, message: discord.Message) -> None:
    """Check the sentences of a message against the articles."""
    text = message_text(message)
    await look_up(interaction, text, client_of(interaction).pages.check(text))


COMMANDS: tuple[app_commands.Command[Any, ..., None] | app_commands.ContextMenu, ...] = (
    ask,
    search,
    sources,
    articles,
    about,
    forget,
    help_,
    check_this,
)
