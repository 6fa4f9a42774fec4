"""Events that discord.py cannot parse: the bot logs them and continues to answer."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from discord_bot import running
from discord_stand_in import DiscordStandIn

from bot.discord import event_guard

QUESTION = "How many members voted for the ban of delivery drones?"
UNKNOWN_CHANNEL: dict[str, Any] = {"id": "1", "type": 0, "name": None, "permission_overwrites": [{"id": "x"}]}


@pytest.mark.parametrize("sharded", [False, True])
async def test_an_event_of_unknown_shape_is_logged_and_ignored(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, sharded: bool
) -> None:
    """The log has the traceback, and the connection stays."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, discord_sharded=sharded):
            row = UNKNOWN_CHANNEL | {"guild_id": str(guild.id)}
            await discord.gateway.dispatch("CHANNEL_CREATE", row, guild.id)
            await discord.gateway.dispatch("MESSAGE_CREATE", {"id": "2"}, guild.id)
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            assert "Seven of nine" in (await discord.finished(asked)).text
    errors = [record for record in caplog.records if "cannot be read" in record.message]
    assert [record.args for record in errors] == [("CHANNEL_CREATE",), ("MESSAGE_CREATE",)]
    assert all(record.exc_info for record in errors)
    assert len(discord.gateway.identifies) == 1


async def test_a_mention_in_a_server_of_unknown_shape_is_answered(tmp_path: Path) -> None:
    """Nothing is known about its channels, so the answer is a reply; other messages are ignored."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            unreadable = discord.add_guild("Other")
            place = unreadable.channels[0]
            row = unreadable.json()
            row["channels"].append(UNKNOWN_CHANNEL)
            await discord.gateway.dispatch("GUILD_CREATE", row, unreadable.id)
            await discord.say(ann, place, "Not for the bot.", mention=False)
            await discord.say(ann, place, QUESTION)
            assert "Seven of nine" in (await discord.answered(place)).text
            await discord.say(ann, channel, QUESTION)
            await discord.until(lambda: discord.threads(channel))
    assert len(discord.from_bot(place)) == 1
    assert discord.violations == []


async def test_the_bot_connects_again_after_an_unexpected_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frame that is not JSON ends discord.py's connection; the bot opens a new one."""
    caplog.set_level(logging.INFO, "footnote.discord")
    monkeypatch.setattr(event_guard, "FIRST_RECONNECT_DELAY", 0.01)
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            await discord.gateway.send_raw("<html>")
            await discord.until(lambda: len(discord.gateway.identifies) == 2)
            await asyncio.sleep(0.1)
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            assert "Seven of nine" in (await discord.finished(asked)).text
    unexpected = [record for record in caplog.records if "ended unexpectedly" in record.message]
    assert len(unexpected) == 1
    assert unexpected[0].exc_info
