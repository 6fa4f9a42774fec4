"""Fetches messages sent during a lost session: Discord does not replay them to a new one."""

from __future__ import annotations

import itertools
import logging
from collections import OrderedDict
from collections.abc import Callable, Container
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import discord

from bot.discord.handlers.channel_rules import is_addressed, server_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from discord.abc import MessageableChannel

log = logging.getLogger("footnote.discord")
MAX_AGE = timedelta(minutes=15)  # nobody waits longer for an answer
DETECTION_DELAY = timedelta(minutes=2)  # how long a dead connection can go unnoticed by heartbeats
MAX_CHANNELS = 50  # per server, those with the newest messages first
MAX_MESSAGES = 100  # per channel
MAX_DIRECT_CHANNELS = 200  # the most recently active ones


class Backfill:
    """Passes missed messages to *handle*, except those whose ids are in *seen*."""

    def __init__(self, handle: Callable[[discord.Message], object], seen: Container[int]) -> None:
        self._handle = handle
        self._seen = seen
        self._since: datetime | None = None
        self._is_disconnected = False
        self._direct_channels: OrderedDict[int, None] = OrderedDict()

    def connection_lost(self) -> None:
        """Note when messages started to get lost. Called again for every failed attempt to reconnect."""
        if not self._is_disconnected:
            self._since = datetime.now(UTC) - DETECTION_DELAY
        self._is_disconnected = True

    def connection_restored(self) -> None:
        """Note that a session is connected, whether new or resumed."""
        self._is_disconnected = False

    def remember_channel(self, message: discord.Message) -> None:
        """Remember the channel of a direct message: Discord does not list those channels."""
        if not server_id(message):
            self._direct_channels[message.channel.id] = None
            self._direct_channels.move_to_end(message.channel.id)
            if len(self._direct_channels) > MAX_DIRECT_CHANNELS:
                self._direct_channels.popitem(last=False)

    async def fetch_server(self, server: discord.Guild, me: discord.ClientUser) -> None:
        """Handle messages missed in the channels and threads of a server."""
        since = self._start()
        if since is None:
            return
        channels: Iterable[MessageableChannel] = itertools.chain(
            server.text_channels, server.voice_channels, server.threads
        )
        newer = [
            channel
            for channel in channels
            if _newest_id(channel) > since.id and _is_readable(channel, server.me)
        ]
        for channel in sorted(newer, key=_newest_id, reverse=True)[:MAX_CHANNELS]:
            await self._fetch_channel(channel, since, me)

    async def fetch_direct(self, client: discord.Client, me: discord.ClientUser) -> None:
        """Handle missed direct messages from people who wrote before."""
        since = self._start()
        for channel_id in reversed(self._direct_channels) if since else ():
            with suppress(discord.HTTPException, OSError):
                channel = await client.fetch_channel(channel_id)
                if since is not None and isinstance(channel, discord.DMChannel):
                    await self._fetch_channel(channel, since, me)

    def _start(self) -> discord.Object | None:
        """The snowflake of the earliest message to fetch; None if the connection was never lost."""
        if self._since is None:
            return None
        since = max(self._since, datetime.now(UTC) - MAX_AGE)
        return discord.Object(discord.utils.time_snowflake(since))

    async def _fetch_channel(
        self, channel: MessageableChannel, since: discord.Object, me: discord.ClientUser
    ) -> None:
        history = channel.history(after=since, limit=MAX_MESSAGES, oldest_first=True)
        try:
            messages = [message async for message in history]
        except (discord.HTTPException, OSError) as error:
            log.info("cannot read missed messages in channel %d: %s", channel.id, error)
            return
        for message in messages:
            if message.id not in self._seen and is_addressed(message, me):
                self._handle(await _with_member(message))


def _newest_id(channel: MessageableChannel) -> int:
    """The id of a channel's newest message, 0 if unknown. Ids grow with time."""
    return getattr(channel, "last_message_id", None) or 0


def _is_readable(channel: MessageableChannel, me: discord.Member) -> bool:
    permissions = channel.permissions_for(me)
    return permissions.view_channel and permissions.read_message_history


async def _with_member(message: discord.Message) -> discord.Message:
    """The message with its author as a member with roles, which fetched messages lack."""
    if message.guild is not None and not isinstance(message.author, discord.Member):
        with suppress(discord.HTTPException, OSError):
            message.author = await message.guild.fetch_member(message.author.id)
    return message
