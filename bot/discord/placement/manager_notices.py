"""Tells those who can manage a server, at most once a day, that the bot cannot answer somewhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import discord

from bot.discord.placement.required_permissions import REQUIRED
from bot.discord.posts.delivery import ChannelSurface, Target
from bot.discord.posts.discord_requests import Gone, with_retries
from bot.discord.posts.escape_markdown import plain_for_discord
from bot.discord.posts.post import Post, notice
from bot.errors import BotError
from bot.localization import in_language, localized

log = logging.getLogger("footnote.discord")
CANNOT_ANSWER = "Someone asked me something in <#{channel}> ({server}), but I am not allowed to answer there."
ADVICE = "Please grant me {permissions} in that channel. Until then, `/ask` works there."
_LABELS = {name: label for name, (label, _) in REQUIRED.items()} | {"manage_threads": "Manage Threads"}


class ManagerNotices:
    """Sends notices to the channel for Discord's community updates, or else to the owner of the server.

    *claim* returns True for the first notice of a server (id) on a day ("2024-09-01").
    """

    def __init__(self, client: discord.Client, claim: Callable[[int, str], bool]) -> None:
        self._client = client
        self._claim = claim

    async def cannot_answer(self, message: discord.Message, missing: Sequence[str]) -> None:
        """Log that a message cannot be answered without the *missing* permissions, and tell the managers."""
        labels = " and ".join(f"“{_LABELS[name]}”" for name in missing or ("send_messages",))
        log.warning("cannot answer in channel %d, not granted: %s", message.channel.id, labels)
        server = message.guild
        if server is None:
            return
        today = datetime.now(UTC).date().isoformat()
        try:
            if await asyncio.to_thread(self._claim, server.id, today):
                name = plain_for_discord(server.name)
                with in_language(str(server.preferred_locale)):
                    text = localized(CANNOT_ANSWER, channel=str(message.channel.id), server=name)
                    advice = localized(ADVICE, permissions=labels)
                await self._send(server, notice(text, help=advice))
        except (Gone, discord.HTTPException, BotError) as error:
            log.info("the managers of server %d cannot be told: %s", server.id, error)

    async def _send(self, server: discord.Guild, post: Post) -> None:
        updates = server.public_updates_channel
        if updates is not None and _can_post(updates.permissions_for(server.me)):
            await ChannelSurface([Target(updates)]).show([post])
        else:
            owner = discord.Object(server.owner_id or 0)
            direct = await with_retries(lambda: self._client.create_dm(owner))
            await ChannelSurface([Target(direct)]).show([post])


def _can_post(granted: discord.Permissions) -> bool:
    return granted.view_channel and granted.send_messages and granted.embed_links
