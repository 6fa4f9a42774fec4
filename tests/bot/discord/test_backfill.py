"""Messages sent during a lost session are answered once after the reconnect."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from discord_bot import running
from discord_stand_in import DiscordStandIn
from discord_world import ALL_PERMISSIONS

QUESTION = "How many members voted for the ban of delivery drones?"
READ_HISTORY = 1 << 16


async def no_delay(*arguments: object, **more: object) -> None:
    """Replaces the 5 s that discord.py waits before it identifies again."""


async def test_only_mentions_missed_in_a_lost_session_are_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In channels, threads and direct messages; earlier messages are not answered again."""
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel, post = guild.channels[0], discord.add_forum_post(guild, "Drones")
        async with running(discord, tmp_path) as client:
            monkeypatch.setattr(client, "before_identify_hook", no_delay)
            await discord.say(ann, discord.direct(ann), QUESTION)
            await discord.say(ben, post, QUESTION)
            await discord.answered(discord.direct(ann))
            await discord.answered(post)
            discord.gateway.forget()
            missed = await discord.say(ann, channel, QUESTION)
            await discord.say(ann, channel, "Not a question to the bot.", mention=False)
            await discord.say(ben, post, QUESTION)
            await discord.say(ann, discord.direct(ann), QUESTION)
            discord.gateway.cut()
            await discord.until(lambda: discord.threads(channel))
            assert "Seven of nine" in (await discord.answered(discord.threads(channel)[0])).text
            await discord.answered(post, 2)
            await discord.answered(discord.direct(ann), 2)
            await asyncio.sleep(0.2)
    assert [thread.id for thread in discord.threads(channel)] == [missed.id]
    assert [len(discord.from_bot(place)) for place in (channel, post, discord.direct(ann))] == [0, 2, 2]
    assert discord.violations == []


async def test_role_settings_apply_to_missed_messages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The author's roles are fetched, because missed messages come without them."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person("Ann")
        channel = guild.channels[0]
        async with running(discord, tmp_path) as client:
            monkeypatch.setattr(client, "before_identify_hook", no_delay)
            client.store.change_server(guild.id, roles=(1,))
            discord.gateway.forget()
            await discord.say(ann, channel, QUESTION)
            discord.gateway.cut()
            await discord.until(lambda: len(discord.gateway.identifies) == 2 and discord.gateway.connected)
            await discord.until(lambda: any("members" in path for _, path, _ in discord.rest.requests))
            await asyncio.sleep(0.2)
    assert not discord.threads(channel)


async def test_unreadable_channels_are_not_requested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the permission to read the history, no request is made that Discord would refuse."""
    async with DiscordStandIn() as discord:
        guild, ann = (
            discord.add_guild(permissions=ALL_PERMISSIONS & ~READ_HISTORY & ~8),
            discord.person("Ann"),
        )
        async with running(discord, tmp_path) as client:
            monkeypatch.setattr(client, "before_identify_hook", no_delay)
            discord.gateway.forget()
            await discord.say(ann, guild.channels[0], QUESTION)
            discord.gateway.cut()
            await discord.until(lambda: len(discord.gateway.identifies) == 2 and discord.gateway.connected)
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            assert "Seven of nine" in (await discord.finished(asked)).text
    assert not [
        path for method, path, _ in discord.rest.requests if path == "/channels/{channel_id}/messages"
    ]


async def test_a_disconnect_after_the_client_closed_is_ignored(tmp_path: Path) -> None:
    """discord.py dispatches it after the event loop for handlers has ended; it must not raise."""
    async with DiscordStandIn() as discord:
        discord.add_guild()
        async with running(discord, tmp_path) as client:
            pass
    client.dispatch("disconnect")
    assert client.is_closed()
