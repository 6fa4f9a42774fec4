"""Rules for messages and channels: who can ask where, which conversation it is, and what was asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress

import discord

from bot.discord.handlers.server_settings import ServerSettings

_MENTION = re.compile(r"<(?:@[!&]?|#)(\d+)>|<a?:(\w+):\d+>|</([\w -]+):\d+>|<t:\d+(?::\w)?>")
_MASKED_LINK = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)")
_SMALL_PRINT = re.compile(r"^-# .*$", re.MULTILINE)
MANAGERS_ONLY = "You need the permission “Manage Server” to do that."
_USER_MESSAGES = {discord.MessageType.default, discord.MessageType.reply}


def channel_ids(channel: object) -> tuple[int, ...]:
    """The ids of a channel, of the parent channel if it is a thread, and of its category."""
    own = getattr(channel, "id", None)
    parent = getattr(channel, "parent_id", None)
    category = None
    with suppress(discord.ClientException):  # raised for a thread whose parent channel is unknown
        category = getattr(channel, "category_id", None)
    return tuple(channel_id for channel_id in (own, parent, category) if isinstance(channel_id, int))


def is_allowed(settings: ServerSettings, channel: object, person: discord.abc.User) -> bool:
    """True if the server lets this person ask in this channel; server managers always can."""
    if isinstance(person, discord.Member) and _is_manager(person):
        return True
    if settings.channels and not set(settings.channels) & set(channel_ids(channel)):
        return False
    return not settings.roles or (
        isinstance(person, discord.Member) and any(person.get_role(role) for role in settings.roles)
    )


def managed_server(interaction: discord.Interaction) -> int | None:
    """The server in which an interaction was started; None if the person cannot manage it."""
    return interaction.guild_id if interaction.permissions.manage_guild else None


def _is_manager(member: discord.Member) -> bool:
    permissions = member.resolved_permissions  # set in interactions, even if it grants nothing
    if permissions is None:
        permissions = member.guild_permissions
    return permissions.manage_guild or permissions.administrator


def conversation_id(server: int, channel: object, person: int, *, private: bool = False) -> str:
    """The id of the conversation that a question belongs to.

    Each thread, forum post and direct message channel is one conversation. In other channels, each person
    has a public one and a private one, so that private answers do not leak into public ones.
    """
    own = channel_ids(channel)[:1] or (0,)
    key = f"discord:{server}:{own[0]}"
    shared = isinstance(channel, (discord.Thread, discord.DMChannel)) and not private
    return key if shared else f"{key}:{person}" + (":private" if private else "")


def server_id(message: discord.Message) -> int:
    """The id of a message's server, also of one that discord.py could not read; 0 for direct messages."""
    return message.guild.id if message.guild else getattr(message.channel, "guild_id", None) or 0


def question_text(content: str, me: int, names: Mapping[int, str]) -> str:
    """The question in a message: its text without the mention of the bot; other mentions become names."""

    def name_of(match: re.Match[str]) -> str:
        target, emoji, command = match.groups()
        if target is None:
            return emoji or (f"/{command}" if command else "")
        return "" if int(target) == me else names.get(int(target), "")

    return " ".join(_MENTION.sub(name_of, content).split())


def message_text(message: discord.Message) -> str:
    """The text of a message, or of its embeds if it has none, without small print, Markdown and links."""
    text = message.content or "\n\n".join(embed.description or "" for embed in message.embeds)
    text = _MENTION.sub("", _MASKED_LINK.sub(r"\1", _SMALL_PRINT.sub("", text)))
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", re.sub(r"(?<!\\)[*_~`|]+", "", text))


def is_addressed(message: discord.Message, me: discord.abc.User) -> bool:
    """True for a person's message that mentions the bot, replies to it or is sent to it directly."""
    if message.author.bot or message.webhook_id or message.type not in _USER_MESSAGES:
        return False
    if not server_id(message):
        return True
    if any(user.id == me.id for user in message.mentions):
        return True
    original = message.reference.resolved if message.reference else None
    return isinstance(original, discord.Message) and original.author.id == me.id
