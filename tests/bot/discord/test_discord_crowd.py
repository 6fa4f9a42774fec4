"""Many people at once, and words that mean no good: everybody is answered, no rule of Discord is broken."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from discord_bot import Scripted, running, said
from discord_crowd import ask_in_every_way
from discord_stand_in import DiscordStandIn

from bot.discord.handlers import question_task


async def test_hostile_words_never_leave_as_anything_but_words(tmp_path: Path) -> None:
    """No ping, no text too long, no late or second acknowledgement; 1,000 of these are a benchmark."""
    discord = await ask_in_every_way(100, 1, tmp_path)
    assert discord.violations == []


async def test_200_questions_of_50_people_at_once_are_answered_in_order(tmp_path: Path) -> None:
    """Each person's questions one after another, each knowing those before; never more at once than set."""
    assistant = Scripted(lambda question: said(question, f"Answer to {question}"), pause=0.001)
    async with DiscordStandIn(rate_window=0.02) as discord:
        guild = discord.add_guild()
        people = [discord.person(f"P{number}") for number in range(50)]
        async with running(discord, tmp_path, assistant, discord_parallel=4):
            asked = [
                await discord.slash(person, guild.channels[0], "ask", question=f"{person.name} asks {number}")
                for number in range(4)
                for person in people
            ]
            await asyncio.gather(*(discord.finished(each, 60) for each in asked))
    for person in people:
        assert [q for q in assistant.asked if q.startswith(f"{person.name} ")] == [
            f"{person.name} asks {number}" for number in range(4)
        ]
    assert sorted(len(history) for history in assistant.histories) == sorted([0, 1, 2, 3] * 50)
    assert assistant.most_at_once == 4
    assert all(len(each.messages) == 1 and "Answer to" in each.text for each in asked)
    assert discord.violations == []


async def test_who_asks_too_much_is_kindly_told_when_to_come_again(tmp_path: Path) -> None:
    """To the asker alone; in a channel only once a minute."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        post = discord.add_forum_post(guild, "Drones")
        async with running(discord, tmp_path, Scripted(lambda q: said(q, "Yes.")), discord_rate=2):
            for _ in range(2):
                await discord.finished(await discord.slash(ann, post, "ask", question="May I?"))
            third = await discord.finished(await discord.slash(ann, post, "ask", question="May I?"))
            assert third.last.ephemeral
            assert "Please ask again in" in third.text
            before = len(discord.from_bot(post))
            for _ in range(3):
                await discord.say(ann, post, "May I now?")
            await discord.answered(post, before + 1)
            await asyncio.sleep(0.2)
            assert len(discord.from_bot(post)) == before + 1


async def test_the_place_in_the_line_is_shown_and_a_full_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits sees how many go before; who finds no place is told at once."""
    slow = Scripted(lambda question: said(question, *["Slow."] * 10), pause=0.05)
    monkeypatch.setattr(question_task, "PLACE_EVERY", 0.2)
    async with DiscordStandIn() as discord:
        guild = discord.add_guild()
        people = [discord.person(f"P{number}") for number in range(4)]
        async with running(discord, tmp_path, slow, discord_parallel=1, discord_queue_server=3):
            asked = [
                await discord.slash(person, guild.channels[0], "ask", question="How slow?")
                for person in people
            ]
            await discord.finished(asked[3])
            assert "questions are waiting already" in asked[3].text
            await discord.until(lambda: "number 2 in the line" in asked[2].text)
            for each in asked[:3]:
                assert "Slow." in (await discord.finished(each)).text
    assert discord.violations == []
