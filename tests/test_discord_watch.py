"""Saved articles can soon be asked about, deleted ones are never cited again; the log tells little."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from discord_bot import Scripted, running, said
from discord_stand_in import DiscordStandIn
from fakes import SHELF, FakeAssistant, FakeLibrary

from bot.discord import asking
from bot.discord.watcher import Watcher
from bot.records import records_path
from retrieval.corpus import Corpus
from retrieval.errors import IndexBusy, SyncStopped
from retrieval.sync import SyncReport

QUESTION = "How many members voted for the ban of delivery drones?"


class Counting(FakeLibrary):
    """Counts its syncs, of which the first *trouble* fail; looks at real files."""

    def __init__(self, folder: Path, trouble: int = 0) -> None:
        super().__init__(SHELF, folder)
        self.corpus = Corpus([folder])
        self.syncs = 0
        self.failing = trouble

    def sync(self, **more: Any) -> SyncReport:
        self.syncs += 1
        if self.syncs <= self.failing:
            raise IndexBusy("Another process is writing the index.")
        return super().sync()


async def test_files_are_synced_when_they_have_changed_and_stopped_changing(tmp_path: Path) -> None:
    """Once at the start; then not before a file that is being written is whole; never without a change."""
    library = Counting(tmp_path)
    refreshed = 0

    async def refresh() -> None:
        nonlocal refreshed
        refreshed += 1

    watching = asyncio.create_task(Watcher(library, refresh, every=0.05).run(watch=True))
    await asyncio.sleep(0.4)
    assert library.syncs == 1
    for number in range(20):  # slower than a look: half-copied for a while
        with (tmp_path / "new.txt").open("a", encoding="utf-8") as file:
            file.write(f"Sentence {number} of a long article.\n")
        await asyncio.sleep(0.02)
        assert library.syncs <= 2
    await asyncio.sleep(0.5)
    assert 2 <= library.syncs <= 3
    (tmp_path / "new.txt").unlink()
    before = library.syncs
    await asyncio.sleep(0.5)
    assert library.syncs == before + 1
    assert refreshed == library.syncs
    watching.cancel()


async def test_a_sync_that_fails_is_logged_once_and_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The bot answers on from what it has."""

    library = Counting(tmp_path, trouble=3)

    async def refresh() -> None:
        pass

    watching = asyncio.create_task(Watcher(library, refresh, every=0.02).run(watch=True))
    (tmp_path / "new.txt").write_text("An article.", encoding="utf-8")
    await asyncio.sleep(0.5)
    watching.cancel()
    assert library.syncs >= 4
    assert caplog.text.count("Another process is writing the index.") == 1


async def test_a_stop_does_not_wait_for_a_long_sync(tmp_path: Path) -> None:
    """A sync under way ends at the next file."""

    class Long(Counting):
        def sync(self, **more: Any) -> SyncReport:
            while not more["stop"]():
                time.sleep(0.01)
            raise SyncStopped("The sync was stopped.")

    async def refresh() -> None:
        pass

    watcher = Watcher(Long(tmp_path), refresh)
    running_on = asyncio.create_task(watcher.run(watch=False))
    await asyncio.sleep(0.1)
    watcher.stop()
    await asyncio.wait_for(running_on, 5)


async def test_a_manager_syncs_by_hand(tmp_path: Path) -> None:
    """/sync says what was found; others may not."""
    assistant = FakeAssistant()
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path, assistant):
            refused = await discord.finished(await discord.slash(ann, channel, "sync"))
            assert "Only those who may manage" in refused.text
            synced = await discord.finished(await discord.slash(ann, channel, "sync", manager=True))
            assert "Read the articles in" in synced.text
            assert synced.last.ephemeral


async def test_a_deleted_article_is_not_cited_again(tmp_path: Path) -> None:
    """The answer that cited it says so when its passage is opened."""
    assistant = FakeAssistant()
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, assistant):
            asked = await discord.finished(
                await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            )
            assistant.fake.shelf.articles.pop(0)
            opened = await discord.finished(await discord.click(ann, asked.last, "1"))
            assert "**Deleted**: the article is no longer in the corpus." in opened.text
            again = await discord.finished(
                await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            )
            assert "harbour.txt" not in again.text


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
            for silence in (asking.SILENCE, asking.SILENCE, timedelta(0)):
                monkeypatch.setattr(asking, "SILENCE", silence)
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
