"""Long answers are sent once, public and private, whatever is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from discord_bot import Scripted, running, said
from discord_people import SentInteraction
from discord_stand_in import DiscordStandIn, Fault
from discord_world import ADMINISTRATOR, ALL_PERMISSIONS, READ_HISTORY, Message

from bot.discord.posts.interaction_surface import SHOW_REST

LONG = Scripted(lambda question: said(question, *["This sentence is very long. " * 30] * 14))
LOST = ["500_after", "502_after", "503_after", "cut_after"]  # it arrived, but the response is lost
FAILED = ["429", "500", "503", "cut"]  # it did not arrive


def parts(messages: Sequence[Message]) -> list[list[str]]:
    """The text of each message, without the footer, which has the seconds."""
    return [[embed.get("description", "") for embed in message.embeds] for message in messages]


def is_complete(messages: Sequence[Message]) -> bool:
    """True once the last message has the buttons of a complete answer."""
    return bool(messages) and "👍" in str(messages[-1].body)


async def ask(discord: DiscordStandIn, *, private: bool) -> SentInteraction:
    ann = discord.person()
    return await discord.slash(ann, discord.guilds[0].channels[0], "ask", question="Long?", private=private)


@pytest.mark.parametrize("kind", LOST + FAILED)
async def test_a_public_follow_up_is_sent_once(tmp_path: Path, kind: str) -> None:
    """It has no nonce, so it is searched in the channel before it is sent again."""
    async with DiscordStandIn() as discord:
        discord.add_guild()
        async with running(discord, tmp_path, LONG):
            complete = await ask(discord, private=False)
            await discord.until(lambda: is_complete(complete.messages))
            discord.faults.append(Fault("POST /api/v10/webhooks", kind))
            asked = await ask(discord, private=False)
            await discord.until(lambda: len(asked.messages) == len(complete.messages))
            await discord.until(lambda: is_complete(asked.messages))
            await asyncio.sleep(1.2)  # longer than discord.py waits before it retries
    assert len(complete.messages) == 3
    assert parts(asked.messages) == parts(complete.messages)
    assert discord.violations == []


@pytest.mark.parametrize("kind", [*LOST, "500", "cut"])
@pytest.mark.parametrize("private", [True, False])
async def test_if_nobody_can_tell_whether_it_arrived_a_button_shows_the_rest(
    tmp_path: Path, kind: str, private: bool
) -> None:
    """Private follow-ups are in no list, and other channels cannot be read without permission."""
    async with DiscordStandIn() as discord:
        guild = discord.add_guild(permissions=ALL_PERMISSIONS & ~READ_HISTORY & ~ADMINISTRATOR)
        async with running(discord, tmp_path, LONG):
            complete = await ask(discord, private=private)
            await discord.until(lambda: is_complete(complete.messages))
            discord.faults.append(Fault("POST /api/v10/webhooks", kind))
            asked = await ask(discord, private=private)
            await discord.until(lambda: asked.messages and SHOW_REST in str(asked.messages[0].body))
            await asyncio.sleep(1.2)
        assert guild.channels
        assert len(asked.messages) == (2 if kind.endswith("_after") else 1)
        async with running(discord, tmp_path, LONG):  # also after a restart
            rest = await discord.click(asked.user, asked.messages[0], SHOW_REST)
            await discord.until(lambda: is_complete(rest.messages))
    assert parts([asked.messages[0], *rest.messages]) == parts(complete.messages)
    assert rest.last.button("👍 Helpful")
    assert all(message.ephemeral for message in rest.messages)
    assert discord.violations == []


@pytest.mark.parametrize("kind", LOST)
@pytest.mark.parametrize("match", ["PATCH", "callback", "DELETE", "POST /api/v10/channels", "/threads"])
async def test_a_lost_response_of_any_other_request_repeats_nothing(
    tmp_path: Path, match: str, kind: str
) -> None:
    """Mentions in threads and commands: one complete answer each."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path, LONG):
            discord.faults.append(Fault(match, kind))
            if match in ("PATCH", "callback", "DELETE"):
                asked = await ask(discord, private=False)
                await discord.until(lambda: is_complete(asked.messages))
                sent = asked.messages
            else:
                message = await discord.say(ann, channel, "How long?")
                await discord.until(lambda: message.id in discord.channels)
                thread = discord.channels[message.id]
                await discord.until(lambda: is_complete(discord.from_bot(thread)))
                sent = discord.from_bot(thread)
            await asyncio.sleep(0.5)
    assert len(sent) == 3
    assert [text for text in discord.violations if "second acknowledgement" not in text] == []
