"""The data of the Discord stand-in: users, servers, channels and messages, and their JSON."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]
EPOCH_MS = 1420070400000
TEXT, DM, VOICE, ANNOUNCEMENT, PUBLIC_THREAD, FORUM = 0, 1, 2, 5, 11, 15
ALL_PERMISSIONS = (1 << 53) - 1
MANAGE_GUILD = 1 << 5
ADMINISTRATOR, ADD_REACTIONS, VIEW_CHANNEL, SEND_MESSAGES = 1 << 3, 1 << 6, 1 << 10, 1 << 11
EMBED_LINKS, READ_HISTORY = 1 << 14, 1 << 16
MANAGE_THREADS, CREATE_PUBLIC_THREADS, SEND_IN_THREADS = 1 << 34, 1 << 35, 1 << 38
BOT_NAME = "Footnote"

_counter = itertools.count(1)


def snowflake(age_seconds: float = 0.0) -> int:
    """A new id with a timestamp *age_seconds* ago."""
    return (int((time.time() - age_seconds) * 1000) - EPOCH_MS << 22) + next(_counter) % (1 << 22)


def timestamp() -> str:
    return datetime.now(UTC).isoformat()


@dataclass
class User:
    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"  # of the person's client

    def json(self) -> Json:
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": self.name,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
        }


@dataclass
class Channel:
    id: int
    type: int
    name: str
    guild: Guild | None = None
    parent: Channel | None = None
    owner_id: int = 0
    recipient: User | None = None
    last_message_id: int | None = None
    denied: int = 0  # permissions that the bot does not have here; threads inherit them
    locked: bool = False

    @property
    def is_thread(self) -> bool:
        return self.type == PUBLIC_THREAD

    def grants(self, permission: int) -> bool:
        """True if the bot has a permission here."""
        if self.guild is None or self.guild.permissions & ADMINISTRATOR:
            return True
        denied = self.parent.denied if self.is_thread and self.parent else self.denied
        return bool(self.guild.permissions & ~denied & permission)

    def may_write(self) -> bool:
        """True if the bot can write messages here."""
        if self.is_thread:
            return self.grants(SEND_IN_THREADS) and (not self.locked or self.grants(MANAGE_THREADS))
        return self.grants(SEND_MESSAGES)

    def json(self) -> Json:
        row: Json = {"id": str(self.id), "type": self.type, "name": self.name, "position": 0, "flags": 0}
        row["last_message_id"] = str(self.last_message_id) if self.last_message_id else None
        if self.recipient:
            row |= {"recipients": [self.recipient.json()]}
        if self.guild:
            row |= {
                "guild_id": str(self.guild.id),
                "permission_overwrites": self._overwrites(),
                "nsfw": False,
            }
            row |= {"bitrate": 64000, "user_limit": 0, "topic": None, "available_tags": []}
        if self.is_thread and self.parent:
            row |= {"parent_id": str(self.parent.id), "owner_id": str(self.owner_id)}
            row |= {
                "message_count": 1,
                "member_count": 2,
                "thread_metadata": _thread_metadata() | {"locked": self.locked},
            }
        return row

    def _overwrites(self) -> list[Json]:
        assert self.guild is not None
        bot = {"id": str(self.guild.bot.id), "type": 1, "allow": "0", "deny": str(self.denied)}
        return [bot] if self.denied else []


def _thread_metadata() -> Json:
    return {
        "archived": False,
        "auto_archive_duration": 1440,
        "archive_timestamp": timestamp(),
        "locked": False,
        "create_timestamp": timestamp(),
    }


@dataclass
class Guild:
    id: int
    name: str
    bot: User
    permissions: int = ALL_PERMISSIONS
    channels: list[Channel] = field(default_factory=list)
    owner: User | None = None
    updates: Channel | None = None  # for Discord's notices to moderators
    locale: str = "en-US"

    def json(self) -> Json:
        member = {"user": self.bot.json(), "roles": [str(self.bot.id)], "joined_at": timestamp(), "flags": 0}
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner.id) if self.owner else "1",
            "public_updates_channel_id": str(self.updates.id) if self.updates else None,
            "roles": [self.role(self.id, "@everyone"), self.role(self.bot.id, "Footnote", self.permissions)],
            "channels": [channel.json() for channel in self.channels if not channel.is_thread],
            "threads": [channel.json() for channel in self.channels if channel.is_thread],
            "members": [member | {"deaf": False, "mute": False}],
            "member_count": 2,
            "large": False,
            "features": [],
            "emojis": [],
            "stickers": [],
            "unavailable": False,
            "preferred_locale": self.locale,
        }

    def role(self, id: int, name: str, permissions: int = 0) -> Json:
        row: Json = {"id": str(id), "name": name, "permissions": str(permissions), "position": 0, "color": 0}
        colors = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
        return row | {"hoist": False, "managed": False, "mentionable": False, "flags": 0, "colors": colors}


@dataclass
class Message:
    """A message with all states that its readers saw (``states``: time and body)."""

    id: int
    channel: Channel
    author: User
    body: Json
    reference: Message | None = None
    mentions: list[User] = field(default_factory=list)
    webhook_id: int | None = None
    interaction: Json | None = None  # its interaction_metadata
    ephemeral: bool = False
    deleted: bool = False
    reactions: list[str] = field(default_factory=list)  # of the bot
    states: list[tuple[float, Json]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.ephemeral:
            self.channel.last_message_id = self.id
        self.states.append((time.monotonic(), dict(self.body)))

    def edit(self, body: Json) -> None:
        self.body = self.body | body
        self.states.append((time.monotonic(), dict(self.body)))

    @property
    def content(self) -> str:
        return self.body.get("content") or ""

    @property
    def embeds(self) -> list[Json]:
        return self.body.get("embeds") or []

    @property
    def text(self) -> str:
        """The visible text: content, then titles, descriptions, fields and footers of the embeds."""
        parts = [self.content]
        for embed in self.embeds:
            fields = [f"{field['name']}\n{field['value']}" for field in embed.get("fields", [])]
            footer = embed.get("footer", {}).get("text", "")
            parts += [embed.get("title", ""), embed.get("description", ""), *fields, footer]
        return "\n".join(part for part in parts if part)

    @property
    def buttons(self) -> list[Json]:
        return [button for row in self.body.get("components") or [] for button in row["components"]]

    def button(self, label: str) -> Json:
        """The button with this label or emoji. Raises LookupError."""
        for button in self.buttons:
            emoji = (button.get("emoji") or {}).get("name", "")
            if label in (button.get("label"), emoji):
                return button
        raise LookupError(f"no button {label!r} in {[button.get('label') for button in self.buttons]}")

    def json(self, *, content: bool = True) -> Json:
        """The message as the API returns it; without *content*, as for a bot that cannot read it."""
        row: Json = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "author": self.author.json(),
            "content": self.content if content else "",
            "timestamp": timestamp(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [user.json() for user in self.mentions],
            "mention_roles": [],
            "attachments": [],
            "embeds": [{"type": "rich"} | embed for embed in self.embeds] if content else [],
            "components": self.body.get("components") or [],
            "pinned": False,
            "type": 19 if self.reference else 0,
            "flags": 64 if self.ephemeral else 0,
        }
        if self.webhook_id:
            row["webhook_id"] = str(self.webhook_id)
        if self.interaction:
            row["interaction_metadata"] = self.interaction
        if self.reference:
            row["message_reference"] = {
                "message_id": str(self.reference.id),
                "channel_id": str(self.reference.channel.id),
            }
            row["referenced_message"] = self.reference.json()
        return row
