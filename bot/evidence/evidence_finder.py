"""Finds the evidence for a question: interprets it in its conversation, and searches."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.evidence.evidence_search import Evidence, cited_passages, find_evidence
from bot.interpretation import Interpretation, Interpreter
from bot.question.conversation import Turn
from retrieval.hit import Filters, Hit
from retrieval.library import Library
from retrieval.search.typos import SpellingCorrection

if TYPE_CHECKING:
    from bot.model.prompt_chain import ModelChain
    from bot.model.usage_meter import UsageMeter


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds what an answer is made from; without a *chain*, *passages* hits."""

    library: Library
    chain: ModelChain | None
    interpreter: Interpreter
    passages: int

    async def find(
        self, question: str, turns: Sequence[Turn], filters: Filters | None, day: date, meter: UsageMeter
    ) -> tuple[Interpretation, Evidence]:
        """The interpretation of a question of the day *day* after *turns*, and the evidence for it.

        While the model rewrites an unclear question, its local interpretation is searched.
        """
        meant = await self.interpreter.interpret(question, turns)
        if not (self.chain and meant.is_unclear):
            return meant, await self.evidence(meant, filters, day)
        rewriting = asyncio.create_task(self.interpreter.rewrite(meant, question, turns, day, meter))
        try:
            found = await self.evidence(meant, filters, day)
            rewritten = await rewriting
        finally:
            rewriting.cancel()
        if rewritten.standalone == meant.standalone and not rewritten.queries:
            return rewritten, found
        return rewritten, await self.evidence(rewritten, filters, day, found.ranking)

    async def evidence(
        self, meant: Interpretation, filters: Filters | None, day: date, also: Sequence[Hit] = ()
    ) -> Evidence:
        """What an interpretation finds: for the last answer in another form, what that one cites.

        *also* is what another interpretation found.
        """
        question = meant.standalone
        if meant.restated:
            cited = await asyncio.to_thread(cited_passages, self.library, meant.restated.citations)
            if cited:
                return Evidence(SpellingCorrection(question), cited, cited)
        if self.chain:
            tokens = self.chain.passage_tokens
            return await asyncio.to_thread(
                find_evidence, self.library, question, filters, day, tokens, meant.queries, also
            )
        found = await asyncio.to_thread(self.library.search_corrected, question, self.passages, filters, day)
        hits, correction = tuple(found[0]), found[1]
        return Evidence(correction, hits, hits)
