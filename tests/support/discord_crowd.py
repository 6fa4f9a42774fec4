"""A crowd that asks the bot in every way at once, with hostile words; the stand-in judges what it gets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from discord_bot import Scripted, running
from discord_hostile import Hostile
from discord_people import SentInteraction
from discord_stand_in import DiscordStandIn
from discord_world import Message


async def ask_in_every_way(count: int, seed: int, state: Path) -> DiscordStandIn:
    """Ask *count* questions by command, mention and direct message, press buttons; all must be answered."""
    hostile = Hostile(seed)
    assistant = Scripted(hostile.answer, model="m-1")
    async with DiscordStandIn(rate_window=0.02) as discord:
        guild = discord.add_guild()
        async with running(
            discord, state, assistant, discord_rate=10**6, discord_queue_server=10**6, discord_queue=10**6
        ):
            for first in range(0, count, 20):
                await asyncio.gather(
                    *(_one(discord, hostile, n) for n in range(first, min(first + 20, count)))
                )
        assert len(assistant.asked) == count
        assert guild.channels
    return discord


async def _one(discord: DiscordStandIn, hostile: Hostile, number: int) -> None:
    person, channel = discord.person(f"P{number}"), discord.guilds[0].channels[0]
    way = number % 4
    if way == 2:
        await discord.say(person, discord.direct(person), hostile.question())
        answer = await _whole(discord, lambda: discord.from_bot(discord.direct(person)))
    elif way == 3:
        message = await discord.say(person, channel, hostile.question())
        await discord.until(lambda: message.id in discord.channels, 60)
        answer = await _whole(discord, lambda: discord.from_bot(discord.channels[message.id]))
    else:
        asked = await discord.slash(person, channel, "ask", question=hostile.question(), private=way == 1)
        answer = await _whole(discord, lambda: asked.messages)
    if any(button.get("label") == "1" for button in answer.buttons):
        opened: SentInteraction = await discord.click(person, answer, "1")
        await discord.finished(opened, 60)


async def _whole(discord: DiscordStandIn, messages: Callable[[], list[Message]]) -> Message:
    """The last message of an answer: the one with the buttons."""
    await discord.until(lambda: messages() and messages()[-1].buttons, 60)
    return messages()[-1]
