"""Before anybody can ask, the bot has answered a question to itself; nothing of it is kept or paid."""

from __future__ import annotations

import asyncio
from pathlib import Path

from discord_bot import Scripted, running, said
from discord_stand_in import DiscordStandIn
from fakes import FakeAssistant

from bot.discord.warm_up import QUESTION, warm_up
from bot.records.answer_store import AnswerStore, records_path
from retrieval.errors import IndexMissing


async def test_all_is_warm_before_anybody_can_ask(tmp_path: Path) -> None:
    """The assistant without a model answers, and no record of it is left."""
    model = Scripted(lambda question: said(question, "Dear."), model="m-1")
    thrifty = Scripted(lambda question: said(question, "Free."))
    async with DiscordStandIn() as discord:
        discord.add_guild()
        async with running(discord, tmp_path, model, thrifty=thrifty):
            assert model.fake.warmed
            assert thrifty.asked == [QUESTION]
            assert model.asked == []
    records = AnswerStore(records_path(tmp_path))
    assert records.count() == 0
    records.close()


async def test_without_an_index_it_is_warm_after_the_first_sync() -> None:
    """Until then there is nothing to load, and nobody is kept from connecting."""

    class Empty(FakeAssistant):
        tries = 0

        def warm(self) -> None:
            self.tries += 1
            if self.tries == 1:
                raise IndexMissing("There is no index yet.")

    empty, thrifty = Empty(), Scripted(lambda question: said(question, "Free."))
    synced, tried = asyncio.Event(), asyncio.Event()
    warming = asyncio.create_task(warm_up(empty, thrifty, synced, tried))
    await asyncio.wait_for(tried.wait(), 10)
    assert not warming.done()
    synced.set()
    await asyncio.wait_for(warming, 10)
    assert (empty.tries, thrifty.asked) == (2, [QUESTION])
