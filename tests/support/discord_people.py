"""What people do in the Discord stand-in: use commands, write, press buttons, submit forms."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from discord_cdn import Cdn
from discord_gateway import Gateway
from discord_world import (
    ALL_PERMISSIONS,
    DM,
    MANAGE_GUILD,
    Channel,
    Guild,
    Message,
    User,
    snowflake,
)

Json = dict[str, Any]


@dataclass
class SentInteraction:
    """An interaction of a person and all responses to it."""

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
        """The response and its follow-ups, without deleted ones."""
        return [
            message
            for message in ([self.original] if self.original else []) + self.followups
            if not message.deleted
        ]

    @property
    def text(self) -> str:
        return "\n".join(message.text for message in self.messages)

    @property
    def last(self) -> Message:
        return self.messages[-1]


class People:
    """The part of the stand-in through which people act."""

    application_id: int
    bot: User
    guilds: list[Guild]
    channels: dict[int, Channel]
    messages: dict[int, Message]
    interactions: dict[str, SentInteraction]
    commands: list[Json]
    gateway: Gateway
    cdn: Cdn
    port: int

    async def slash(
        self, user: User, place: Channel, name: str, *, manager: bool = False, **options: Any
    ) -> SentInteraction:
        """Use a slash command; "settings channel" is a subcommand. Options must be registered."""
        words = name.split()
        command = next(
            command
            for command in self.commands
            if command["name"] == words[0] and command.get("type", 1) == 1
        )
        level = command
        if len(words) > 1:
            level = next(option for option in command["options"] if option["name"] == words[1])
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
            elif types[key] == 11:
                file = self.cdn.files[int(value)]
                resolved["attachments"] = {value: self.cdn.json(file, f"http://127.0.0.1:{self.port}")}
        return resolved

    async def autocomplete(
        self, user: User, channel: Channel, name: str, option: str, typed: str, *, manager: bool = False
    ) -> SentInteraction:
        command = next(command for command in self.commands if command["name"] == name)
        options = [{"name": option, "type": 3, "value": typed, "focused": True}]
        return await self._interact(
            4,
            user,
            channel,
            {"id": command["id"], "name": name, "type": 1, "options": options},
            manager=manager,
        )

    async def message_command(self, user: User, name: str, message: Message) -> SentInteraction:
        command = next(
            command for command in self.commands if command["name"] == name and command.get("type") == 3
        )
        data = {"id": command["id"], "name": name, "type": 3, "target_id": str(message.id)}
        data["resolved"] = {"messages": {str(message.id): message.json()}}
        return await self._interact(2, user, message.channel, data)

    async def click(
        self, user: User, message: Message, label: str, *, manager: bool = False
    ) -> SentInteraction:
        button = message.button(label)
        if button.get("disabled"):
            raise LookupError(f"button {label!r} is disabled")
        data = {"custom_id": button["custom_id"], "component_type": 2}
        return await self._interact(3, user, message.channel, data, on_message=message, manager=manager)

    async def submit(self, user: User, opened: SentInteraction, **texts: Any) -> SentInteraction:
        """Fill in and submit the modal of *opened*; lists are selections, strings are typed text."""
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
        """Write a message, prefixed with a mention of the bot unless it is a reply or a direct message."""
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

    async def delete_message(self, message: Message) -> None:
        """Delete a message, as its author or a moderator does."""
        message.deleted = True
        guild = message.channel.guild
        row = {"id": str(message.id), "channel_id": str(message.channel.id)}
        if guild:
            row["guild_id"] = str(guild.id)
        await self.gateway.dispatch("MESSAGE_DELETE", row, guild.id if guild else None)

    async def delete_channel(self, channel: Channel) -> None:
        """Delete a channel or thread."""
        assert channel.guild is not None
        del self.channels[channel.id]
        for message in self.messages.values():
            message.deleted = message.deleted or message.channel is channel
        event = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
        row = channel.json() | {"guild_id": str(channel.guild.id)}
        await self.gateway.dispatch(event, row, channel.guild.id)

    async def remove_bot(self, guild: Guild) -> None:
        """Remove the bot from a server."""
        for channel in guild.channels:
            self.channels.pop(channel.id, None)
        await self.gateway.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild.id)

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
            "locale": user.locale,
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild.id)} if guild else {"1": str(user.id)},
            "context": 0 if guild else 1,
            "app_permissions": str(guild.permissions & ~channel.denied if guild else ALL_PERMISSIONS),
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
