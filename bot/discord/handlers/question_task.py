"""Answers one question: waits in the queue, shows the growing answer, records it, logs one line."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, cast

from bot.answer import Answer
from bot.discord.handlers.admission import RequestQueue, Ticket
from bot.discord.handlers.edit_throttle import EditThrottle
from bot.discord.handlers.error_notices import error_notice
from bot.discord.posts.answer_layout import answer_posts, growing_posts
from bot.discord.posts.post import Post, notice
from bot.errors import BotError, RecordsFailure
from bot.question.conversation import Turn, turn_of
from retrieval.errors import RetrievalError
from retrieval.hit import Filters

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from bot.assistant import Assistant
    from bot.discord.handlers.discord_store import DiscordStore
    from bot.discord.handlers.first_sync import FirstSync
    from bot.discord.handlers.loop_throttle import LoopThrottle
    from bot.discord.posts.delivery import Surface
    from bot.records.answer_store import AnswerStore

log = logging.getLogger("footnote.discord")
POSITION_INTERVAL = 1.0  # seconds between checks of the queue position; shorter waits are not shown
MAX_TURNS = 8  # earlier turns of the conversation passed with a question
CONVERSATION_TIMEOUT = timedelta(hours=2)  # of silence, after which a new one starts outside threads
FIRST_SYNC_TIMEOUT = 600.0  # seconds that a question waits for the first index
PROGRESS_INTERVAL = 5.0  # seconds between two states of the first sync that are shown
ANSWER_FOLLOWS = "I will answer here…"
BUDGET_SPENT = "Today's token budget is used up, so this answer was written without the language model."


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its origin. ``server`` is 0 for direct messages.

    ``kind`` is "ask" or "mention". ``private``: only the asker sees the answer. ``in_thread``: the
    conversation does not time out. ``context``: the message of another person that it replies to.
    """

    text: str
    person: int
    server: int
    channel: int
    conversation: str
    kind: str
    filters: Filters = field(default_factory=Filters)
    private: bool = False
    in_thread: bool = False
    context: str = ""


class QuestionRunner:
    """Answers questions. *fallback* answers without a model, once the daily token budget is spent."""

    def __init__(
        self,
        assistant: Assistant,
        fallback: Assistant,
        records: AnswerStore,
        store: DiscordStore,
        queue: RequestQueue,
        loop_throttle: LoopThrottle,
        first_sync: FirstSync,
        *,
        edit_interval: float,
        daily_tokens: int,
        log_questions: bool,
    ) -> None:
        self._assistant = assistant
        self._fallback = fallback
        self._records = records
        self._store = store
        self._queue = queue
        self._loop_throttle = loop_throttle
        self._edit_interval = edit_interval
        self._daily_tokens = daily_tokens
        self._log_questions = log_questions
        self.article_count = 0  # in the index after the latest sync
        self.first_sync = first_sync

    async def answer(self, question: Question, ticket: Ticket, surface: Surface) -> None:
        """Answer on a surface when the ticket is ready. Expected errors are shown there. Raises Gone."""
        started = time.perf_counter()
        throttle: EditThrottle[list[Post]] = EditThrottle(surface.show, self._edit_interval)
        outcome = "failed"
        answer: Answer | None = None
        try:
            await self._wait_for_articles(throttle)
            await self._wait(ticket, throttle)
            async with self._queue.slot(ticket):
                answer = await self._show_growing(question, throttle)
                answer = await self._with_record_id(question, answer)
            outcome = answer.status
            await throttle.finish(answer_posts(answer, searched=self.article_count))
        except (BotError, RetrievalError) as error:
            outcome = type(error).__name__
            await throttle.finish([error_notice(error, self.first_sync)])
        except asyncio.CancelledError:
            outcome = "stopped"
            raise
        finally:
            throttle.cancel()
            self._queue.leave(ticket)
            self._log(question, outcome, answer, time.perf_counter() - started)

    async def _wait_for_articles(self, throttle: EditThrottle[list[Post]]) -> None:
        """Wait for the first index, for as long as anybody would, and show its progress."""
        deadline = time.monotonic() + FIRST_SYNC_TIMEOUT
        while self.first_sync.running and time.monotonic() < deadline:
            throttle.offer([notice(f"{self.first_sync.text()} {ANSWER_FOLLOWS}")])
            with suppress(TimeoutError):
                await asyncio.wait_for(self.first_sync.ended.wait(), PROGRESS_INTERVAL)

    async def _wait(self, ticket: Ticket, throttle: EditThrottle[list[Post]]) -> None:
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

    async def _show_growing(self, question: Question, throttle: EditThrottle[list[Post]]) -> Answer:
        """Show the answer as it grows, and return the complete one without showing it."""
        over_budget = await self._is_over_budget(question)
        assistant = self._fallback if over_budget else self._assistant
        history = await asyncio.to_thread(self._history, question)
        answer = await _stream(assistant, question, history, throttle)
        if answer.failures:
            log.warning("the model failed: %s", " ".join(answer.failures))
        return replace(answer, notice=answer.notice or BUDGET_SPENT) if over_budget else answer

    def _history(self, question: Question) -> tuple[Turn, ...]:
        """The previous turns, oldest first; outside threads only if the latest has not timed out."""
        try:
            records = self._records.latest(MAX_TURNS, conversation=question.conversation)
        except RecordsFailure as error:
            log.warning("question answered without its conversation: %s", error)
            return ()
        if records and not question.in_thread:
            silence = datetime.now(UTC) - datetime.fromisoformat(records[0].asked_at)
            records = records if silence < CONVERSATION_TIMEOUT else ()
        answers = [record.answer for record in reversed(records)]
        turns = list(map(turn_of, answers))
        if question.context:
            turns.append(Turn(question.context, "", question.context))
        return tuple(turns)

    async def _is_over_budget(self, question: Question) -> bool:
        if not self._daily_tokens or self._assistant.mode != "model":
            return False
        return await asyncio.to_thread(self._store.spent, _today(), question.server) >= self._daily_tokens

    async def _with_record_id(self, question: Question, answer: Answer) -> Answer:
        """The answer with the id of its record, or without an id, and so without buttons, if that fails."""
        try:
            return replace(answer, id=await asyncio.to_thread(self._record, question, answer))
        except BotError as error:
            log.warning("answer not saved: %s", error)
            return replace(answer, id="")

    def _record(self, question: Question, answer: Answer) -> str:
        answer_id = self._records.add(
            answer,
            as_of=date.today(),
            conversation=question.conversation,
            person=f"discord:{question.person}",
        )
        if not question.private:
            self._store.set_latest_answer(question.channel, answer_id)
        tokens = answer.usage.input_tokens + answer.usage.output_tokens
        if tokens:
            self._store.spend(_today(), question.server, tokens)
        return answer_id

    def _log(self, question: Question, outcome: str, answer: Answer | None, seconds: float) -> None:
        tokens = answer.usage.input_tokens + answer.usage.output_tokens if answer else 0
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


async def _stream(
    assistant: Assistant, question: Question, history: Sequence[Turn], throttle: EditThrottle[list[Post]]
) -> Answer:
    """Show the partial answers and return the complete one."""
    stream = assistant.ask(question.text, filters=question.filters, history=history)
    answer: Answer | None = None
    async with aclosing(cast("AsyncGenerator[Answer, None]", stream)) as answers:
        async for answer in answers:
            if (answer.sentences or answer.progress) and not answer.complete:
                throttle.offer(growing_posts(answer)[:1])
    assert answer is not None, "a stream of answers ends with a complete one"
    return answer


def _position_notice(position: int) -> Post:
    return notice(f"Your question is number {position} in the queue. {ANSWER_FOLLOWS}")


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
