"""Answers one question: waits in the queue, shows the growing answer, records it, logs one line."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias, cast

from bot.answer import Answer
from bot.discord.handlers.admission import RequestQueue, Ticket
from bot.discord.handlers.edit_throttle import EditThrottle
from bot.discord.handlers.error_notices import error_notice
from bot.discord.handlers.interruption import (
    complete_part,
    halfway_notice,
    interrupted_posts,
    with_ask_again,
)
from bot.discord.handlers.running_questions import RunningQuestion, RunningQuestions
from bot.discord.journal.question_journal import save
from bot.discord.posts.answer_layout import answer_posts, growing_posts
from bot.discord.posts.discord_requests import Gone, Unreachable
from bot.discord.posts.post import Post, notice, with_button
from bot.errors import BotError
from bot.localization import localized
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import discord

    from bot.assistant import Assistant
    from bot.discord.handlers.answer_recorder import AnswerRecorder
    from bot.discord.handlers.first_sync import FirstSync
    from bot.discord.handlers.loop_throttle import LoopThrottle
    from bot.discord.journal.asked_question import Question
    from bot.discord.journal.question_journal import QuestionJournal, State
    from bot.discord.posts.delivery import Surface

Throttle: TypeAlias = "EditThrottle[list[Post]]"
log = logging.getLogger("footnote.discord")
POSITION_INTERVAL = 1.0  # seconds between checks of the queue position; shorter waits are not shown
FIRST_SYNC_TIMEOUT = 600.0  # seconds that a question waits for the first index
PROGRESS_INTERVAL = 5.0  # seconds between two states of the first sync that are shown
MAX_PRIVATE_ANSWERS = 200  # the latest ones; Discord lets them be deleted for 15 minutes
STOP = "⏹ Stop"
ANSWER_FOLLOWS = "I will answer here…"
BUDGET_SPENT = "Today's token budget is used up, so this answer was written without the language model."


class QuestionRunner:
    """Answers questions. *fallback* answers without a model, once the daily token budget is spent."""

    def __init__(
        self,
        assistant: Assistant,
        fallback: Assistant,
        recorder: AnswerRecorder,
        journal: QuestionJournal,
        queue: RequestQueue,
        loop_throttle: LoopThrottle,
        first_sync: FirstSync,
        *,
        edit_interval: float,
        log_questions: bool,
    ) -> None:
        self._assistant = assistant
        self._fallback = fallback
        self._recorder = recorder
        self._journal = journal
        self._queue = queue
        self._loop_throttle = loop_throttle
        self._edit_interval = edit_interval
        self._log_questions = log_questions
        self.article_count = 0  # in the index after the latest sync
        self.first_sync = first_sync
        self.running = RunningQuestions()
        self.private_answers: OrderedDict[str, Surface] = OrderedDict()  # by the ids of the answers

    async def answer(self, question: Question, ticket: Ticket, surface: Surface, token: str = "") -> None:
        """Answer on a surface when the ticket is ready. Expected errors are shown there. Raises Gone.

        *token* is that of the question's interaction.
        """
        started = time.perf_counter()
        answer: Answer | None = None
        with self.running.started(question, surface) as running:
            throttle: Throttle = EditThrottle(
                surface.show, self._edit_interval, lambda: running.interrupt("gone")
            )
            outcome = "failed"
            state: State = "done"
            surface.on_message = lambda message: self._save_message(question, message)
            await save(lambda: self._journal.begin(question, token))
            try:
                answer = await running.run(self._answer(running, ticket, throttle))
                if answer is None:
                    outcome = running.reason or outcome
                    answer, state = await self._end(running, throttle)
                else:
                    answer = await self._recorder.with_id(question, answer)
                    outcome = answer.status
                    searched = 0 if question.filters else self.article_count
                    starts = running.starts_thread
                    await throttle.finish(answer_posts(answer, searched=searched, starts_thread=starts))
                    if question.private:
                        self._keep_private(answer.id, surface)
            except (BotError, RetrievalError) as error:
                outcome = type(error).__name__
                await throttle.finish([error_notice(error, self.first_sync)])
            except (asyncio.CancelledError, Unreachable):
                outcome, state = "stopped", "open"
                raise
            finally:
                throttle.cancel()
                self._queue.leave(ticket)
                self._log(question, outcome, answer, time.perf_counter() - started)
                await self._close(question, state, answer)

    def _keep_private(self, answer_id: str, surface: Surface) -> None:
        """Keep the surface of a private answer: only its interaction can delete all its messages."""
        self.private_answers[answer_id] = surface
        if len(self.private_answers) > MAX_PRIVATE_ANSWERS:
            self.private_answers.popitem(last=False)

    async def _save_message(self, question: Question, message: discord.Message) -> None:
        channel, id_ = message.channel.id, message.id
        await save(lambda: self._journal.add_message(question.id, channel, id_))

    async def _close(self, question: Question, state: State, answer: Answer | None) -> None:
        answer_id = answer.id if answer else ""
        await save(lambda: self._journal.finish(question.id, state, answer_id))

    async def _answer(self, running: RunningQuestion, ticket: Ticket, throttle: Throttle) -> Answer:
        await self._wait_for_articles(throttle)
        await self._wait(ticket, throttle)
        async with self._queue.slot(ticket):
            return await self._show_growing(running, throttle)

    async def _end(self, running: RunningQuestion, throttle: Throttle) -> tuple[Answer | None, State]:
        """Show what is left of an interrupted answer, and return it with the state of its question."""
        question, reason = running.question, running.reason
        if reason is None or reason in ("gone", "deleted"):
            throttle.cancel()
            with suppress(Gone):
                await running.surface.show([])
            return None, "done"
        find = self._assistant.library.corpus.find
        part = await asyncio.to_thread(complete_part, running.latest, find)
        if part is None:
            await throttle.finish(interrupted_posts(reason, question.id))
            return None, "interrupted"
        part = await self._recorder.with_id(question, replace(part, notice=halfway_notice(reason)))
        posts = answer_posts(part, searched=self.article_count)
        await throttle.finish(with_ask_again(posts, question.id))
        return part, "interrupted"

    async def _wait_for_articles(self, throttle: Throttle) -> None:
        """Wait for the first index, for as long as anybody would, and show its progress."""
        deadline = time.monotonic() + FIRST_SYNC_TIMEOUT
        while self.first_sync.running and time.monotonic() < deadline:
            throttle.offer([notice(f"{self.first_sync.text()} {localized(ANSWER_FOLLOWS)}")])
            with suppress(TimeoutError):
                await asyncio.wait_for(self.first_sync.searchable.wait(), PROGRESS_INTERVAL)

    async def _wait(self, ticket: Ticket, throttle: Throttle) -> None:
        """Wait for the ticket; show its position, and again each time it has halved."""
        shown = 0
        while not ticket.ready.is_set():
            try:
                await asyncio.wait_for(ticket.ready.wait(), POSITION_INTERVAL)
            except TimeoutError:
                await self._loop_throttle.wait_turn()  # a burst of questions times out all at once
                position = self._queue.position(ticket)
                if position and (not shown or position <= shown // 2):
                    throttle.offer([_position_notice(position)])
                    shown = position

    async def _show_growing(self, running: RunningQuestion, throttle: Throttle) -> Answer:
        """Show the answer as it grows, and return the complete one without showing it."""
        question, assistant = running.question, self._assistant
        over_budget = assistant.mode == "model" and await self._recorder.is_over_budget(question)
        if over_budget:
            assistant = self._fallback
        history = await asyncio.to_thread(self._recorder.history, question)
        # In direct messages, it is obvious how to continue.
        running.starts_thread = question.in_thread and bool(question.server) and not history
        stream = assistant.ask(question.text, filters=question.filters, history=history)
        answer: Answer | None = None
        async with aclosing(cast("AsyncGenerator[Answer, None]", stream)) as answers:
            async for answer in answers:
                if (answer.sentences or answer.progress) and not answer.complete:
                    running.latest = answer
                    posts = growing_posts(answer)[:1]
                    throttle.offer(with_button(posts, localized(STOP), f"fn:stop:{question.id}"))
        assert answer is not None, "a stream of answers ends with a complete one"
        if answer.failures:
            log.warning("the model failed: %s", " ".join(answer.failures))
        return replace(answer, notice=answer.notice or localized(BUDGET_SPENT)) if over_budget else answer

    def _log(self, question: Question, outcome: str, answer: Answer | None, seconds: float) -> None:
        tokens = answer.usage.tokens if answer else 0
        log.info(
            "%s user=%d server=%d channel=%d status=%s ms=%d tokens=%d%s",
            question.kind,
            question.person,
            question.server,
            question.channel,
            outcome,
            seconds * 1000,
            tokens,
            f" question={question.text!r}" if self._log_questions else "",
        )


def _position_notice(position: int) -> Post:
    text = localized("Your question is number {position} in the queue.", position=position)
    return notice(f"{text} {localized(ANSWER_FOLLOWS)}")
