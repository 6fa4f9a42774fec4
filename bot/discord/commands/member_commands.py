"""The commands for everyone: slash commands, and "Check this" in the message menu."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Literal

import discord
from discord import app_commands

from bot.discord.commands.article_options import check_path, filters_from
from bot.discord.commands.option_choices import publishers, tags
from bot.discord.commands.service_client import client_of
from bot.discord.handlers.button_actions import DEFER_AFTER
from bot.discord.handlers.channel_rules import conversation_id, is_allowed, message_text
from bot.discord.handlers.dispatcher import Refused
from bot.discord.journal.asked_question import Question
from bot.discord.posts.help_post import help_posts
from bot.discord.posts.interaction_surface import InteractionSurface
from bot.discord.posts.post import Post, notice
from bot.question.small_talk import small_talk
from retrieval.hit import Filters

QuestionText = app_commands.Range[str, 1, 1000]
NOT_HERE = "The settings of this server do not let me answer you here."
NO_QUESTION = "What would you like to know? Please ask a question about the articles."
ONLY_PUBLISHER, ONLY_TAG = "Only articles of this publisher", "Only articles with this tag"


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
    interaction: discord.Interaction,
    kind: Literal["search", "check"],
    text: str,
    posts: Callable[[Filters | None], Coroutine[Any, Any, list[Post]]],
) -> None:
    """Respond to a command that costs as much as a question, with the same rules and queue.

    *posts* gets the limits of the server or channel on the articles.
    """
    client = client_of(interaction)
    try:
        question = _question(interaction, kind, text, Filters(), private=True)
        ticket = client.dispatcher.admit(question)
    except Refused as refused:
        await respond(interaction, refusal(refused))
        return
    scope = client.scope_of(interaction)
    await respond(interaction, client.dispatcher.run_queued(ticket, posts(scope)))


async def refusal(refused: Refused) -> list[Post]:
    """The reason of a refusal."""
    return [notice(str(refused))]


@app_commands.command()
@app_commands.describe(
    question="Your question",
    since="Only articles from this date on: 2021-03-18, 2021-03 or 2021",
    until="Only articles up to this date",
    publisher=ONLY_PUBLISHER,
    path="Only articles in this folder, or with this path: politics, 2024/*.md",
    tag=ONLY_TAG,
    private="Show the answer only to you",
)
async def ask(
    interaction: discord.Interaction,
    question: QuestionText,
    since: str | None = None,
    until: str | None = None,
    publisher: str | None = None,
    path: str | None = None,
    tag: str | None = None,
    private: bool = False,
) -> None:
    """Ask a question about the articles. Every answer cites its sources."""
    client = client_of(interaction)
    surface = InteractionSurface(interaction, private=True)
    async with client.dispatcher.error_boundary(lambda post: surface.show([post])):
        try:
            if small_talk(question):
                raise Refused(NO_QUESTION)
            scope, pages = client.scope_of(interaction), client.pages
            known = pages.known_names(interaction.guild_id)
            filters = filters_from(since, until, publisher, path, tag, known=known, within=scope)
            if path:
                check_path(path, await pages.infos(scope))
            request = _question(interaction, "ask", question, filters, private)
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


def _question(
    interaction: discord.Interaction, kind: str, text: str, filters: Filters, private: bool
) -> Question:
    """The question with its origin. Raises Refused if the server does not let this person ask here."""
    server, person = interaction.guild_id or 0, interaction.user
    if server and not is_allowed(client_of(interaction).store.server(server), interaction.channel, person):
        raise Refused(NOT_HERE)
    conversation = conversation_id(server, interaction.channel, person.id, private=private)
    origin = (person.id, server, interaction.channel_id or 0, conversation)
    in_thread = isinstance(interaction.channel, discord.Thread)
    return Question(text, *origin, kind, filters, private, in_thread, id=interaction.id)


ask.autocomplete("publisher")(publishers)
ask.autocomplete("tag")(tags)


@app_commands.command()
@app_commands.describe(words="What to search for", publisher=ONLY_PUBLISHER, tag=ONLY_TAG)
@app_commands.autocomplete(publisher=publishers, tag=tags)
async def search(
    interaction: discord.Interaction,
    words: QuestionText,
    publisher: str | None = None,
    tag: str | None = None,
) -> None:
    """Search for passages, without writing an answer."""
    pages = client_of(interaction).pages

    async def posts(scope: Filters | None) -> list[Post]:
        try:
            known = pages.known_names(interaction.guild_id)
            filters = filters_from(publisher=publisher, tag=tag, known=known, within=scope)
        except Refused as refused:
            return await refusal(refused)
        return await pages.search(words, filters)

    await look_up(interaction, "search", words, posts)


@app_commands.command()
async def sources(interaction: discord.Interaction) -> None:
    """Show the sources of the latest answer in this channel."""
    await respond(interaction, client_of(interaction).pages.sources(interaction.channel_id or 0))


@app_commands.command()
@app_commands.describe(
    words="Words of the title, or: mentioning ferries, about ferries, by Ines Haldane in 2021",
    publisher=ONLY_PUBLISHER,
    tag=ONLY_TAG,
    page="Page of the list",
)
@app_commands.autocomplete(publisher=publishers, tag=tags)
async def articles(
    interaction: discord.Interaction,
    words: app_commands.Range[str, 1, 200] = "",
    publisher: str | None = None,
    tag: str | None = None,
    page: app_commands.Range[int, 1, 10_000] = 1,
) -> None:
    """List the articles, newest first."""
    client = client_of(interaction)
    try:
        filters = filters_from(
            publisher=publisher,
            tag=tag,
            known=client.pages.known_names(interaction.guild_id),
            within=client.scope_of(interaction),
        )
    except Refused as refused:
        await respond(interaction, refusal(refused))
        return
    await respond(interaction, client.pages.articles(words, filters, page))


@app_commands.command()
async def about(interaction: discord.Interaction) -> None:
    """Show how many articles I know, their dates and publishers, and questions to start with."""
    client = client_of(interaction)
    await respond(interaction, client.pages.about(client.scope_of(interaction)))


@app_commands.command()
@app_commands.describe(where="Here, or all your conversations with me, in all servers")
async def forget(interaction: discord.Interaction, where: Literal["here", "everywhere"] = "here") -> None:
    """Delete our conversation here, or all of them. This cannot be undone."""
    server, person = interaction.guild_id or 0, interaction.user.id
    client = client_of(interaction)
    if where == "everywhere":
        await respond(interaction, client.deletions.forget_person(person))
        return
    conversations = [
        conversation_id(server, interaction.channel, person, private=private) for private in (False, True)
    ]
    is_manager = not server or interaction.permissions.manage_guild
    only = None if is_manager else person
    await respond(interaction, client.deletions.forget(conversations, only))


@app_commands.command(name="help")
async def help_(interaction: discord.Interaction) -> None:
    """Show what I can do and how to check an answer."""
    await respond(interaction, _help(client_of(interaction).server_articles.is_enabled))


async def _help(can_add: bool) -> list[Post]:
    return help_posts(can_add=can_add)


@app_commands.context_menu(name="Check this")
async def check_this(interaction: discord.Interaction, message: discord.Message) -> None:
    """Check the sentences of a message against the articles."""
    text, pages = message_text(message), client_of(interaction).pages
    await look_up(interaction, "check", text, lambda scope: pages.check(text, scope, message.jump_url))


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
