"""Before there is an index, every command says so with the progress, and questions wait for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from discord_bot import running
from discord_stand_in import DiscordStandIn
from fakes import NO_FOLDER, SHELF, FakeAssistant, FakeLibrary

from bot.discord.handlers import question_task
from bot.discord.handlers.first_sync import FirstSync
from retrieval.article import ArticleInfo
from retrieval.errors import CorpusError, IndexBusy, IndexMissing
from retrieval.hit import Filters, Hit
from retrieval.index.generation_state import IndexStatus
from retrieval.sync.sync_index import SyncReport
from retrieval.sync.sync_progress import Progress

QUESTION = "How many members voted for the ban of delivery drones?"
PATH = "/srv/footnote/index"


class NewLibrary(FakeLibrary):
    """Has no index until a sync that waits for ``go`` in the middle of reading."""

    def __init__(self) -> None:
        super().__init__(SHELF, NO_FOLDER)
        self.go, self.has_index = threading.Event(), False

    def sync(self, **more: Any) -> SyncReport:
        more["progress"](Progress("reading", 450, 1200, None))
        self.go.wait(20)
        self.has_index = self.sync_error is None
        return super().sync(**more)

    def _require_index(self) -> None:
        if not self.has_index:
            raise IndexMissing(f"There is no index in {PATH}.")

    def status(self, filters: Filters | None = None) -> IndexStatus:
        self._require_index()
        return super().status(filters)

    def articles(self) -> list[ArticleInfo]:
        self._require_index()
        return super().articles()

    def search(self, *arguments: Any, **more: Any) -> list[Hit]:
        self._require_index()
        return super().search(*arguments, **more)


class NewAssistant(FakeAssistant):
    """A FakeAssistant on a NewLibrary."""

    def __init__(self) -> None:
        super().__init__()
        self.library = self.fake = self.new = NewLibrary()

    @contextmanager
    def syncing(self) -> Iterator[None]:
        """Let the sync go on in the end, also if the test fails."""
        try:
            yield
        finally:
            self.new.go.set()


async def test_every_command_shows_the_progress_of_the_first_sync(tmp_path: Path) -> None:
    """Without the folder and the console command that the error advises."""
    assistant = NewAssistant()
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path, assistant) as client:
            with assistant.syncing():
                await discord.until(lambda: "450" in client.sync_task.first_sync.text())
                claim = await discord.say(ann, channel, "Seven of nine members voted.", mention=False)
                shown = [
                    await discord.slash(ann, channel, "search", words="drones"),
                    await discord.slash(ann, channel, "articles"),
                    await discord.slash(ann, channel, "about"),
                    await discord.message_command(ann, "Check this", claim),
                ]
                for sent in shown:
                    text = (await discord.finished(sent)).text
                    assert text == (
                        "I am reading the articles for the first time: 450 of 1,200 files."
                        " Please try again in a few minutes."
                    )
    assert discord.violations == []


async def test_questions_wait_for_the_first_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than can run in parallel: all show the progress, then their answers."""
    monkeypatch.setattr(question_task, "PROGRESS_INTERVAL", 0.2)
    assistant = NewAssistant()
    async with DiscordStandIn() as discord:
        guild = discord.add_guild()
        async with running(discord, tmp_path, assistant, discord_parallel=1):
            with assistant.syncing():
                asked = [
                    await discord.slash(discord.person(name), guild.channels[0], "ask", question=QUESTION)
                    for name in ("Ann", "Ben", "Cleo")
                ]
                direct = discord.direct(discord.person("Dana"))
                assert direct.recipient is not None
                await discord.say(direct.recipient, direct, QUESTION)
                await discord.until(
                    lambda: all("450 of 1,200 files. I will answer" in sent.text for sent in asked)
                )
                await discord.until(lambda: discord.from_bot(direct))
            for sent in asked:
                assert "Seven of nine" in (await discord.finished(sent)).text
            assert "Seven of nine" in (await discord.answered(direct)).text
    assert discord.violations == []


async def test_questions_are_answered_once_some_articles_are_indexed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the rest is being indexed; /about and /sync do not claim that it is done."""
    monkeypatch.setattr(question_task, "PROGRESS_INTERVAL", 0.2)

    class PartLibrary(NewLibrary):
        def sync(self, **more: Any) -> SyncReport:
            if more.get("wait_seconds") == 0:
                raise IndexBusy("Another process is writing.")
            self.part = more["progress"]
            return super().sync(**more)

        def publish_part(self) -> None:
            self.has_index = True
            self.part(Progress("embedding", 2, 7, None, searchable=1))

        def status(self, filters: Filters | None = None) -> IndexStatus:
            return replace(super().status(filters), articles=1, pending=0 if self.go.is_set() else 2)

    assistant = NewAssistant()
    assistant.library = assistant.fake = assistant.new = library = PartLibrary()
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path, assistant):
            with assistant.syncing():
                asked = await discord.slash(ann, channel, "ask", question=QUESTION)
                await discord.until(lambda: "450 of 1,200 files. I will answer" in asked.text)
                library.publish_part()
                assert "Seven of nine" in (await discord.finished(asked)).text
                about = await discord.slash(ann, channel, "about")
                assert "Indexing: 1 of 3 articles so far." in (await discord.finished(about)).text
                synced = await discord.slash(ann, channel, "sync", manager=True)
                assert (await discord.finished(synced)).text.startswith("I am already reading the articles.")
            await discord.until(lambda: library.synced)
            about = await discord.slash(ann, channel, "about")
            assert "Indexing" not in (await discord.finished(about)).text
    assert discord.violations == []


async def test_a_failed_first_sync_is_not_shown_as_progress(tmp_path: Path) -> None:
    """The operator's log has the reason; members read that there are no articles."""
    assistant = NewAssistant()
    assistant.new.sync_error = CorpusError(f"There is no folder {PATH}.")
    assistant.new.go.set()
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, assistant) as client:
            await client.sync_task.first_sync.searchable.wait()
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            assert (
                await discord.finished(asked)
            ).text == "I have not read any articles yet. Please try again later."


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (None, "I am reading the articles for the first time."),
        (
            Progress("waiting", 0, 0, None, "Waiting for process 7."),
            "I am reading the articles for the first time.",
        ),
        (Progress("embedding", 1, 3, 59.0), "I am preparing the articles for the search: 33 %."),
        (
            Progress("writing", 1, 2, 61.0),
            "I am preparing the articles for the search: 50 %, about 2 more minutes.",
        ),
    ],
)
def test_the_progress_is_one_sentence(progress: Progress | None, text: str) -> None:
    """Estimates below a minute are left out."""
    first_sync = FirstSync()
    if progress:
        first_sync.report(progress)
    assert first_sync.text() == text
