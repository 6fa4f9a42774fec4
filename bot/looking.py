"""Asks the model for an answer, and looks up what it asks for before it answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.answer import Answer
from bot.evidence.look_up import described, look_up
from bot.localization import localized
from bot.model.model_stream import LookRequest, Phase
from bot.prompting.passage_prompt import LATER_SHARE, tokens_of
from bot.reply.answer_parser import Draft

if TYPE_CHECKING:
    from bot.looks.look import Look
    from bot.model.prompt_chain import ModelChain
    from bot.model.usage_meter import UsageMeter
    from bot.prompting.answer_request import AnswerRequest
    from retrieval.hit import Filters, Hit
    from retrieval.library import Library

MAX_SECONDS = 30.0  # after which the model must answer with what it has


@dataclass(frozen=True, slots=True)
class Written:
    """A Draft, and the hits that its sentences cite by their indexes."""

    draft: Draft
    hits: tuple[Hit, ...]


async def answer_with_looks(
    chain: ModelChain,
    library: Library,
    request: AnswerRequest,
    filters: Filters | None,
    meter: UsageMeter,
) -> AsyncGenerator[Written | Phase]:
    """The growing answer to a request, with up to ``request.looks_left`` further retrieval steps before.

    A model that asks for the same again gets what it has not read of it, and has to answer then; so has one
    that asks for what cannot be looked up. Raises ModelFailed and RetrievalError.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + MAX_SECONDS
    known: set[Look] = set()
    while True:
        wanted: LookRequest | None = None
        async with aclosing(chain.answer(request, meter)) as items:
            async for item in items:
                if isinstance(item, LookRequest):
                    wanted = item
                elif isinstance(item, Draft):
                    yield Written(item, request.hits)
                else:
                    yield item
        if wanted is None:
            return
        looks, repeats = wanted.looks, known.issuperset(wanted.looks)
        known.update(looks)
        if not looks:
            request = replace(request, looks_left=0)
            continue
        yield Phase(localized("Looking for: {looks}…", looks="; ".join(map(described, looks))))
        request, budget = request.with_hits(wanted.shown), chain.passage_tokens
        tokens = max(int(budget * LATER_SHARE), budget - tokens_of(request.hits))
        hits, lines = await asyncio.to_thread(
            look_up, library, looks, request.hits, filters, request.as_of, tokens
        )
        request = replace(
            request,
            steps=(*request.steps, tuple(hits)),
            looked_up=(*request.looked_up, *lines),
            looks_left=0 if repeats or clock() > deadline else request.looks_left - 1,
        )


def searching(question: str) -> Answer:
    """The first state of an answer."""
    return in_progress(question, localized("Searching…"))


def in_progress(question: str, progress: str) -> Answer:
    """The answer of a model while it has no text."""
    return Answer(question, question, "not_found", mode="model", progress=progress)
