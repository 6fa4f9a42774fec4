"""A prompt chain over three hits and a loopback server, with a clock that does not wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any

from openai_stand_in import OpenAIStandIn

from bot.model.prompt_chain import ModelChain
from bot.model.usage_meter import UsageMeter
from bot.prompting.answer_request import AnswerRequest
from bot.reply.answer_parser import Draft
from bot.settings import Settings
from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage

DAY = date(2022, 6, 1)
TEXTS = (
    "The council banned delivery drones on Friday. Seven of nine members voted for the ban.",
    "The ferry line tests an electric boat. It carries 120 passengers.",
    "Gulls attacked 14 drones since January.",
)


def hit(number: int, text: str) -> Hit:
    info = ArticleInfo(
        f"{number}.txt", f"{number}.txt", f"The title of article {number}", "The Quay", published="2022-03-04"
    )
    return Hit(Passage(info, text, 0, len(text), 1, None, ((0, len(text)),)), 1.0 / number)


HITS = [hit(number, text) for number, text in enumerate(TEXTS, 1)]


def request(question: str = "Who?", hits: Sequence[Hit] = HITS) -> AnswerRequest:
    return AnswerRequest(question, (tuple(hits),), DAY)


class Pauses(list[float]):
    """A clock that does not wait, but remembers for how long it was asked to."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def chain(server: OpenAIStandIn, pauses: Pauses | None = None, **settings: Any) -> ModelChain:
    given = {"OPENAI_BASE_URL": server.base_url, "chat_model": "stand-in", "timeout": 60.0, **settings}
    return ModelChain(Settings(**given), sleep=Pauses() if pauses is None else pauses, chance=lambda: 0.5)


async def drafts(
    chain: ModelChain, question: str = "Who banned drones?", meter: UsageMeter | None = None
) -> list[Draft]:
    items = chain.answer(request(question), meter or UsageMeter())
    return [draft async for draft in items if isinstance(draft, Draft)]


async def first_draft(stream: AsyncIterator[object]) -> Draft:
    """The first item of an answer that has text."""
    return await anext(item async for item in stream if isinstance(item, Draft))


async def until(happened: Any) -> None:
    for _ in range(500):
        if happened():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")
