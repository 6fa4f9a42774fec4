"""The slash commands that everybody has, and "Check this" in the menu of a message."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from datetime import date
from typing import Any

import discord
from discord import app_commands

from bot.discord.commands.service_client import client_of
from bot.discord.handlers.button_actions import SOON
from bot.discord.handlers.channel_rules import conversation, is_allowed, text_of
from bot.discord.handlers.dispatcher import Refused
from bot.discord.handlers.question_task import Question
from bot.discord.posts.delivery import InteractionSurface
from bot.discord.posts.escape_markdown import escape_for_discord
from bot.discord.posts.post import Post, notice
from bot.discord.posts.split_markdown import shorten
from retrieval.hit import Filters
from retrieval.search.day_arithmetic import month_days

QUESTION = app_commands.Range[str, 1, 1000]
NOT_HERE = "I may not answer you here: those who manage this server chose other channels or roles."
BAD_DATE = "{name} must be a day such as 2021-03-18, a month such as 2021-03, or a year."
CHOICES, CHOICE = 25, 100  # Discord's limits: choices offered, characters of one


async def respond(
    interaction: discord.Interaction, making: Awaitable[Sequence[Post]], *, private: bool = True
) -> None:
    """Respond with what is being made; deferred when that takes a while. Whatever happens is said."""
    surface = InteractionSurface(interaction, private=private)
    async with client_of(interaction).dispatcher.error_boundary(lambda post: surface.show([post])):
        task = asyncio.ensure_future(making)
        if not (await asyncio.wait({task}, timeout=SOON))[0]:
            await surface.defer()
        await surface.show(await task)


async def look_up(
    interaction: discord.Interaction, text: str, making: Coroutine[Any, Any, list[Post]]
) -> None:
    """Respond to what costs as much as a question: where it may be asked, not too often, in its turn."""
    client = client_of(interaction)
    try:
        turn = client.dispatcher.admit(_question(interaction, text, Filters(), private=True))
    except Refused as refused:
        making.close()
        await respond(interaction, _refusal(refused))
        return
    await respond(interaction, client.dispatcher.in_turn(turn, making))


async def _refusal(refused: Refused) -> list[Post]:
    return [notice(str(refused))]


@app_commands.command()
@app_commands.describe(
    question="What you want to know",
    since="Only articles from this day on, such as 2021-03-18, 2021-03 or 2021",
    until="Only articles until this day",
    publisher="Only articles of this publisher",
    private="Only you see the answer",
)
async def ask(
    interaction: discord.Interaction,
    question: QUESTION,
    since: str | None = None,
    until: str | None = None,
    publisher: str | None = None,
    private: bool = False,
) -> None:
    """Ask the articles; every sentence of the answer can be checked."""
    client = client_of(interaction)
    surface = InteractionSurface(interaction, private=True)
    async with client.dispatcher.error_boundary(lambda post: surface.show([post])):
        try:
            asked = _question(interaction, question, _filters(since, until, publisher), private)
            turn = client.dispatcher.admit(asked)
        except Refused as refused:
            await surface.show([notice(str(refused))])
            return
        reply = InteractionSurface(interaction, private=private)
        try:
            await reply.defer()
        except BaseException:
            client.dispatcher.withdraw(turn)
            raise
        await client.dispatcher.see_through(asked, turn, reply)


def _question(interaction: discord.Interaction, text: str, filters: Filters, private: bool) -> Question:
    """The question with its place. Raises Refused where the server does not let this person ask."""
    server, person = interaction.guild_id or 0, interaction.user
    if server and not is_allowed(client_of(interaction).store.server(server), interaction.channel, person):
        raise Refused(NOT_HERE)
    talk = conversation(server, interaction.channel, person.id, private=private)
    place = interaction.channel_id or 0
    lasting = isinstance(interaction.channel, discord.Thread)
    return Question(text, person.id, server, place, talk, "ask", filters, private, lasting)


@ask.autocomplete("publisher")
async def publishers(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Publishers of the index that hold what is typed, those with most articles first."""
    known = [name for name in client_of(interaction).lists.publishers if len(name) <= CHOICE]
    found = [name for name in known if typed.casefold() in name.casefold()]
    return [app_commands.Choice(name=_label(name), value=name) for name in found if _label(name)][:CHOICES]


def _label(name: str) -> str:
    return shorten(escape_for_discord(name), CHOICE)


def _filters(since: str | None, until: str | None, publisher: str | None) -> Filters:
    """The options of a question as filters. Raises Refused for what is no date."""
    first = _days("since", since)[0] if since else None
    last = _days("until", until)[1] if until else None
    return Filters(first, last, (publisher,) if publisher else ())


def _days(name: str, text: str) -> tuple[date, date]:
    """The first and the last day that a date as typed may mean."""
    try:
        numbers = [int(part) for part in text.strip().split("-")]
        if len(numbers) == 3:
            return (date(numbers[0], numbers[1], numbers[2]),) * 2
        year, month, months = (numbers[0], 1, 12) if len(numbers) == 1 else (numbers[0], numbers[1], 1)
        return date(year, month, 1), month_days(year, month, months)[1]
    except (IndexError, ValueError):
        raise Refused(BAD_DATE.format(name=name)) from None


@app_commands.command()
@app_commands.describe(words="What to look for", publisher="Only passages of this publisher")
@app_commands.autocomplete(publisher=publishers)
async def search(interaction: discord.Interaction, words: QUESTION, publisher: str | None = None) -> None:
    """Find the passages nearest to some words, without an answer."""
    filters = Filters(publishers=(publisher,) if publisher else ())
    await look_up(interaction, words, client_of(interaction).lists.search(words, filters))


@app_commands.command()
async def sources(interaction: discord.Interaction) -> None:
    """Show what the last answer in this channel rests on."""
    await respond(interaction, client_of(interaction).lists.sources(interaction.channel_id or 0))


@app_commands.command()
@app_commands.describe(publisher="Only articles of this publisher", page="Which page of the list")
@app_commands.autocomplete(publisher=publishers)
async def articles(
    interaction: discord.Interaction,
    publisher: str | None = None,
    page: app_commands.Range[int, 1, 10_000] = 1,
) -> None:
    """List the articles, the newest first."""
    await respond(interaction, client_of(interaction).lists.articles(publisher, page))


@app_commands.command()
async def about(interaction: discord.Interaction) -> None:
    """Say what I know: how many articles, from when to when, when last read."""
    await respond(interaction, client_of(interaction).lists.about())


@app_commands.command()
async def forget(interaction: discord.Interaction) -> None:
    """Forget our conversation here: its questions and answers are deleted for good."""
    server, person = interaction.guild_id or 0, interaction.user.id
    talks = [conversation(server, interaction.channel, person, private=private) for private in (False, True)]
    everybody = not server or interaction.permissions.manage_guild
    whose = None if everybody else f"discord:{person}"
    await respond(interaction, client_of(interaction).lists.forget(talks, whose))


@app_commands.command(name="help")
async def help_(interaction: discord.Interaction) -> None:
    """Say what I can do and how to check an answer."""
    await respond(interaction, client_of(interaction).lists.help())


@app_commands.context_menu(name="Check this")
async def check_this(interaction: discord.Interaction, message: discord.Message) -> None:
    """Look the sentences of a message up in the articles."""
    text = text_of(message)
    await look_up(interaction, text, client_of(interaction).lists.check(text))


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
