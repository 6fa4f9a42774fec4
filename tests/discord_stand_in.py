"""A Discord of the tests' own on loopback: REST and gateway as the real one speaks them, limits enforced.

Tests act as people (``slash``, ``say``, ``click``, ``submit``) and look at what those people would see.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web
from discord_gateway import Gateway
from discord_rest import Rest
from discord_world import (
    ALL_PERMISSIONS,
    BOT_NAME,
    DM,
    FORUM,
    MANAGE_GUILD,
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
class SentInteraction:
    """What a person did, and all that came back."""

    id: int
    token: str
    user: User
    channel: Channel
    kind: int
    sent: float = field(default_factory=time.monotonic)
    on_message: Message | None = None
    acknowledged: float | None = None  # seconds after it was sent
    response: Json | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    expired: bool = False

    @property
    def messages(self) -> list[Message]:
        """The reply and its follow-ups that are still there."""
        return [m for m in ([self.original] if self.original else []) + self.followups if not m.deleted]

    @property
    def text(self) -> str:
        return "\n".join(message.text for message in self.messages)

    @property
    def last(self) -> Message:
        return self.messages[-1]


@dataclass
class Fault:
    """Something that goes wrong with the next *times* requests whose "METHOD path" holds *match*."""

    match: str
    kind: str  # "429", "500", "503", "cut", "cut_after", or "403:50001" (status:code)
    times: int = 1
    retry_after: float = 0.2


class DiscordStandIn:
    """An async context manager; ``base`` is what the bot takes for Discord's API."""

    def __init__(self, token: str = "right-token", rate_window: float = 0.5) -> None:
        self.token = token
        self.rate_window = rate_window  # seconds in which five edits of one webhook or channel are allowed
        self.application_id = snowflake()
        self.bot = User(self.application_id, BOT_NAME, bot=True)
        self.privileged_allowed = 0
        self.guilds: list[Guild] = []
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.interactions: dict[str, SentInteraction] = {}
        self.commands: list[Json] = []
        self.command_puts: list[str] = []
        self.faults: list[Fault] = []
        self.violations: list[str] = []
        self.rate_limited = 0
        self.interaction_endpoint: str | None = None
        self.gateway = Gateway(self)
        self.rest = Rest(self)
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_get("/gateway/", self.gateway.handle)
        self.rest.add_to(app)
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

    # The world

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
        return User(snowflake(), name, bot)

    # What people do

    async def slash(
        self, user: User, place: Channel, name: str, *, manager: bool = False, **options: Any
    ) -> SentInteraction:
        """Use a slash command; "settings channel" is a subcommand. Options must be registered."""
        words = name.split()
        command = next(
            each for each in self.commands if each["name"] == words[0] and each.get("type", 1) == 1
        )
        level = command
        if len(words) > 1:
            level = next(each for each in command["options"] if each["name"] == words[1])
        types = {option["name"]: option["type"] for option in level.get("options", [])}
        values = [{"name": key, "type": types[key], "value": value} for key, value in options.items()]
        if len(words) > 1:
            values = [{"name": words[1], "type": 1, "options": values}]
        data = {"id": command["id"], "name": words[0], "type": 1, "options": values}
        data["resolved"] = self._resolved(types, options)
        return await self._interact(2, user, place, data, manager=manager)

    def _resolved(self, types: dict[str, int], options: dict[str, Any]) -> Json:
        resolved: Json = {}
        for key, value in options.items():
            if types[key] == 7:
                channel = self.channels[int(value)]
                resolved["channels"] = {value: channel.json() | {"permissions": str(ALL_PERMISSIONS)}}
            elif types[key] == 8:
                resolved["roles"] = {value: self.guilds[0].role(int(value), "a role")}
        return resolved

    async def autocomplete(
        self, user: User, channel: Channel, name: str, option: str, typed: str
    ) -> SentInteraction:
        command = next(each for each in self.commands if each["name"] == name)
        options = [{"name": option, "type": 3, "value": typed, "focused": True}]
        return await self._interact(
            4, user, channel, {"id": command["id"], "name": name, "type": 1, "options": options}
        )

    async def message_command(self, user: User, name: str, message: Message) -> SentInteraction:
        command = next(each for each in self.commands if each["name"] == name and each.get("type") == 3)
        data = {"id": command["id"], "name": name, "type": 3, "target_id": str(message.id)}
        data["resolved"] = {"messages": {str(message.id): message.json()}}
        return await self._interact(2, user, message.channel, data)

    async def click(self, user: User, message: Message, label: str) -> SentInteraction:
        button = message.button(label)
        if button.get("disabled"):
            raise LookupError(f"button {label!r} is disabled")
        data = {"custom_id": button["custom_id"], "component_type": 2}
        return await self._interact(3, user, message.channel, data, on_message=message)

    async def submit(self, user: User, opened: SentInteraction, **texts: Any) -> SentInteraction:
        """Fill in the modal that *opened* brought, and send it; a list selects, a text is typed."""
        assert opened.response is not None
        modal = opened.response["data"]
        rows = []
        for row in modal["components"]:
            inner = row["component"]
            value = texts.get(inner["custom_id"], [] if inner["type"] == 3 else "")
            answer = {"values": value} if inner["type"] == 3 else {"value": value}
            filled = {"type": inner["type"], "id": 1, "custom_id": inner["custom_id"], **answer}
            rows.append({"type": 18, "id": 1, "component": filled})
        data = {"custom_id": modal["custom_id"], "components": rows}
        return await self._interact(5, user, opened.channel, data, on_message=opened.on_message)

    async def say(
        self,
        user: User,
        channel: Channel,
        text: str,
        *,
        mention: bool = True,
        reply_to: Message | None = None,
        webhook: bool = False,
    ) -> Message:
        """Write a message; a mention of the bot is put before the text where it is mentioned."""
        direct = channel.type == DM
        mentioned = mention and not direct
        content = f"<@{self.bot.id}> {text}" if mentioned and not reply_to else text
        message = Message(snowflake(), channel, user, {"content": content}, reply_to)
        message.mentions = [self.bot] if mentioned else []
        message.webhook_id = snowflake() if webhook else None
        self.messages[message.id] = message
        readable = direct or mentioned or user is self.bot
        data = message.json(content=readable)
        if channel.guild:
            data |= {"guild_id": str(channel.guild.id), "member": self.member(manager=False)}
        await self.gateway.dispatch("MESSAGE_CREATE", data, channel.guild.id if channel.guild else None)
        return message

    def member(self, *, manager: bool, roles: tuple[int, ...] = ()) -> Json:
        permissions = MANAGE_GUILD if manager else 0
        return {
            "roles": [str(role) for role in roles],
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
            "permissions": str(permissions),
        }

    async def _interact(
        self, kind: int, user: User, channel: Channel, data: Json, *, manager: bool = False, **more: Any
    ) -> SentInteraction:
        sent = SentInteraction(snowflake(), f"token-{snowflake()}", user, channel, kind, **more)
        self.interactions[sent.token] = sent
        guild = channel.guild
        payload: Json = {
            "id": str(sent.id),
            "application_id": str(self.application_id),
            "type": kind,
            "token": sent.token,
            "version": 1,
            "data": data,
            "channel": channel.json(),
            "channel_id": str(channel.id),
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild.id)} if guild else {"1": str(user.id)},
            "context": 0 if guild else 1,
            "app_permissions": str(ALL_PERMISSIONS),
            "attachment_size_limit": 1 << 23,
        }
        if guild:
            member = self.member(manager=manager) | {"user": user.json()}
            payload |= {"guild_id": str(guild.id), "member": member, "guild_locale": "en-US"}
            payload["guild"] = {"id": str(guild.id), "locale": "en-US", "features": []}
        else:
            payload["user"] = user.json()
        if sent.on_message:
            payload["message"] = sent.on_message.json()
        await self.gateway.dispatch("INTERACTION_CREATE", payload, guild.id if guild else None)
        return sent

    # What they see

    def changed(self) -> None:
        """Wake those who wait: something was sent."""
        self._changed.set()

    async def until(self, condition: Callable[[], Any], seconds: float = 15.0) -> None:
        """Wait until a condition on this world holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"not within {seconds} s; violations: {self.violations}")
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), min(left, 0.05))
            except TimeoutError:
                continue

    async def finished(self, sent: SentInteraction, seconds: float = 15.0) -> SentInteraction:
        """Wait until an interaction was answered in full: no longer thinking, no longer growing."""
        await self.until(lambda: sent.messages and _is_final(sent.last), seconds)
        return sent

    def from_bot(self, channel: Channel) -> list[Message]:
        """The bot's messages in a channel that are still there, the oldest first."""
        return [
            m
            for m in self.messages.values()
            if m.channel is channel and m.author is self.bot and not m.deleted
        ]

    async def answered(self, channel: Channel, count: int = 1, seconds: float = 15.0) -> Message:
        """Wait until the bot has *count* final messages in a channel; the last of them."""
        await self.until(lambda: sum(_is_final(m) for m in self.from_bot(channel)) >= count, seconds)
        return self.from_bot(channel)[-1]

    def threads(self, channel: Channel) -> list[Channel]:
        return [each for each in self.channels.values() if each.parent is channel]


def _is_final(message: Message) -> bool:
    """Growing answers and questions in the line end with a sign of it; all else is final."""
    return bool(message.text) and not message.text.rstrip().endswith(("Answering…", "right here…"))
