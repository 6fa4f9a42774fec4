"""Hits become Answers: written by the model and checked; without a model, or when it fails, selected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer
from bot.checking.quote_location import without_lost_quotes
from bot.checking.strict_mode import settled, without_unsupported
from bot.errors import ModelFailed
from retrieval.errors import RetrievalError
from retrieval.hit import Hit
from retrieval.library import Library

if TYPE_CHECKING:
    from bot.extractive.answerability import Answerability
    from bot.model.prompt_chain import ModelChain
    from retrieval.search.typos import SpellingCorrection

_WORTH = {"supported": 1.0, "partly": 0.5, "unsupported": 0.0}  # of a sentence, for the confidence
SELECTED = "The answer below is selected from the articles without the model."


@dataclass(frozen=True, slots=True)
class Task:
    """A question as it was asked, as it is *read* by itself, and what was found for it on a day.

    *strict* leaves unsupported sentences of the model out. *notice*: what kept the model from being asked.
    """

    question: str
    read: SpellingCorrection
    hits: tuple[Hit, ...]
    day: date
    strict: bool = False
    notice: str | None = None

    @property
    def standalone(self) -> str:
        """The question as it is read."""
        return self.read.text

    @property
    def typed(self) -> str:
        """The question as it was asked, its slips mended."""
        return self.read.applied(self.question)


class Answering:
    """Writes answers from hits. The same for all conversations of a process."""

    def __init__(
        self,
        library: Library,
        chain: ModelChain | None,
        least_confidence: float | None = None,
        judge: Answerability | None = None,
    ) -> None:
        self._library = library
        self._chain = chain
        self._judge = judge
        self._least = least_confidence  # of an extractive answer, 0..1; None: as it was calibrated

    async def answers(self, task: Task) -> AsyncGenerator[Answer]:
        """The model's answers as they grow; the extractive one when there is no model or it fails for good.

        A strict task's growing answers lack their last sentence: it is shown when it is whole and judged.
        """
        notice, spent = task.notice, Answer(task.question, task.standalone, "not_found")
        if self._chain and task.hits and notice is None:
            from bot.citations import cite

            try:
                async with aclosing(self._chain.answer(task.standalone, task.hits, task.day)) as drafts:
                    async for draft in drafts:
                        answer = cite(draft, task.hits, task.question, task.standalone)
                        if not answer.complete:
                            yield without_unsupported(settled(answer)) if task.strict else answer
                            continue
                        spent = await self._checked(answer, task)
                        if spent.sentences or not answer.sentences:
                            yield _told(spent, task.read)
                            return
                notice = f"{spent.notice} {SELECTED}"
            except ModelFailed as error:
                notice = fallback_notice(error)
        answer = await asyncio.to_thread(self._extract, task)
        answer = replace(answer, notice=notice or answer.notice, usage=spent.usage)
        yield _told(await self._checked(answer, task), task.read)

    def _extract(self, task: Task) -> Answer:
        from bot.extractive.confidence import THRESHOLD
        from bot.extractive.extract import extract
        from bot.question.question_profile import WordCounts

        least = THRESHOLD if self._least is None else self._least

        with self._library.index() as index:
            frequency, count = index.lexical.document_frequency, index.lexical.count()
            embeddings = self._library.embeddings()
            counts = WordCounts(frequency, count)
            typed = task.typed if task.typed != task.standalone else None
            answer = extract(
                task.standalone, task.hits, embeddings, counts, task.day, least, typed, self._judge
            )
        return replace(answer, question=task.question)

    async def _checked(self, answer: Answer, task: Task) -> Answer:
        """The answer with its quotes checked in the articles as they are now; the nearest if not found."""
        answer = replace(answer, read=task.hits)
        answer = whole = await asyncio.to_thread(without_lost_quotes, answer, self._library.corpus.find)
        if answer.mode == "model":
            name = self._chain.model_name if self._chain else None
            answer = replace(without_unsupported(answer) if task.strict else answer, model=name)
        answer = _confident(await self._against(answer, whole, task))
        return replace(answer, nearest=task.hits[:3]) if answer.status == "not_found" else answer

    async def _against(self, answer: Answer, whole: Answer, task: Task) -> Answer:
        """The answer with what speaks against it: the articles' own words, and articles that differ.

        *whole* still has the sentences that a strict answer leaves out.
        """
        if answer.status != "answered":
            return answer
        own = await self._second(whole, task)
        return await asyncio.to_thread(self._contradicted, answer, whole, own, task)

    def _contradicted(self, answer: Answer, whole: Answer, own: Answer | None, task: Task) -> Answer:
        from bot.comparison.article_conflicts import article_conflict
        from bot.comparison.contradictions import with_contradictions
        from bot.comparison.second_opinion import contradicting_statement

        shown = len(answer.sentences) == len(whole.sentences)
        against = contradicting_statement(whole, own, task.hits, shown=shown) if own else None
        differing = article_conflict(own if own and against else answer, task.hits)
        return with_contradictions(answer, [against, differing], self._library.corpus.find)

    async def _second(self, answer: Answer, task: Task) -> Answer | None:
        """The extractive answer beside one of the model's that is in doubt; None when it is not needed."""
        from bot.comparison.second_opinion import asks_for_fact

        doubted = any(sentence.support != "supported" for sentence in answer.sentences)
        if answer.mode != "model" or not doubted or not asks_for_fact(task.standalone):
            return None
        try:
            return await asyncio.to_thread(self._extract, task)
        except RetrievalError:  # the model's answer does not fail for want of a second one
            return None


def _confident(answer: Answer) -> Answer:
    """A model's answer with its confidence: the mean worth of its sentences' verdicts."""
    if answer.mode != "model":
        return answer
    if answer.status == "not_found" or not answer.sentences:
        return replace(answer, confidence=0.0)
    worth = sum(_WORTH[sentence.support] for sentence in answer.sentences)
    return replace(answer, confidence=worth / len(answer.sentences))


def _told(answer: Answer, read: SpellingCorrection) -> Answer:
    """The answer with a word on how its question was read."""
    notices = " ".join(filter(None, (read.notice, answer.notice)))
    return replace(answer, notice=notices or None)


def fallback_notice(error: ModelFailed) -> str:
    """The one line that says why the model did not write the answer."""
    return f"{error} {SELECTED}"
