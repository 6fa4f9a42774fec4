"""A mention is answered wherever the permissions allow it; else the managers of the server are told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from discord_bot import running
from discord_stand_in import DiscordStandIn
from discord_world import (
    ADMINISTRATOR,
    ALL_PERMISSIONS,
    CREATE_PUBLIC_THREADS,
    EMBED_LINKS,
    READ_HISTORY,
    SEND_IN_THREADS,
    SEND_MESSAGES,
    Channel,
    Guild,
)

QUESTION = "How many members voted for the ban of delivery drones?"
MEMBER = ALL_PERMISSIONS & ~ADMINISTRATOR


def server(discord: DiscordStandIn, denied: int) -> tuple[Guild, Channel]:
    """A server, and a channel in which permissions are denied."""
    guild = discord.add_guild(permissions=MEMBER)
    channel = discord.add_channel(guild, "restricted")
    channel.denied = denied
    return guild, channel


@pytest.mark.parametrize(
    ("denied", "place"),
    [
        (0, "thread"),
        (READ_HISTORY, "thread"),
        (SEND_MESSAGES, "thread"),
        (SEND_IN_THREADS, "reply"),
        (CREATE_PUBLIC_THREADS, "reply"),
        (SEND_IN_THREADS | READ_HISTORY, "plain"),
    ],
)
@pytest.mark.parametrize("known", [True, False])
async def test_a_mention_is_answered_in_the_first_place_possible(
    tmp_path: Path, denied: int, place: str, known: bool
) -> None:
    """Thread, reply, plain message, in this order; also if the permissions have just changed."""
    async with DiscordStandIn() as discord:
        _, channel = server(discord, denied if known else 0)
        ann = discord.person()
        async with running(discord, tmp_path):
            channel.denied = denied
            message = await discord.say(ann, channel, QUESTION)
            if place == "thread":
                await discord.until(lambda: message.id in discord.channels)
                answer = await discord.answered(discord.channels[message.id])
            else:
                answer = await discord.answered(channel)
    assert "Seven of nine" in answer.text
    assert answer.reference is (message if place == "reply" else None)
    assert len(discord.from_bot(channel)) == (place != "thread")
    if known:  # no empty thread is left behind
        assert bool(discord.threads(channel)) is (place == "thread")
        refused = [path for path in discord.rest.requests if path[0] == "POST" and "messages" in path[1]]
        assert len(refused) <= 2
    assert discord.violations == []


async def test_help_and_refusals_are_shown_where_only_threads_are_possible(tmp_path: Path) -> None:
    """In a thread, because nothing else is possible."""
    async with DiscordStandIn() as discord:
        _, channel = server(discord, SEND_MESSAGES)
        ann = discord.person()
        async with running(discord, tmp_path, discord_rate=1):
            message = await discord.say(ann, channel, "help")
            await discord.until(lambda: message.id in discord.channels)
            assert "`/ask`" in (await discord.answered(discord.channels[message.id])).text
            await discord.say(ann, channel, QUESTION)
            refused = await discord.say(ann, channel, QUESTION)
            await discord.until(lambda: refused.id in discord.channels)
            assert "Please ask again" in (await discord.answered(discord.channels[refused.id])).text


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("has_updates_channel", [True, False])
async def test_the_managers_are_told_once_a_day(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, known: bool, has_updates_channel: bool
) -> None:
    """In the channel for moderators, else the owner directly; each mention is one line in the log."""
    nothing = SEND_MESSAGES | SEND_IN_THREADS
    async with DiscordStandIn() as discord:
        guild, channel = server(discord, nothing if known else 0)
        guild.owner, ann = discord.person("Owner"), discord.person()
        guild.updates = discord.add_channel(guild, "moderators") if has_updates_channel else None
        told = guild.updates or discord.direct(guild.owner)
        for _ in range(2):
            async with running(discord, tmp_path):
                channel.denied = nothing
                await discord.say(ann, channel, QUESTION)
                await discord.until(lambda: "cannot answer in channel" in caplog.text)
                await discord.until(lambda: discord.from_bot(told))
                await asyncio.sleep(0.1)
            assert caplog.text.count("cannot answer in channel") == 1
            caplog.clear()
    (message,) = discord.from_bot(told)
    assert f"Someone asked me something in <#{channel.id}> (Newsroom)" in message.text
    assert "“Send Messages”" in message.text
    assert not discord.from_bot(channel)
    assert discord.violations == []


async def test_an_owner_without_direct_messages_is_not_an_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so in one line."""
    caplog.set_level("INFO", "footnote.discord")
    async with DiscordStandIn() as discord:
        _, channel = server(discord, SEND_MESSAGES | SEND_IN_THREADS)
        async with running(discord, tmp_path):
            await discord.say(discord.person(), channel, QUESTION)
            await discord.until(lambda: "cannot be told" in caplog.text)
    assert not [record for record in caplog.records if record.exc_info]


async def test_cards_forbidden_in_a_channel_are_reported_there(tmp_path: Path) -> None:
    """Embed Links is also looked up where it is denied for one channel only."""
    async with DiscordStandIn() as discord:
        _, channel = server(discord, EMBED_LINKS)
        async with running(discord, tmp_path):
            await discord.say(discord.person(), channel, QUESTION)
            assert "“Embed Links”" in (await discord.answered(channel)).text
