"""Fetches messages sent while the bot was not connected: Discord does not replay them."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Container
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import discord

from bot.discord.handlers.channel_rules import is_addressed
from bot.errors import RecordsFailure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from discord.abc import MessageableChannel

    from bot.discord.journal.question_journal import QuestionJournal


log = logging.getLogger("footnote.discord")
DETECTION_DELAY = timedelta(minutes=2)  # how long a dead connection can go unnoticed by heartbeats
MAX_CHANNELS = 50  # per server, those with the newest messages first
MAX_MESSAGES = 100  # per channel


class Backfill:
    """Passes missed messages to *handle*: those newer than *max_age* that the journal does not know."""

    def __init__(
        self,
        handle: Callable[[discord.Message], object],
        journal: QuestionJournal,
        seen: Container[int],
        max_age: timedelta,
    ) -> None:
        self._handle = handle
        self._journal = journal
        self._seen = seen  # messages being handled
        self._max_age = max_age
        self._since = datetime.fromtimestamp(journal.started, UTC)  # as if disconnected before the start
        self._is_disconnected = False

    def connection_lost(self) -> None:
        """Note when messages started to get lost. Called again for every failed attempt to reconnect."""
        if not self._is_disconnected:
            self._since = datetime.now(UTC) - DETECTION_DELAY
        self._is_disconnected = True

    def connection_restored(self) -> None:
        """Note that a session is connected, whether new or resumed."""
        self._is_disconnected = False

    async def fetch_server(self, server: discord.Guild, me: discord.ClientUser) -> None:
        """Handle messages missed in the channels and threads of a server."""
        since = self._start()
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
        try:
            channels = await asyncio.to_thread(self._journal.direct_channels)
        except RecordsFailure as error:
            log.warning("%s %s", error, error.help)
            return
        for channel_id in channels:
            with suppress(discord.HTTPException, OSError):
                channel = await client.fetch_channel(channel_id)
                if isinstance(channel, discord.DMChannel):
                    await self._fetch_channel(channel, since, me)

    def _start(self) -> discord.Object:
        """The snowflake of the earliest message to fetch."""
        since = max(self._since, datetime.now(UTC) - self._max_age)
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
                try:
                    is_known = await asyncio.to_thread(self._journal.knows, message.id)
                except RecordsFailure as error:
                    log.warning("%s %s", error, error.help)
                    return
                if not is_known:
                    self._handle(await with_member(message))


def _newest_id(channel: MessageableChannel) -> int:
    """The id of a channel's newest message, 0 if unknown. Ids grow with time."""
    return getattr(channel, "last_message_id", None) or 0


def _is_readable(channel: MessageableChannel, me: discord.Member) -> bool:
    permissions = channel.permissions_for(me)
    return permissions.view_channel and permissions.read_message_history


async def with_member(message: discord.Message) -> discord.Message:
    """The message with its author as a member with roles, which fetched messages lack."""
    if message.guild is not None and not isinstance(message.author, discord.Member):
        with suppress(discord.HTTPException, OSError):
            message.author = await message.guild.fetch_member(message.author.id)
    return message
