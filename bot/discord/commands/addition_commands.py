"""Commands for people who can manage the server: /add, /added and /remove articles."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.discord.additions.server_articles import NotAdded
from bot.discord.commands.admin_commands import manager_command
from bot.discord.commands.member_commands import respond
from bot.discord.commands.option_choices import MAX_CHOICE_LENGTH, MAX_CHOICES
from bot.discord.commands.service_client import client_of
from bot.discord.handlers.channel_rules import MANAGERS_ONLY, managed_server
from bot.discord.posts.interaction_surface import InteractionSurface
from bot.discord.posts.post import Post, notice
from bot.discord.posts.split_markdown import shorten

CHOOSE_ONE = "Please attach a file or give a link, one of them."


@manager_command
@app_commands.command()
@app_commands.describe(
    file="A document of at most 20 MB: text, Markdown, HTML, PDF, Word and others",
    link="The address of a web page, or of a feed, whose articles are then added",
)
async def add(
    interaction: discord.Interaction, file: discord.Attachment | None = None, link: str | None = None
) -> None:
    """Add an article that can be asked about in this server only."""
    client = client_of(interaction)
    surface = InteractionSurface(interaction, private=True)
    async with client.dispatcher.error_boundary(lambda post: surface.show([post])):
        if (server := managed_server(interaction)) is None:
            await surface.show([notice(MANAGERS_ONLY)])
            return
        if (file is None) == (link is None):
            await surface.show([notice(CHOOSE_ONE)])
            return
        await surface.defer()
        await surface.show([notice("Downloading…")])
        articles, place = client.server_articles, (server, interaction.user.id)
        try:
            if file is not None:
                result = await articles.add_attachment(*place, file.filename, file.url, file.size)
            else:
                result = await articles.add_link(*place, (link or "").strip())
        except NotAdded as refusal:
            await surface.show([notice(str(refusal), colour="orange")])
            return
        if result.addition is not None:
            await surface.show([notice("Reading the articles…")])
        await surface.show(await client.addition_pages.added(result))


@manager_command
@app_commands.command()
async def added(interaction: discord.Interaction) -> None:
    """List the articles that were added in this server, and what was not read of them."""
    await respond(interaction, _added(interaction))


async def _added(interaction: discord.Interaction) -> list[Post]:
    if (server := managed_server(interaction)) is None:
        return [notice(MANAGERS_ONLY)]
    return await client_of(interaction).addition_pages.list_of(server)


@manager_command
@app_commands.command()
@app_commands.describe(article="An article that was added in this server")
async def remove(interaction: discord.Interaction, article: str) -> None:
    """Remove an article that was added in this server."""
    await respond(interaction, _confirmation(interaction, article))


async def _confirmation(interaction: discord.Interaction, article: str) -> list[Post]:
    if (server := managed_server(interaction)) is None:
        return [notice(MANAGERS_ONLY)]
    return await client_of(interaction).addition_pages.confirmation(server, article)


@remove.autocomplete("article")
async def _choices(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    if (server := managed_server(interaction)) is None:
        return []
    found = await client_of(interaction).addition_pages.choices(server, typed)
    return [
        app_commands.Choice(name=shorten(name, MAX_CHOICE_LENGTH), value=value)
        for name, value in found[:MAX_CHOICES]
    ]


ADDITION_COMMANDS: tuple[app_commands.Command[Any, ..., None], ...] = (add, added, remove)
