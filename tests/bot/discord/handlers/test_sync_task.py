"""Saved articles can soon be asked about, deleted ones are never cited again."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from discord_bot import running, settings_for
from discord_stand_in import DiscordStandIn
from fakes import SHELF, FakeAssistant, FakeLibrary

from bot import background_sync
from bot.discord.handlers.sync_task import SyncTask
from retrieval.errors import IndexBusy, ModelMissing, SyncStopped
from retrieval.reading.corpus import Corpus
from retrieval.sync.sync_index import SyncReport

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


async def test_a_sync_that_fails_is_logged_once_and_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot answers on from what it has."""

    library = Counting(tmp_path, trouble=3)

    async def refresh() -> None:
        pass

    monkeypatch.setattr(background_sync, "CHECK_INTERVAL", 0.02)
    running_on = asyncio.create_task(SyncTask(library, refresh).run(watch=True))
    async with asyncio.timeout(30):
        while library.syncs < 4:  # noqa: ASYNC110 (there is nothing to wait for but time)
            await asyncio.sleep(0.01)
    running_on.cancel()
    assert caplog.text.count("Another process is writing the index.") == 1


async def test_a_saved_article_can_soon_be_asked_about_and_a_deleted_one_not(tmp_path: Path) -> None:
    """With the real index: nothing is started anew, nobody syncs by hand."""
    from bot.build import make_assistant
    from retrieval.models.model_files import packaged_files

    try:
        packaged_files()
    except ModelMissing as error:
        pytest.skip(str(error))
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for article in SHELF:
        (corpus / article.info.path).write_text(article.text, encoding="utf-8")
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        given: dict[str, Any] = {"corpus": str(corpus), "index": tmp_path / "index", "mode": "extractive"}
        assistant = make_assistant(settings_for(discord, tmp_path, **given))

        async def answer() -> str:
            question = "How many lighthouses did the harbour board repaint in 2023?"
            asked = await discord.slash(ann, channel, "ask", question=question)
            return (await discord.finished(asked, 90)).text  # the model may have to be built first

        async with running(discord, tmp_path, assistant, watch=True) as client:
            assert "seventeen" not in await answer()
            (corpus / "lighthouses.txt").write_text(
                "Board repaints lighthouses\n\nThe harbour board repainted seventeen lighthouses in 2023.\n",
                encoding="utf-8",
            )
            await discord.until(lambda: client.dispatcher.asking.searched == len(SHELF) + 1, 60)
            assert "seventeen" in await answer()
            (corpus / "lighthouses.txt").unlink()
            await discord.until(lambda: client.dispatcher.asking.searched == len(SHELF), 60)
            assert "seventeen" not in await answer()


async def test_a_stop_does_not_wait_for_a_long_sync(tmp_path: Path) -> None:
    """A sync under way ends at the next file."""

    class Long(Counting):
        def sync(self, **more: Any) -> SyncReport:
            while not more["stop"]():
                time.sleep(0.01)
            raise SyncStopped("The sync was stopped.")

    async def refresh() -> None:
        pass

    watcher = SyncTask(Long(tmp_path), refresh)
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
