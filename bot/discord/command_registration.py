"""Registers the application commands with Discord, when they have changed since the last registration."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.discord.permissions import DiscordUnusable, invite_link

if TYPE_CHECKING:
    from bot.discord.handlers.discord_store import DiscordStore

log = logging.getLogger("footnote.discord")


async def register_commands(
    client: discord.Client, tree: app_commands.CommandTree[Any], store: DiscordStore, server: int | None
) -> None:
    """Register the commands for one server, or for all if *server* is None. Raises DiscordUnusable."""
    scope = discord.Object(server) if server else None
    if scope:
        tree.copy_global_to(guild=scope)
    digest = await _digest(tree, scope)
    name = f"{client.application_id}:{server or 'global'}"
    if await asyncio.to_thread(store.commands_digest, name) == digest:
        return
    try:
        await tree.sync(guild=scope)
    except (discord.Forbidden, discord.NotFound) as error:
        if server is None:
            raise
        raise await _server_error(client, server) from error
    except discord.DiscordServerError:
        raise
    except (discord.HTTPException, app_commands.AppCommandError) as error:
        log.exception("registering the commands failed")
        raise DiscordUnusable(
            f"Discord rejected the bot's commands: {' '.join(str(error).split())}",
            "Update Footnote; if this persists, report it with the log.",
        ) from error
    await asyncio.to_thread(store.set_commands_digest, name, digest)
    log.info("commands registered (%s)", name)


async def _digest(tree: app_commands.CommandTree[Any], scope: discord.abc.Snowflake | None) -> str:
    translator = tree.translator
    assert translator is not None
    registered = tree.get_commands(guild=scope)
    commands = [await command.get_translated_payload(tree, translator) for command in registered]
    commands.sort(key=lambda command: (command["type"], command["name"]))
    return hashlib.sha256(json.dumps(commands, sort_keys=True, default=str).encode()).hexdigest()


async def _server_error(client: discord.Client, server: int) -> DiscordUnusable:
    """Why the commands of a server cannot be registered: an unknown server, or a missing scope."""
    try:
        await client.fetch_guild(server, with_counts=False)
    except (discord.Forbidden, discord.NotFound):
        problem = f"The bot is not in a server with the id {server}, which is given with --guild."
        advice = "Check the id (in Discord: right-click the server, Copy Server ID), or invite the bot: "
    else:
        problem = f"The bot is not allowed to register its commands in the server {server}."
        advice = "Invite it again, which adds the scope applications.commands: "
    assert client.application_id is not None
    return DiscordUnusable(problem, advice + invite_link(client.application_id))
