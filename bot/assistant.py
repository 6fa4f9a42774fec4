"""The Assistant, which every adapter uses: a question and its conversation become a stream of Answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, CheckKind, Citation, Mode, Usage
from bot.answering import Answering, Task
from bot.catalogue_answers.catalogue_answer import catalogue_answer
from bot.catalogue_answers.source_question import split_source_question, with_sources
from bot.checking.quote_location import LocatedQuote, locate
from bot.evidence.evidence_finder import Finder
from bot.interpretation import Interpretation, Interpreter
from bot.localization import localized
from bot.model.usage_meter import UsageMeter
from bot.question.checked_question import checked_question
from bot.question.conversation import Conversations, Turn, turn_of
from retrieval.errors import RetrievalError
from retrieval.hit import Filters, Hit
from retrieval.library import Library

if TYPE_CHECKING:
    from bot.extractive.answerability import Answerability
    from bot.model.prompt_chain import ModelChain
    from bot.question.context_words import ContextWords
    from retrieval.sync.sync_index import Progress, SyncReport

INDEXING = "Indexing: {done} of {total} articles so far; this answer covers those."


class Assistant:
    """Answers questions about the articles of a library. One per process, shared by all conversations."""

    def __init__(
        self,
        library: Library,
        *,
        passages: int = 10,
        chain: ModelChain | None = None,
        strict: bool = False,
        check: CheckKind = "model",
        least_confidence: float | None = None,
        answerability: Answerability | None = None,
        context_words: ContextWords | None = None,
        looks: int = 0,
    ) -> None:
        self.library = library
        self.strict = strict  # leave out the model's unsupported sentences
        self._passages = passages
        self.chain = chain
        self._answerability = answerability
        self._context_words = context_words  # resolves follow-ups without a model
        self._least_confidence = least_confidence
        self._interpreter = Interpreter(library, chain, context_words)
        self._finder = Finder(library, chain, self._interpreter, passages)
        self._answering = Answering(library, chain, least_confidence, answerability, check, looks)
        self._conversations = Conversations()
        self.spent = UsageMeter()  # of the model by this process

    def without_model(self) -> Assistant:
        """An Assistant without the model on the same library, with conversations of its own."""
        return Assistant(
            self.library,
            passages=self._passages,
            least_confidence=self._least_confidence,
            answerability=self._answerability,
            context_words=self._context_words,
        )

    @property
    def mode(self) -> Mode:
        """How answers are made: by the model, or by selecting sentences of the articles."""
        return "model" if self.chain else "extractive"

    @property
    def model_name(self) -> str | None:
        """The name of the model; None without one."""
        return self.chain.model_name if self.chain else None

    async def ask(
        self,
        question: str,
        *,
        conversation: str = "",
        filters: Filters | None = None,
        as_of: date | None = None,
        history: Sequence[Turn] | None = None,
    ) -> AsyncIterator[Answer]:
        """Growing answers, each true so far; the last is complete, its quotes checked in their articles.

        *conversation* is the key under which turns are kept to resolve follow-ups ("" keeps none); *history*
        replaces them. Closing the iterator stops the answer. Raises QuestionInvalid and RetrievalError.
        """
        question = checked_question(question)
        day = as_of or date.today()
        turns = tuple(history) if history is not None else self.turns(conversation)
        seconds: dict[str, float] = {}
        started, meter = time.perf_counter(), UsageMeter(self.spent)
        indexing, listed = await asyncio.to_thread(self._of_catalogue, question, turns, filters, day)
        if listed:
            self._conversations.add(conversation, turn_of(listed))
            listed = _with_notice(listed, indexing)
            yield replace(listed, seconds={"total": time.perf_counter() - started})
            return
        typed, (question, about_sources) = question, split_source_question(question)
        if self.chain:
            from bot.looking import searching

            self.chain.open_connection()
            yield searching(typed)
        meant, found = await self._finder.find(question, turns, filters, day, meter)
        seconds["search"] = time.perf_counter() - started
        task = Task(
            question,
            found.correction,
            found.best[: self._passages],
            day,
            filters=filters,
            evidence=found.hits,
            turns=turns,
            restates=meant.restated is not None,
            strict=self.strict,
            failure=meant.failure,
            meter=meter,
        )
        async with aclosing(self._answers(task, meant, filters)) as answers:
            async for answer in answers:
                answer = replace(answer, question=typed)
                if answer.complete:
                    if about_sources:
                        answer = await asyncio.to_thread(
                            with_sources, self.library, answer, about_sources, day
                        )
                    seconds["answer"] = time.perf_counter() - started - sum(seconds.values())
                    seconds["total"] = time.perf_counter() - started
                    answer = _with_notice(replace(answer, usage=meter.total, seconds=seconds), indexing)
                    self._conversations.add(conversation, turn_of(answer))
                yield answer

    def _of_catalogue(
        self, question: str, turns: Sequence[Turn], filters: Filters | None, day: date
    ) -> tuple[str, Answer | None]:
        """What answers cover while the first index is being built, else "", and `catalogue_answer`."""
        with self.library.index() as index:
            done, pending = len(index.articles()) if index.pending else 0, index.pending
        notice = localized(INDEXING, done=done, total=done + pending) if pending else ""
        return notice, catalogue_answer(self.library, question, turns, filters, day)

    async def _answers(
        self, task: Task, meant: Interpretation, filters: Filters | None
    ) -> AsyncGenerator[Answer]:
        """The answers to a task; if nothing is found, those of the other reading of a follow-up."""
        async with aclosing(self._answering.answers(task)) as answers:
            async for answer in answers:
                if answer.status == "not_found" and meant.alternative:
                    found = await self._finder.evidence(Interpretation(meant.alternative), filters, task.day)
                    other = replace(task, correction=found.correction, hits=found.best)
                    *_, second = [item async for item in self._answering.answers(other)]
                    answer = second if second.status == "answered" else answer
                yield answer

    def resolve_follow_up(self, question: str, history: Sequence[tuple[str, str]]) -> str:
        """A follow-up as a standalone question, without a model; *history*: earlier questions and answers."""
        return self._interpreter.resolve(question, history)

    async def search(
        self, question: str, limit: int = 10, filters: Filters | None = None, as_of: date | None = None
    ) -> list[Hit]:
        """The closest passages to a question, best first; see ``Library.search``."""
        return await asyncio.to_thread(self.library.search, checked_question(question), limit, filters, as_of)

    async def sync(
        self, progress: Callable[[Progress], None] | None = None, rebuild: bool = False
    ) -> SyncReport:
        """Update the index to the current articles."""
        return await asyncio.to_thread(lambda: self.library.sync(progress=progress, rebuild=rebuild))

    async def locate(self, citation: Citation) -> LocatedQuote:
        """Find a citation's quote in the current text of its article."""
        article = await asyncio.to_thread(self.library.corpus.find, citation.article)
        return locate(citation, article)

    def turns(self, conversation: str) -> tuple[Turn, ...]:
        """The turns of a conversation, oldest first."""
        return self._conversations.turns(conversation)

    def forget(self, conversation: str) -> None:
        """Delete the turns of a conversation."""
        self._conversations.forget(conversation)

    def warm(self) -> None:
        """Load what search and answering need, so that the first question is fast; callable in any thread."""
        self.library.warm()
        self.warm_models()

    def warm_models(self) -> None:
        """Load the models that answers need; needs no index."""
        if self.chain:
            import bot.checking.model_check
            import bot.checking.word_check
            import bot.looking  # noqa: F401

            self.chain.warm()
            return
        for model in (self._answerability, self._context_words):
            if model:
                with suppress(RetrievalError):  # the first question will raise it
                    model.warm()

    def usage(self) -> Usage:
        """What this process has used of the model, also for stopped answers, and its cost."""
        return self.spent.total


def _with_notice(answer: Answer, notice: str) -> Answer:
    return replace(answer, notice=" ".join(filter(None, (answer.notice, notice))) or None)
