"""Where something was said, as discord.py's objects tell it: may we answer, in which talk, what was asked."""

from __future__ import annotations

import re
from contextlib import suppress

import discord

from bot.discord.handlers.discord_store import ServerSettings

_MENTION = re.compile(r"<(?:@[!&]?|#)(\d+)>|<a?:(\w+):\d+>|</([\w -]+):\d+>|<t:\d+(?::\w)?>")

_SHOWN_LINK = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)")


def channel_ids(channel: object) -> tuple[int, ...]:
    """The ids that a channel is known by: its own, that of a thread's channel, that of the category."""
    own = getattr(channel, "id", None)
    parent = getattr(channel, "parent_id", None)
    category = None
    with suppress(discord.ClientException):  # of a thread whose channel is not known
        category = getattr(channel, "category_id", None)
    return tuple(each for each in (own, parent, category) if isinstance(each, int))


def is_allowed(settings: ServerSettings, channel: object, person: discord.abc.User) -> bool:
    """Whether a server lets this person ask in this channel; those who manage the server always may."""
    if isinstance(person, discord.Member) and _manages(person):
        return True
    if settings.channels and not set(settings.channels) & set(channel_ids(channel)):
        return False
    return not settings.roles or (
        isinstance(person, discord.Member) and any(person.get_role(role) for role in settings.roles)
    )


def _manages(member: discord.Member) -> bool:
    granted = member.resolved_permissions  # known in interactions, also when it is none at all
    if granted is None:
        granted = member.guild_permissions
    return granted.manage_guild or granted.administrator


def conversation(server: int, channel: object, person: int, *, private: bool = False) -> str:
    """The name of the talk that a question belongs to.

    A thread, a forum post and direct messages are one talk each; in a channel every person has one of
    their own, and another for private answers, which must not show in later ones.
    """
    where = channel_ids(channel)[:1] or (0,)
    key = f"discord:{server}:{where[0]}"
    shared = isinstance(channel, (discord.Thread, discord.DMChannel)) and not private
    return key if shared else f"{key}:{person}" + (":private" if private else "")


def question_of(content: str, me: int, names: dict[int, str]) -> str:
    """What a message asks: its words without our mention; other mentions become names."""

    def named(found: re.Match[str]) -> str:
        target, emoji, command = found.groups()
        if target is None:
            return emoji or (f"/{command}" if command else "")
        return "" if int(target) == me else names.get(int(target), "")

    return " ".join(_MENTION.sub(named, content).split())


def text_of(message: discord.Message) -> str:
    """What a message says, its Markdown, links and markers left out; of cards when it has no words itself."""
    text = message.content or "\n\n".join(card.description or "" for card in message.embeds)
    text = _MENTION.sub("", _SHOWN_LINK.sub(r"\1", text))
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", re.sub(r"(?<!\\)[*_~`|]+|\[(?:\d+|[~?])\]", "", text))


def is_addressed(message: discord.Message, me: discord.abc.User) -> bool:
    """Whether a message speaks to us: a person's words that mention us, reply to us or are for us alone."""
    if message.author.bot or message.webhook_id or message.type not in _PEOPLE_SAY:
        return False
    if message.guild is None:
        return True
    if any(user.id == me.id for user in message.mentions):
        return True
    replied = message.reference.resolved if message.reference else None
    return isinstance(replied, discord.Message) and replied.author.id == me.id


_PEOPLE_SAY = {discord.MessageType.default, discord.MessageType.reply}
