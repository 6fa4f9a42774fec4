"""The publishers and tags that Discord suggests while someone types an option."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import app_commands

from bot.discord.commands.service_client import client_of
from bot.discord.posts.escape_markdown import escape_for_discord
from bot.discord.posts.split_markdown import shorten

MAX_CHOICES, MAX_CHOICE_LENGTH = 25, 100  # Discord's limits


async def publishers(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The publishers whose names contain the typed text, those with most articles first."""
    known = client_of(interaction).pages.known_names(interaction.guild_id)
    return _choices(known.publishers, typed)


async def tags(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The tags that contain the typed text, those with most articles first."""
    known = client_of(interaction).pages.known_names(interaction.guild_id)
    return _choices(known.tags, typed.removeprefix("#"))


def _choices(known: Sequence[str], typed: str) -> list[app_commands.Choice[str]]:
    names = [
        name
        for name in known
        if len(name) <= MAX_CHOICE_LENGTH and typed.casefold() in name.casefold() and _label(name)
    ]
    return [app_commands.Choice(name=_label(name), value=name) for name in names[:MAX_CHOICES]]


def _label(name: str) -> str:
    return shorten(escape_for_discord(name), MAX_CHOICE_LENGTH)
