"""What people see on Discord: questions answered with sources, passages opened with one click."""

from __future__ import annotations

from pathlib import Path

from discord_bot import running
from discord_stand_in import DiscordStandIn

QUESTION = "How many members voted for the ban of delivery drones?"


async def test_a_question_is_acknowledged_and_answered_with_numbered_sources(tmp_path: Path) -> None:
    """/ask is acknowledged at once; the answer carries markers, sources with what is known, and a footer."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            await discord.finished(asked)
    assert asked.acknowledged is not None
    assert asked.acknowledged < 3
    assert "Seven of nine members voted for the ban. [2]" in asked.text
    assert "**Harbour town bans delivery drones** · The Quay · 2022-03-04 · harbour.txt:3" in asked.text
    assert "extractive" in asked.last.embeds[-1]["footer"]["text"]
    assert not discord.violations
