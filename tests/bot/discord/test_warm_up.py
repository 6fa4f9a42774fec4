"""The bot answers a question internally before it connects, without records or model costs."""

from __future__ import annotations

import asyncio
from pathlib import Path

from discord_bot import Scripted, running, said
from discord_stand_in import DiscordStandIn
from fakes import FakeAssistant

from bot.discord.warm_up import QUESTION, warm_up
from bot.records.answer_store import AnswerStore, records_path
from retrieval.errors import IndexMissing


async def test_the_fallback_is_warm_before_the_bot_connects(tmp_path: Path) -> None:
    """The assistant without a model answers, and no record is left."""
    model = Scripted(lambda question: said(question, "Costs money."), model="m-1")
    fallback = Scripted(lambda question: said(question, "Free."))
    async with DiscordStandIn() as discord:
        discord.add_guild()
        async with running(discord, tmp_path, model, fallback=fallback):
            assert model.fake.warmed
            assert fallback.asked == [QUESTION]
            assert model.asked == []
    records = AnswerStore(records_path(tmp_path))
    assert records.count() == 0
    records.close()


async def test_without_an_index_warm_up_continues_after_the_first_sync() -> None:
    """The bot connects meanwhile."""

    class WithoutIndex(FakeAssistant):
        attempts = 0

        def warm(self) -> None:
            self.attempts += 1
            if self.attempts == 1:
                raise IndexMissing("There is no index yet.")

    assistant, fallback = WithoutIndex(), Scripted(lambda question: said(question, "Free."))
    first_sync, finished = asyncio.Event(), asyncio.Event()
    warming = asyncio.create_task(warm_up(assistant, fallback, first_sync, finished))
    await asyncio.wait_for(finished.wait(), 10)
    assert not warming.done()
    first_sync.set()
    await asyncio.wait_for(warming, 10)
    assert (assistant.attempts, fallback.asked) == (2, [QUESTION])
