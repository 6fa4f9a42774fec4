"""Small requests about a message: a reaction, its thread, the typing indicator."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.discord.posts.discord_requests import Gone, with_retries

if TYPE_CHECKING:
    from discord.abc import MessageableChannel

log = logging.getLogger("footnote.discord")


async def react(message: discord.Message, emoji: str) -> None:
    """React to small talk; where reactions are forbidden, say nothing."""
    try:
        await with_retries(lambda: message.add_reaction(emoji))
    except (Gone, discord.HTTPException) as error:
        log.info("cannot react: %s", error)


async def existing_thread(message: discord.Message) -> discord.Thread | None:
    """The thread created from a message by a request whose response was lost."""
    if message.thread is not None or message.guild is None:
        return message.thread
    server = message.guild
    thread = await with_retries(lambda: server.fetch_channel(message.id))
    return thread if isinstance(thread, discord.Thread) else None


async def show_typing(channel: MessageableChannel) -> None:
    """Show that the bot is writing; where that is not possible, do nothing."""
    try:
        await channel.typing()
    except (discord.HTTPException, OSError):
        log.debug("cannot show the typing indicator")
