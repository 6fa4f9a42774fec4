"""Messages sent while there was no session: a new one does not repeat them, so they are fetched."""

from __future__ import annotations

import itertools
import logging
from collections import OrderedDict
from collections.abc import Callable, Container
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import discord

from bot.discord.handlers.channel_rules import is_addressed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from discord.abc import MessageableChannel

log = logging.getLogger("footnote.discord")
OLDEST = timedelta(minutes=15)  # nobody waits longer for an answer
UNNOTICED = timedelta(minutes=2)  # that a connection may be dead before its heartbeats tell
CHANNELS = 50  # of a server, those with the newest messages first
MESSAGES = 100  # of a channel
DIRECT = 200  # people whose direct messages are looked at, those who wrote last


class Backfill:
    """Knows since when messages may have been missed, and gives those not *known* by their ids to *take*."""

    def __init__(self, take: Callable[[discord.Message], object], known: Container[int]) -> None:
        self._take = take
        self._known = known
        self._since: datetime | None = None
        self._is_lost = False
        self._direct: OrderedDict[int, None] = OrderedDict()

    def lost(self) -> None:
        """There is no connection any more; said again with every attempt that fails."""
        if not self._is_lost:
            self._since = datetime.now(UTC) - UNNOTICED
        self._is_lost = True

    def connected(self) -> None:
        """There is a session again, an old or a new one."""
        self._is_lost = False

    def note(self, message: discord.Message) -> None:
        """Remember who writes directly: Discord does not list those channels."""
        if message.guild is None:
            self._direct[message.channel.id] = None
            self._direct.move_to_end(message.channel.id)
            if len(self._direct) > DIRECT:
                self._direct.popitem(last=False)

    async def of_server(self, server: discord.Guild, me: discord.ClientUser) -> None:
        """Take what was missed in the channels and threads of a server that has messages since then."""
        since = self._after()
        if since is None:
            return
        places: Iterable[MessageableChannel] = itertools.chain(
            server.text_channels, server.voice_channels, server.threads
        )
        newer = [each for each in places if _newest(each) > since.id and _is_readable(each, server.me)]
        for channel in sorted(newer, key=_newest, reverse=True)[:CHANNELS]:
            await self._of_channel(channel, since, me)

    async def direct(self, client: discord.Client, me: discord.ClientUser) -> None:
        """Take what was missed of those who wrote directly before."""
        since = self._after()
        for channel_id in reversed(self._direct) if since else ():
            with suppress(discord.HTTPException, OSError):
                channel = await client.fetch_channel(channel_id)
                if since is not None and isinstance(channel, discord.DMChannel):
                    await self._of_channel(channel, since, me)

    def _after(self) -> discord.Object | None:
        """The moment from which messages may have been missed; None when there was no loss."""
        if self._since is None:
            return None
        since = max(self._since, datetime.now(UTC) - OLDEST)
        return discord.Object(discord.utils.time_snowflake(since))

    async def _of_channel(
        self, channel: MessageableChannel, since: discord.Object, me: discord.ClientUser
    ) -> None:
        try:
            found = [each async for each in channel.history(after=since, limit=MESSAGES, oldest_first=True)]
        except (discord.HTTPException, OSError) as error:
            log.info("what was missed in %d cannot be read: %s", channel.id, error)
            return
        for message in found:
            if message.id not in self._known and is_addressed(message, me):
                self._take(await _with_member(message))


def _newest(channel: MessageableChannel) -> int:
    """The id of the newest message of a channel, as Discord tells; ids grow with time."""
    return getattr(channel, "last_message_id", None) or 0


def _is_readable(channel: MessageableChannel, me: discord.Member) -> bool:
    granted = channel.permissions_for(me)
    return granted.view_channel and granted.read_message_history


async def _with_member(message: discord.Message) -> discord.Message:
    """The message with its author's roles, which a fetched one lacks."""
    if message.guild is not None and not isinstance(message.author, discord.Member):
        with suppress(discord.HTTPException, OSError):
            message.author = await message.guild.fetch_member(message.author.id)
    return message
