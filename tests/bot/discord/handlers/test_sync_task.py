"""New articles can be asked about shortly after they are saved; deleted ones are not cited again."""

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
from bot.discord.handlers.first_sync import FirstSync
from bot.discord.handlers.sync_task import SyncTask
from retrieval.errors import IndexBusy, SyncStopped
from retrieval.reading.corpus import Corpus
from retrieval.sync.sync_index import SyncReport

QUESTION = "How many members voted for the ban of delivery drones?"


class CountingLibrary(FakeLibrary):
    """Counts its syncs, the first *failing* of which fail; watches real files."""

    def __init__(self, folder: Path, failing: int = 0) -> None:
        super().__init__(SHELF, folder)
        self.corpus = Corpus([folder])
        self.syncs = 0
        self.failing = failing

    def sync(self, **more: Any) -> SyncReport:
        self.syncs += 1
        if self.syncs <= self.failing:
            raise IndexBusy("Another process is writing the index.")
        return super().sync()


async def test_a_failed_sync_is_logged_once_and_retried(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Repeated identical errors are not logged again."""

    library = CountingLibrary(tmp_path, failing=3)

    async def refresh() -> None:
        pass

    monkeypatch.setattr(background_sync, "RETRY_DELAY", 0.02)
    syncing = asyncio.create_task(SyncTask(library, refresh, FirstSync()).run(watch=True))
    async with asyncio.timeout(30):
        while library.syncs < 4:  # noqa: ASYNC110 (there is no event to wait for)
            await asyncio.sleep(0.01)
    syncing.cancel()
    assert caplog.text.count("Another process is writing the index.") == 1


async def test_saved_and_deleted_articles_are_noticed(tmp_path: Path) -> None:
    """With the real index, without a restart or a manual sync."""
    from bot.build import make_assistant

    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for article in SHELF:
        (corpus / article.info.path).write_text(article.text, encoding="utf-8")
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        options: dict[str, Any] = {"corpus": str(corpus), "index": tmp_path / "index", "mode": "extractive"}
        assistant = make_assistant(settings_for(discord, tmp_path, **options))

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
            await discord.until(lambda: client.dispatcher.runner.article_count == len(SHELF) + 1, 60)
            assert "seventeen" in await answer()
            (corpus / "lighthouses.txt").unlink()
            await discord.until(lambda: client.dispatcher.runner.article_count == len(SHELF), 60)
            assert "seventeen" not in await answer()


async def test_stop_ends_a_long_sync(tmp_path: Path) -> None:
    """A running sync ends at the next file."""

    class SlowLibrary(CountingLibrary):
        def sync(self, **more: Any) -> SyncReport:
            while not more["stop"]():
                time.sleep(0.01)
            raise SyncStopped("The sync was stopped.")

    async def refresh() -> None:
        pass

    sync_task = SyncTask(SlowLibrary(tmp_path), refresh, FirstSync())
    syncing = asyncio.create_task(sync_task.run(watch=False))
    await asyncio.sleep(0.1)
    sync_task.stop()
    await asyncio.wait_for(syncing, 5)


async def test_managers_can_sync(tmp_path: Path) -> None:
    """/sync shows the counts; others are refused."""
    assistant = FakeAssistant()
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path, assistant):
            refused = await discord.finished(await discord.slash(ann, channel, "sync"))
            assert "Manage Server" in refused.text
            synced = await discord.finished(await discord.slash(ann, channel, "sync", manager=True))
            assert "Articles updated: 0 added" in synced.text
            assert synced.last.ephemeral


async def test_a_deleted_article_is_not_cited_again(tmp_path: Path) -> None:
    """An earlier answer shows that its source was deleted."""
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
