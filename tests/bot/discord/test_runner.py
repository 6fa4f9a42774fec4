"""The running bot: its log, installation contexts, sharding, conversation timeout, failing records."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from discord_bot import Scripted, running, said
from discord_stand_in import DiscordStandIn

from bot.discord.handlers import answer_recorder
from bot.discord.runner import leave_a_core
from bot.records.answer_store import records_path
from bot.settings import Settings

QUESTION = "How many members voted for the ban of delivery drones?"


async def test_the_log_has_one_line_per_question_without_its_text(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """User id, server, channel, status, milliseconds, tokens; the question only with --log-questions."""
    caplog.set_level(logging.INFO, "footnote.discord")
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        for log_questions in (False, True):
            caplog.clear()
            async with running(discord, tmp_path, log_questions=log_questions):
                await discord.finished(await discord.slash(ann, channel, "ask", question=QUESTION))
            lines = [line for line in caplog.messages if "status=" in line]
            assert len(lines) == 1
            assert f"ask user={ann.id} server={guild.id} channel={channel.id} status=answered ms=" in lines[0]
            assert ("delivery drones" in caplog.text) is log_questions
            assert "Ann" not in caplog.text


async def test_user_installs_work_in_servers_without_the_bot(tmp_path: Path) -> None:
    """Installed for a user, /ask answers in servers that the bot does not know, and in direct messages."""
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


async def test_the_sharded_client_answers(tmp_path: Path) -> None:
    """FOOTNOTE_DISCORD_SHARDED uses the sharded client, which answers like the other."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, discord_sharded=True):
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            assert "Seven of nine" in (await discord.finished(asked)).text
            await discord.say(ann, guild.channels[0], QUESTION)
            await discord.until(lambda: discord.threads(guild.channels[0]))
    assert discord.gateway.identifies[0]["shard"] == [0, 1]


async def test_a_conversation_in_a_channel_times_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside threads, a question after a long silence has no history."""
    assistant = Scripted(lambda question: said(question, "Yes."))
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, assistant):
            for timeout in (
                answer_recorder.CONVERSATION_TIMEOUT,
                answer_recorder.CONVERSATION_TIMEOUT,
                timedelta(0),
            ):
                monkeypatch.setattr(answer_recorder, "CONVERSATION_TIMEOUT", timeout)
                asked = await discord.slash(ann, guild.channels[0], "ask", question="And now?")
                await discord.finished(asked)
    assert [len(history) for history in assistant.histories] == [0, 1, 0]


async def test_an_answer_that_cannot_be_saved_is_still_shown(tmp_path: Path) -> None:
    """Without buttons, because they could not open anything."""
    records_path(tmp_path).mkdir()  # a folder where the file should be
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            answer = (await discord.finished(asked)).last
    assert "Seven of nine" in answer.text
    assert not answer.buttons


def test_a_core_is_left_for_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model uses one thread fewer than there are cores, at least one, unless the number is set."""
    for cores, threads in ((8, 7), (2, 1), (1, 1), (None, 1)):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        assert leave_a_core(Settings()).threads == threads
    assert leave_a_core(Settings(threads=5)).threads == 5
