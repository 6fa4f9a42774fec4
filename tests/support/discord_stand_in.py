"""A stand-in for Discord on loopback: REST and gateway, with its limits enforced.

Tests act as people (``slash``, ``say``, ``click``, ``submit``) and check what those people would see.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web
from discord_cdn import Cdn, File
from discord_gateway import Gateway
from discord_people import People, SentInteraction
from discord_rest import Rest
from discord_world import (
    ALL_PERMISSIONS,
    BOT_NAME,
    DM,
    FORUM,
    PUBLIC_THREAD,
    TEXT,
    Channel,
    Guild,
    Message,
    User,
    snowflake,
)

Json = dict[str, Any]


@dataclass
class Fault:
    """A failure of the next *times* requests whose "METHOD path" contains *match*."""

    match: str
    kind: str  # "429", "500", "cut", "403:50001" (status:code); "500_after", "cut_after": it succeeded
    times: int = 1
    retry_after: float = 0.2
    errors: Json = field(default_factory=dict)  # Discord's "errors": what is wrong with which field


class DiscordStandIn(People):
    """An async context manager; ``base`` is the URL of its API."""

    def __init__(self, token: str = "right-token", rate_window: float = 0.5) -> None:
        self.token = token
        self.rate_window = rate_window  # seconds per five requests of a bucket
        self.application_id = snowflake()
        self.bot = User(self.application_id, BOT_NAME, bot=True)
        self.privileged_allowed = 0
        self.guilds: list[Guild] = []
        self.people: dict[int, User] = {}  # who can be sent direct messages
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.interactions: dict[str, SentInteraction] = {}
        self.commands: list[Json] = []
        self.command_puts: list[str] = []
        self.may_register_commands = True  # False: invited without the scope applications.commands
        self.faults: list[Fault] = []
        self.violations: list[str] = []
        self.rate_limited = 0
        self.interaction_endpoint: str | None = None
        self.gateway = Gateway(self)
        self.rest = Rest(self)
        self.cdn = Cdn()
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_get("/gateway/", self.gateway.handle)
        self.rest.add_to(app)
        self.cdn.add_to(app)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *error: object) -> None:
        self.gateway.cut()
        await self._runner.cleanup()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v10"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/gateway/"

    # Servers, channels and people

    def add_guild(self, name: str = "Newsroom", permissions: int = ALL_PERMISSIONS) -> Guild:
        guild = Guild(snowflake(), name, self.bot, permissions)
        self.guilds.append(guild)
        self.add_channel(guild, "general")
        return guild

    def add_channel(
        self, guild: Guild, name: str, type: int = TEXT, parent: Channel | None = None
    ) -> Channel:
        channel = Channel(snowflake(), type, name, guild, parent)
        guild.channels.append(channel)
        self.channels[channel.id] = channel
        return channel

    def add_forum_post(self, guild: Guild, title: str) -> Channel:
        forum = self.add_channel(guild, "questions", FORUM)
        return self.add_channel(guild, title, PUBLIC_THREAD, forum)

    def direct(self, user: User) -> Channel:
        """The direct messages between a person and the bot."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(snowflake(), DM, user.name, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def person(self, name: str = "Ann", *, bot: bool = False) -> User:
        user = User(snowflake(), name, bot)
        self.people[user.id] = user
        return user

    def attach(self, name: str, data: bytes, *, size: int | None = None, delay: float = 0.0) -> str:
        """Upload a file, and return its id for an option of a command."""
        file = File(snowflake(), name, data, len(data) if size is None else size, delay)
        self.cdn.files[file.id] = file
        return str(file.id)

    # Waiting for the bot

    def changed(self) -> None:
        """Wake waiting tests: the bot sent something."""
        self._changed.set()

    async def until(self, condition: Callable[[], Any], seconds: float = 15.0) -> None:
        """Wait until a condition is true."""
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"not true within {seconds} s; violations: {self.violations}")
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), min(left, 0.05))
            except TimeoutError:
                continue

    async def finished(self, sent: SentInteraction, seconds: float = 15.0) -> SentInteraction:
        """Wait until the response to an interaction is complete."""
        await self.until(lambda: sent.messages and _is_final(sent.last), seconds)
        return sent

    def from_bot(self, channel: Channel) -> list[Message]:
        """The bot's messages in a channel, oldest first, without deleted ones."""
        return [
            message
            for message in self.messages.values()
            if message.channel is channel and message.author is self.bot and not message.deleted
        ]

    async def answered(self, channel: Channel, count: int = 1, seconds: float = 15.0) -> Message:
        """Wait until the bot has *count* final messages in a channel, and return the last one."""
        await self.until(
            lambda: sum(_is_final(message) for message in self.from_bot(channel)) >= count, seconds
        )
        return self.from_bot(channel)[-1]

    def threads(self, channel: Channel) -> list[Channel]:
        return [thread for thread in self.channels.values() if thread.parent is channel]


def _is_final(message: Message) -> bool:
    """False for growing answers and for notices that announce an answer."""
    return bool(message.text) and not message.text.rstrip().endswith(
        (
            *("Answering…", "answer here…", "Ich antworte…", "Ich antworte hier…"),
            *("Checking…", "Ich prüfe…", "Downloading…", "Reading the articles…", "Removing…"),
        )
    )
