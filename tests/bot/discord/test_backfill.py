"""What people wrote while there was no session is answered when there is one again, and once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from discord_bot import running
from discord_stand_in import DiscordStandIn
from discord_world import ALL_PERMISSIONS

QUESTION = "How many members voted for the ban of delivery drones?"
READ_HISTORY = 1 << 16


async def at_once(*arguments: object, **more: object) -> None:
    """Not the 5 s that discord.py waits before it identifies again."""


async def test_mentions_of_a_lost_session_are_answered_and_no_other_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In channels, threads and direct messages; what was answered before is not answered again."""
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel, post = guild.channels[0], discord.add_forum_post(guild, "Drones")
        async with running(discord, tmp_path) as client:
            monkeypatch.setattr(client, "before_identify_hook", at_once)
            await discord.say(ann, discord.direct(ann), QUESTION)
            await discord.say(ben, post, QUESTION)
            await discord.answered(discord.direct(ann))
            await discord.answered(post)
            discord.gateway.forget()
            missed = await discord.say(ann, channel, QUESTION)
            await discord.say(ann, channel, "Nobody is asked.", mention=False)
            await discord.say(ben, post, QUESTION)
            await discord.say(ann, discord.direct(ann), QUESTION)
            discord.gateway.cut()
            await discord.until(lambda: discord.threads(channel))
            assert "Seven of nine" in (await discord.answered(discord.threads(channel)[0])).text
            await discord.answered(post, 2)
            await discord.answered(discord.direct(ann), 2)
            await asyncio.sleep(0.2)
    assert [each.id for each in discord.threads(channel)] == [missed.id]
    assert [len(discord.from_bot(each)) for each in (channel, post, discord.direct(ann))] == [0, 2, 2]
    assert discord.violations == []


async def test_a_role_that_may_ask_is_known_of_who_was_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings of a server hold for what is answered later, too."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person("Ann")
        channel = guild.channels[0]
        async with running(discord, tmp_path) as client:
            monkeypatch.setattr(client, "before_identify_hook", at_once)
            client.store.change_server(guild.id, roles=(1,))
            discord.gateway.forget()
            await discord.say(ann, channel, QUESTION)
            discord.gateway.cut()
            await discord.until(lambda: len(discord.gateway.identifies) == 2 and discord.gateway.connected)
            await discord.until(lambda: any("members" in path for _, path, _ in discord.rest.requests))
            await asyncio.sleep(0.2)
    assert not discord.threads(channel)


async def test_what_may_not_be_read_is_not_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the permission to read what was written before, no request is made that Discord refuses."""
    async with DiscordStandIn() as discord:
        guild, ann = (
            discord.add_guild(permissions=ALL_PERMISSIONS & ~READ_HISTORY & ~8),
            discord.person("Ann"),
        )
        async with running(discord, tmp_path) as client:
            monkeypatch.setattr(client, "before_identify_hook", at_once)
            discord.gateway.forget()
            await discord.say(ann, guild.channels[0], QUESTION)
            discord.gateway.cut()
            await discord.until(lambda: len(discord.gateway.identifies) == 2 and discord.gateway.connected)
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            assert "Seven of nine" in (await discord.finished(asked)).text
    assert not [
        path for method, path, _ in discord.rest.requests if path == "/channels/{channel_id}/messages"
    ]


async def test_a_connection_that_ends_with_the_bot_is_no_loss(tmp_path: Path) -> None:
    """discord.py tells of it when there is no loop for handlers any more: that ends nothing in an error."""
    async with DiscordStandIn() as discord:
        discord.add_guild()
        async with running(discord, tmp_path) as client:
            pass
    client.dispatch("disconnect")
    assert client.is_closed()
