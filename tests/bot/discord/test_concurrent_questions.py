"""Many questions at once, and hostile texts: everybody is answered within Discord's rules."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from discord_bot import Scripted, running, said
from discord_crowd import ask_in_every_way
from discord_stand_in import DiscordStandIn

from bot.discord.handlers import question_task


async def test_hostile_texts_break_no_rule_of_discord(tmp_path: Path) -> None:
    """No ping, no text too long, no late or second acknowledgement. The benchmark runs 1,000 of these."""
    discord = await ask_in_every_way(100, 1, tmp_path)
    assert discord.violations == []


async def test_200_concurrent_questions_of_50_people_are_answered_in_order(tmp_path: Path) -> None:
    """Each person's questions run one by one with their history, and at most four run in parallel."""
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
            await asyncio.gather(*(discord.finished(sent, 60) for sent in asked))
    for person in people:
        assert [question for question in assistant.asked if question.startswith(f"{person.name} ")] == [
            f"{person.name} asks {number}" for number in range(4)
        ]
    assert sorted(len(history) for history in assistant.histories) == sorted([0, 1, 2, 3] * 50)
    assert assistant.max_running == 4
    assert all(len(sent.messages) == 1 and "Answer to" in sent.text for sent in asked)
    assert discord.violations == []


async def test_rate_limited_people_are_told_when_to_ask_again(tmp_path: Path) -> None:
    """Only the asker sees it; for mentions it is shown once a minute."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        post = discord.add_forum_post(guild, "Drones")
        async with running(
            discord, tmp_path, Scripted(lambda question: said(question, "Yes.")), discord_rate=2
        ):
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


async def test_the_queue_position_is_shown_and_a_full_queue_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting people see their position; people refused by a full queue are told at once."""
    slow = Scripted(lambda question: said(question, *["Slow."] * 10), pause=0.05)
    monkeypatch.setattr(question_task, "POSITION_INTERVAL", 0.2)
    async with DiscordStandIn() as discord:
        guild = discord.add_guild()
        people = [discord.person(f"P{number}") for number in range(4)]
        async with running(discord, tmp_path, slow, discord_parallel=1, discord_queue_server=3):
            asked = [
                await discord.slash(person, guild.channels[0], "ask", question="How slow?")
                for person in people
            ]
            await discord.finished(asked[3])
            assert "questions are already waiting" in asked[3].text
            await discord.until(lambda: "number 2 in the queue" in asked[2].text)
            for sent in asked[:3]:
                assert "Slow." in (await discord.finished(sent)).text
    assert discord.violations == []
