"""Where the bot's permissions let it answer a message: in a thread, as a reply, or as a plain message."""

from __future__ import annotations

from dataclasses import dataclass

import discord

from bot.discord.posts.delivery import Target

_CAN_HAVE_THREADS = (discord.ChannelType.text, discord.ChannelType.news)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a message can be answered.

    ``thread``: a thread can be created from it. ``channel``: its own channel. ``reply``: the answer can refer
    to it. ``embeds``: answers can be shown as cards. ``missing``: permissions without which nothing is
    possible.
    """

    thread: bool = False
    channel: bool = True
    reply: bool = True
    embeds: bool = True
    missing: tuple[str, ...] = ()

    def targets(self, message: discord.Message, thread: discord.Thread | None = None) -> list[Target]:
        """The places to try, the best one first. *thread* was created from the message."""
        targets = [Target(thread)] if thread else []
        if self.channel and self.reply:
            targets.append(Target(message.channel, message.to_reference(fail_if_not_exists=False)))
        if self.channel:
            targets.append(Target(message.channel))
        return targets


def placement(message: discord.Message) -> Placement:
    """Where a message can be answered. What discord.py does not know is taken as permitted, to be tried."""
    channel = message.channel
    can_have_threads = channel.type in _CAN_HAVE_THREADS
    granted = _permissions(message)
    if granted is None:
        return Placement(thread=can_have_threads)
    in_threads = granted.send_messages_in_threads
    if isinstance(channel, discord.Thread):
        write = in_threads and (granted.manage_threads or not channel.locked)
        needed = "manage_threads" if in_threads else "send_messages_in_threads"
    else:
        write, needed = granted.send_messages, "send_messages"
    thread = can_have_threads and granted.create_public_threads and in_threads
    return Placement(
        thread=thread,
        channel=write,
        reply=granted.read_message_history,
        embeds=granted.embed_links,
        missing=() if write or thread else (needed,),
    )


def _permissions(message: discord.Message) -> discord.Permissions | None:
    """The bot's permissions where a message was written; None if discord.py does not know them.

    Permissions that are useless without another one are included: Embed Links counts in threads also if the
    bot cannot write in the channel itself.
    """
    channel = message.channel
    place = channel.parent if isinstance(channel, discord.Thread) else channel
    if not isinstance(place, discord.abc.GuildChannel) or message.guild is None or message.guild.me is None:
        return None
    return discord.abc.GuildChannel.permissions_for(place, message.guild.me)
