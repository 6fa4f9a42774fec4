"""Turns hits into Answers: written by the model and checked, or extractive without a model or if it fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, CheckKind
from bot.checking.quote_location import present_hits, without_lost_quotes
from bot.checking.strict_mode import without_unsupported
from bot.errors import BotError, ModelFailed
from bot.localization import localized
from bot.model.usage_meter import UsageMeter
from bot.prompting.answer_request import AnswerRequest
from bot.question.conversation import Turn
from bot.question.parsed_question import parse_question
from retrieval.errors import RetrievalError
from retrieval.hit import Filters, Hit
from retrieval.library import Library
from retrieval.passage import Passage

if TYPE_CHECKING:
    from bot.extractive.answerability import Answerability
    from bot.model.prompt_chain import ModelChain
    from retrieval.search.typos import SpellingCorrection

_NEAREST = 3  # closest passages shown if nothing was found
_UNCHECKED_CONFIDENCE = 0.5  # of a model's answer without a verdict on any sentence
FALLBACK = "The answer below is selected from the articles without the model."
ONLY_WORDS_CHECKED = "Only figures, dates, names and quotations were checked."
CORRECTED = "“{typed}” is in no article: read as “{meant}”."


@dataclass(frozen=True, slots=True)
class Task:
    """A question as asked, its corrected standalone form, and the hits found for it on *day*.

    A model reads *evidence*; an extractive answer is selected from *hits*, the closest passages. *turns* is
    the conversation before; *restates*: the question asks for the last answer in another form. *strict*
    leaves out the model's unsupported sentences. *failure*: why the model cannot be asked, if so. *meter*
    counts what the model's requests use.
    """

    question: str
    correction: SpellingCorrection  # of the standalone question
    hits: tuple[Hit, ...]
    day: date
    filters: Filters | None = None
    evidence: tuple[Hit, ...] = ()
    turns: tuple[Turn, ...] = ()
    restates: bool = False
    strict: bool = False
    failure: ModelFailed | None = None
    meter: UsageMeter = field(default_factory=UsageMeter)

    @property
    def standalone(self) -> str:
        """The corrected standalone question."""
        return self.correction.text

    @property
    def original(self) -> str:
        """The question as asked without its opening, with the same typos corrected."""
        return parse_question(self.correction.apply_to(self.question)).plain


class Answering:
    """Writes answers from hits; shared by all conversations of a process."""

    def __init__(
        self,
        library: Library,
        chain: ModelChain | None,
        least_confidence: float | None = None,
        answerability: Answerability | None = None,
        check: CheckKind = "model",
        looks: int = 0,
    ) -> None:
        self._looks = looks  # further retrieval steps that the model can ask for
        self._library = library
        self._chain = chain
        self._answerability = answerability
        self._check = check
        self._least_confidence = least_confidence  # of an extractive answer, 0..1; None: calibrated

    async def answers(self, task: Task) -> AsyncGenerator[Answer]:
        """The model's growing answers, or the extractive answer if there is no model or it fails.

        A model's answer is streamed without verdicts, then once more while it is checked. A strict task's
        answer is not shown before it is checked.
        """
        notice, model_answer = None, Answer(task.question, task.standalone, "not_found")
        failure = task.failure
        if self._chain and task.evidence and failure is None:
            from bot.citations import cite
            from bot.looking import Written, answer_with_looks, in_progress

            asked = task.original if task.restates else task.standalone
            looks = 0 if task.restates else self._looks
            request = AnswerRequest(asked, (task.evidence,), task.day, task.turns, looks_left=looks)
            try:
                async with aclosing(
                    answer_with_looks(self._chain, self._library, request, task.filters, task.meter)
                ) as items:
                    async for item in items:
                        if not isinstance(item, Written):
                            yield in_progress(task.question, item.text)
                            continue
                        draft, task = item.draft, replace(task, evidence=item.hits)
                        is_told = task.restates and not any(sentence.hits for sentence in draft.sentences)
                        hits = () if is_told else task.evidence  # what the reader asked cites nothing
                        answer = cite(draft, hits, task.question, task.standalone)
                        if not answer.complete:
                            if not task.strict or self._check == "off":
                                yield answer
                            continue
                        if self._check == "model" and not task.strict and answer.sentences:
                            yield replace(answer, complete=False, checking=True)
                        model_answer = await self._finish(answer, task)
                        if model_answer.sentences or not answer.sentences:
                            yield _with_spelling_notice(model_answer, task.correction)
                            return
                notice = f"{model_answer.notice} {localized(FALLBACK)}"
            except ModelFailed as error:
                failure = error
        answer = await asyncio.to_thread(self._extract, task)
        answer = replace(
            answer,
            notice=f"{failure} {localized(FALLBACK)}" if failure else notice or answer.notice,
            failures=(str(failure),) if failure else model_answer.failures,
        )
        yield _with_spelling_notice(await self._finish(answer, task), task.correction)

    def _extract(self, task: Task) -> Answer:
        from bot.extractive.extract import extract
        from bot.question.question_profile import WordCounts

        with self._library.index() as index:
            lexical, scale = index.lexical, self._library.similarity_scale(index)
            answer = extract(
                task.standalone,
                task.hits,
                self._library.embeddings(),
                WordCounts(lexical.document_frequency, lexical.count(), lexical.languages(), scale),
                task.day,
                self._least_confidence,
                task.original if task.original != task.standalone else None,
                self._answerability,
                index.article_passages,
            )
        return replace(answer, question=task.question)

    async def _finish(self, answer: Answer, task: Task) -> Answer:
        """A complete answer with current quotes, contradictions and confidence, or with the closest hits."""
        answer = replace(answer, read=task.evidence if answer.mode == "model" else task.hits)
        answer = full = await asyncio.to_thread(without_lost_quotes, answer, self._library.corpus.find)
        if answer.mode == "model":
            name = self._chain.model_name if self._chain else None
            full = replace(await self._with_verdicts(answer, task), model=name)
            answer = without_unsupported(full) if task.strict else full
        if answer.status == "answered":
            extractive = await self._second_opinion(full, task)
            answer = await asyncio.to_thread(self._with_contradictions, answer, full, extractive, task)
        answer = _with_confidence(answer)
        if answer.status != "not_found":
            return answer
        from bot.extractive.nearest_sentences import nearest_sentences

        find, near = self._library.corpus.find, nearest_sentences(task.standalone, task.hits)
        return replace(answer, nearest=await asyncio.to_thread(present_hits, near, find, _NEAREST))

    async def _with_verdicts(self, answer: Answer, task: Task) -> Answer:
        """A model's answer with the verdicts of its check; those of the word check if the model fails."""
        answer = replace(answer, checked=self._check)
        if self._check == "off" or not answer.sentences or (task.restates and not answer.citations):
            return answer
        from bot.checking.word_check import check_words

        by_words = replace(await asyncio.to_thread(check_words, answer, answer.read), checked="words")
        if self._check == "words" or self._chain is None:
            return by_words
        from bot.checking.model_check import apply_verdicts, hits_to_check, sentences_to_check

        around = await asyncio.to_thread(self._neighbours, answer)
        hits = hits_to_check(answer, answer.read, around)
        try:
            sentences = sentences_to_check(answer, hits)
            verdicts = await self._chain.check(task.standalone, hits, sentences, task.meter)
        except BotError as error:  # ModelFailed, or SettingsInvalid for the model that checks
            notice = " ".join(filter(None, (by_words.notice, f"{error} {localized(ONLY_WORDS_CHECKED)}")))
            return replace(by_words, notice=notice, failures=(*by_words.failures, str(error)))
        answer = await asyncio.to_thread(apply_verdicts, by_words, hits, verdicts)
        return await asyncio.to_thread(without_lost_quotes, answer, self._library.corpus.find)

    def _neighbours(self, answer: Answer) -> list[Passage]:
        """The passages before and after those that an answer cites."""
        found = []
        with self._library.index() as index:
            for citation in answer.citations:
                passages = index.article_passages(citation.article.id)
                for place, passage in enumerate(passages):
                    if passage.start <= citation.start and citation.end <= passage.end:
                        found += passages[max(0, place - 1) : place + 2]
        return list(dict.fromkeys(found))

    def _with_contradictions(
        self, answer: Answer, full: Answer, extractive: Answer | None, task: Task
    ) -> Answer:
        """The answer with its contradictions; *full* still has the sentences that a strict one leaves out."""
        from bot.comparison.article_conflicts import article_conflict
        from bot.comparison.contradictions import with_contradictions
        from bot.comparison.second_opinion import contradicting_statement

        shown = len(answer.sentences) == len(full.sentences)
        statement = contradicting_statement(full, extractive, task.hits, shown=shown) if extractive else None
        conflict = article_conflict(extractive if extractive and statement else answer, task.hits)
        return with_contradictions(answer, [statement, conflict], self._library.corpus.find)

    async def _second_opinion(self, answer: Answer, task: Task) -> Answer | None:
        """The extractive answer to a factual question that the model's answer is doubtful on; else None."""
        from bot.comparison.second_opinion import asks_for_fact

        doubtful = any(sentence.is_marked for sentence in answer.sentences) and not answer.contradictions
        if answer.mode != "model" or not doubtful or not asks_for_fact(task.standalone):
            return None
        try:
            return await asyncio.to_thread(self._extract, task)
        except RetrievalError:  # the model's answer is shown without it
            return None


def _with_confidence(answer: Answer) -> Answer:
    """A model's answer with the share of its sentences that are supported, of those with a verdict."""
    if answer.mode != "model":
        return answer
    if answer.status == "not_found" or not answer.sentences:
        return replace(answer, confidence=0.0)
    judged = [sentence.support for sentence in answer.sentences if sentence.support != "neutral"]
    share = judged.count("supported") / len(judged) if judged else _UNCHECKED_CONFIDENCE
    return replace(answer, confidence=share)


def _with_spelling_notice(answer: Answer, correction: SpellingCorrection) -> Answer:
    notices = [localized(CORRECTED, typed=typed, meant=meant) for typed, meant in correction.changes]
    return replace(answer, notice=" ".join(filter(None, (*notices, answer.notice))) or None)
