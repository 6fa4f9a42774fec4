"""The Assistant: what every adapter talks to. A question and its conversation become a stream of Answers."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation, Mode, Usage
from bot.answering import Answering, Task, fallback_notice
from bot.checking.quote_location import LocatedQuote, locate
from bot.errors import ModelFailed, QuestionInvalid
from bot.question.conversation import Conversations, Turn
from retrieval.errors import RetrievalError
from retrieval.hit import Filters, Hit
from retrieval.library import Library

if TYPE_CHECKING:
    from bot.extractive.answerability import Answerability
    from bot.model.prompt_chain import ModelChain
    from bot.question.context_words import ContextWords
    from bot.question.follow_up import WordProbabilities
    from retrieval.search.typos import SpellingCorrection
    from retrieval.sync.sync_index import Progress, SyncReport

LONGEST_QUESTION = 4_000  # characters
_COURTESY = re.compile(  # what people say to one another, and what no article answers
    r"\W*(?:hello|hi|hey|thanks?|thank\s+you|thx|ok|okay|great|cool|nice|bye|goodbye)(?:\W+(?:there|again|a\s+lot|very\s+much))?\W*",
    re.I,
)


class Assistant:
    """Answers questions about the articles of a library. One for a process; safe for many conversations."""

    def __init__(
        self,
        library: Library,
        *,
        passages: int = 10,
        chain: ModelChain | None = None,
        strict: bool = False,
        least_confidence: float | None = None,
        judge: Answerability | None = None,
        meant: ContextWords | None = None,
    ) -> None:
        self.library = library
        self.strict = strict  # sentences of the model that are unsupported are left out
        self._passages = passages
        self._chain = chain
        self._judge = judge
        self._meant = meant  # reads follow-ups where no model does
        self._least_confidence = least_confidence
        self._answering = Answering(library, chain, least_confidence, judge)
        self._conversations = Conversations()
        self._usage = Usage()

    def without_model(self) -> Assistant:
        """One that selects its answers, for nothing, from the same library; its talks are its own."""
        return Assistant(
            self.library,
            passages=self._passages,
            least_confidence=self._least_confidence,
            judge=self._judge,
            meant=self._meant,
        )

    @property
    def mode(self) -> Mode:
        """Who writes the answers: a model, or nobody (sentences of the articles are selected)."""
        return "model" if self._chain else "extractive"

    @property
    def model_name(self) -> str | None:
        """The name of the model, if one answers."""
        return self._chain.model_name if self._chain else None

    async def ask(
        self,
        question: str,
        *,
        conversation: str = "",
        filters: Filters | None = None,
        as_of: date | None = None,
        history: Sequence[Turn] | None = None,
    ) -> AsyncIterator[Answer]:
        """Answers that grow, each true so far; the last is complete, its quotes checked in their articles.

        *conversation* names the talk whose turns make a follow-up readable ("" keeps none); *history*
        replaces them. Closing the iterator stops the answer. Raises QuestionInvalid and RetrievalError.
        """
        asked = checked_question(question)
        day = as_of or date.today()
        turns = tuple(history) if history is not None else self.turns(conversation)
        seconds: dict[str, float] = {}
        begun = time.perf_counter()
        standalone_question, usage, notice = await self._standalone(asked, turns, day)
        seconds["standalone"] = time.perf_counter() - begun
        read, hits = await self._found(standalone_question, filters, day)
        seconds["search"] = time.perf_counter() - begun - seconds["standalone"]
        task = Task(asked, read, hits, day, strict=self.strict, notice=notice)
        async with aclosing(self._answers(task, turns, filters)) as answers:
            async for answer in answers:
                if answer.complete:
                    seconds["answer"] = time.perf_counter() - begun - sum(seconds.values())
                    seconds["total"] = time.perf_counter() - begun
                    usage += answer.usage
                    answer = replace(answer, usage=usage, cost=self._cost(usage), seconds=seconds)
                    self._usage += answer.usage
                    self._conversations.add(
                        conversation, Turn(asked, answer.text, answer.standalone_question)
                    )
                yield answer

    async def _answers(
        self, task: Task, turns: Sequence[Turn], filters: Filters | None
    ) -> AsyncGenerator[Answer]:
        """The answers of a task; a follow-up that nothing was found for is read and searched otherwise."""
        async with aclosing(self._answering.answers(task)) as answers:
            async for answer in answers:
                if answer.complete and answer.status == "not_found" and turns and self._chain is None:
                    answer = await self._read_otherwise(task, turns, filters) or answer
                yield answer

    async def _read_otherwise(
        self, task: Task, turns: Sequence[Turn], filters: Filters | None
    ) -> Answer | None:
        """The answer to a follow-up in its second reading; None without one, or when it finds nothing."""
        from bot.question.follow_up import second_reading

        other = await asyncio.to_thread(second_reading, task.question, _said(turns), *self._chances())
        if other is None or other == task.standalone:
            return None
        read, hits = await self._found(other, filters, task.day)
        task = replace(task, read=read, hits=hits)
        *_, found = [answer async for answer in self._answering.answers(task)]
        return found if found.status == "answered" else None

    async def _found(
        self, question: str, filters: Filters | None, day: date
    ) -> tuple[SpellingCorrection, tuple[Hit, ...]]:
        """What is found for a question, and how it was read."""
        hits = await self.search(question, self._passages, filters, as_of=day)
        return await asyncio.to_thread(self.library.respelled, question, hits), tuple(hits)

    async def _standalone(
        self, question: str, turns: Sequence[Turn], day: date
    ) -> tuple[str, Usage, str | None]:
        """The question as it reads alone, what that cost, and what the person must know about it."""
        if not turns:
            return question, Usage(), None
        notice = None
        if self._chain:
            try:
                return *(await self._chain.standalone(question, turns, day)), None
            except ModelFailed as error:
                notice = fallback_notice(error)
        return await asyncio.to_thread(self.readable, question, _said(turns)), Usage(), notice

    def readable(self, question: str, history: Sequence[tuple[str, str]]) -> str:
        """A follow-up to what was asked and answered, as it reads alone; without a model."""
        from bot.question.follow_up import standalone_question
        from bot.question.publisher_question import publishers_mentioned

        return standalone_question(
            question, publishers_mentioned(question, history, self._publishers()), *self._chances()
        )

    def _publishers(self) -> tuple[str, ...]:
        try:
            return self.library.publishers()
        except RetrievalError:  # the search will say it
            return ()

    def _chances(self) -> tuple[WordProbabilities] | tuple[()]:
        return (self._meant.chances,) if self._meant else ()

    async def search(
        self,
        question: str,
        limit: int = 10,
        filters: Filters | None = None,
        as_of: date | None = None,
    ) -> list[Hit]:
        """The passages nearest to a question, best first; see ``Library.search``."""
        return await asyncio.to_thread(self.library.search, checked_question(question), limit, filters, as_of)

    async def sync(
        self, progress: Callable[[Progress], None] | None = None, rebuild: bool = False
    ) -> SyncReport:
        """Bring the index up to the articles as they are now."""
        return await asyncio.to_thread(lambda: self.library.sync(progress=progress, rebuild=rebuild))

    async def locate(self, citation: Citation) -> LocatedQuote:
        """Look a citation up in its article as it is now."""
        article = await asyncio.to_thread(self.library.corpus.find, citation.article)
        return locate(citation, article)

    def turns(self, conversation: str) -> tuple[Turn, ...]:
        """What was said in a conversation, the oldest first."""
        return self._conversations.turns(conversation)

    def forget(self, conversation: str) -> None:
        """Let go of a conversation."""
        self._conversations.forget(conversation)

    def cost(self) -> float | None:
        """What this process spent on the model, by the table of prices; None without a price."""
        return self._cost(self._usage)

    def _cost(self, usage: Usage) -> float | None:
        return self._chain.cost(usage) if self._chain else None

    def warm(self) -> None:
        """Load what search and the model need, so that the first question need not wait; in any thread."""
        self.library.warm()
        if self._chain:
            self._chain.warm()
        for reader in (self._judge, self._meant):
            if reader and not self._chain:
                with suppress(RetrievalError):  # the first question will say it
                    reader.warm()

    def usage(self) -> Usage:
        """The tokens of all answers of this process."""
        return self._usage


def _said(turns: Sequence[Turn]) -> list[tuple[str, str]]:
    """Each turn as its standalone question and its answer."""
    return [(turn.standalone_question, turn.answer) for turn in turns]


def checked_question(question: str) -> str:
    """The question without control characters and surplus white space. Raises QuestionInvalid."""
    text = " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in question).split())
    if not any(map(str.isalnum, text)) or _COURTESY.fullmatch(text):
        raise QuestionInvalid("There is no question in that.")
    if len(text) > LONGEST_QUESTION:
        raise QuestionInvalid(
            f"The question has {len(text):,} characters; {LONGEST_QUESTION:,} are the most that is read.",
            "Ask in a few sentences; to find where a long text comes from, use `footnote quote`.",
        )
    return text
