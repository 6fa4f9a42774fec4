"""How the bot runs: what it logs, where it works, what it remembers, and how it does without its records."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from discord_bot import Scripted, running, said
from discord_stand_in import DiscordStandIn

from bot.discord.handlers import question_task
from bot.discord.runner import leaving_a_core
from bot.records.answer_store import records_path
from bot.settings import Settings

QUESTION = "How many members voted for the ban of delivery drones?"


async def test_the_log_has_one_line_for_each_question_without_its_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Who (as a number), where, status, milliseconds, tokens; the words only when asked for."""
    caplog.set_level(logging.INFO, "footnote.discord")
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        for words_too in (False, True):
            caplog.clear()
            async with running(discord, tmp_path, log_questions=words_too):
                await discord.finished(await discord.slash(ann, channel, "ask", question=QUESTION))
            lines = [line for line in caplog.messages if "status=" in line]
            assert len(lines) == 1
            assert f"ask user={ann.id} server={guild.id} channel={channel.id} status=answered ms=" in lines[0]
            assert ("delivery drones" in caplog.text) is words_too
            assert "Ann" not in caplog.text


async def test_it_works_where_it_was_not_invited(tmp_path: Path) -> None:
    """Added to a person's account, /ask answers in servers that the bot does not know, and in groups."""
    async with DiscordStandIn() as discord:
        discord.add_guild()
        ann = discord.person()
        async with running(discord, tmp_path):
            foreign = discord.add_guild("Foreign")
            asked = await discord.slash(ann, foreign.channels[0], "ask", question=QUESTION)
            answer = (await discord.finished(asked)).last
            assert "Seven of nine" in answer.text
            opened = await discord.finished(await discord.click(ann, answer, "1"))
            assert "Passage 1 of 2" in opened.text
            asked = await discord.slash(ann, discord.direct(ann), "ask", question=QUESTION)
            assert "Seven of nine" in (await discord.finished(asked)).text
    assert discord.violations == []


async def test_several_connections_when_set(tmp_path: Path) -> None:
    """The sharded client answers as the other does."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, discord_sharded=True):
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            assert "Seven of nine" in (await discord.finished(asked)).text
            await discord.say(ann, guild.channels[0], QUESTION)
            await discord.until(lambda: discord.threads(guild.channels[0]))
    assert discord.gateway.identifies[0]["shard"] == [0, 1]


async def test_a_long_silence_ends_a_talk_in_a_channel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside threads, tomorrow's question is not read with today's."""
    assistant = Scripted(lambda question: said(question, "Yes."))
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, assistant):
            for silence in (question_task.SILENCE, question_task.SILENCE, timedelta(0)):
                monkeypatch.setattr(question_task, "SILENCE", silence)
                asked = await discord.slash(ann, guild.channels[0], "ask", question="And now?")
                await discord.finished(asked)
    assert [len(history) for history in assistant.histories] == [0, 1, 0]


async def test_an_answer_that_cannot_be_kept_is_shown_all_the_same(tmp_path: Path) -> None:
    """Without buttons, for there is nothing they could open."""
    records_path(tmp_path).mkdir()  # a folder where the file should be
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            answer = (await discord.finished(asked)).last
    assert "Seven of nine" in answer.text
    assert not answer.buttons


def test_a_core_is_left_to_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model takes one thread fewer than there are cores, one at least; a number that is set stays."""
    for cores, threads in ((8, 7), (2, 1), (1, 1), (None, 1)):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        assert leaving_a_core(Settings()).threads == threads
    assert leaving_a_core(Settings(threads=5)).threads == 5
