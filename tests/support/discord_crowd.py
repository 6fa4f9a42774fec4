"""Many people ask hostile questions at once, in every way; the stand-in checks what the bot sends."""

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
    """Ask *count* questions by command, mention and direct message, and press buttons."""
    hostile = Hostile(seed)
    assistant = Scripted(hostile.answer, model="m-1")
    async with DiscordStandIn(rate_window=0.02) as discord:
        guild = discord.add_guild()
        async with running(
            discord, state, assistant, discord_rate=10**6, discord_queue_server=10**6, discord_queue=10**6
        ):
            for first in range(0, count, 20):
                await asyncio.gather(
                    *(_ask(discord, hostile, number) for number in range(first, min(first + 20, count)))
                )
        assert len(assistant.asked) == count
        assert guild.channels
    return discord


async def _ask(discord: DiscordStandIn, hostile: Hostile, number: int) -> None:
    person, channel = discord.person(f"P{number}"), discord.guilds[0].channels[0]
    way = number % 4
    if way == 2:
        await discord.say(person, discord.direct(person), hostile.question())
        answer = await _complete(discord, lambda: discord.from_bot(discord.direct(person)))
    elif way == 3:
        message = await discord.say(person, channel, hostile.question())
        await discord.until(lambda: message.id in discord.channels, 60)
        answer = await _complete(discord, lambda: discord.from_bot(discord.channels[message.id]))
    else:
        asked = await discord.slash(person, channel, "ask", question=hostile.question(), private=way == 1)
        answer = await _complete(discord, lambda: asked.messages)
    if any(button.get("label") == "1" for button in answer.buttons):
        opened: SentInteraction = await discord.click(person, answer, "1")
        await discord.finished(opened, 60)


async def _complete(discord: DiscordStandIn, messages: Callable[[], list[Message]]) -> Message:
    """Wait for the last message of an answer, the one with several buttons."""
    await discord.until(lambda: messages() and len(messages()[-1].buttons) > 1, 60)
    return messages()[-1]
