"""One question's way: its turn in the line, the growing answer, the record, one line in the log."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, cast

from bot.answer import Answer
from bot.discord.handlers.admission import RequestQueue, Ticket
from bot.discord.handlers.edit_throttle import EditThrottle
from bot.discord.posts.answer_layout import answer_posts, growing_posts
from bot.discord.posts.post import Post, notice
from bot.errors import BotError, RecordsFailure
from bot.question.conversation import Turn
from retrieval.errors import IndexMissing, RetrievalError
from retrieval.hit import Filters

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from bot.assistant import Assistant
    from bot.discord.handlers.discord_store import DiscordStore
    from bot.discord.handlers.loop_throttle import LoopThrottle
    from bot.records.answer_store import AnswerStore

log = logging.getLogger("footnote.discord")
PLACE_EVERY = 1.0  # seconds between two looks at the place in the line; who waits less is not told
TURNS = 8  # of a conversation that a follow-up is read with
SILENCE = timedelta(hours=2)  # after which a question outside threads begins a new conversation
FIRST_SYNC = 120.0  # seconds that a question waits for the first index
READING = "I am reading the articles first. Your question will be answered right here…"
BUDGET_SPENT = "Today's budget for the model is spent: the answer is selected from the articles."


class Shows(Protocol):
    """Where posts are shown; see ``delivery.Surface``."""

    async def show(self, posts: Sequence[Post]) -> None:
        """Bring what is shown to *posts*. Raises Gone."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asked, and where. ``server`` is 0 for direct messages.

    *private*: seen by them alone. *lasting*: in a thread, where a talk can go on after any silence.
    """

    text: str
    person: int
    server: int
    channel: int
    conversation: str
    kind: str
    filters: Filters = field(default_factory=Filters)
    private: bool = False
    lasting: bool = False


class QuestionRunner:
    """Answers questions on whatever surface they are to be shown on."""

    def __init__(
        self,
        assistant: Assistant,
        thrifty: Assistant,
        records: AnswerStore,
        store: DiscordStore,
        line: RequestQueue,
        loop_throttle: LoopThrottle,
        *,
        pace: float,
        daily_tokens: int,
        log_questions: bool,
    ) -> None:
        self._assistant = assistant
        self._thrifty = thrifty  # the same articles without a model, for when the budget is spent
        self._records = records
        self._store = store
        self._line = line
        self._loop_throttle = loop_throttle
        self._pace = pace
        self._daily_tokens = daily_tokens
        self._log_questions = log_questions
        self.searched = 0  # articles in the index, as last seen
        self.read = asyncio.Event()  # set when the articles have been read for the first time

    async def answer(self, question: Question, turn: Ticket, surface: Shows) -> None:
        """Answer on a surface when the turn has come. Raises Gone; all else is said there."""
        begun = time.perf_counter()
        pace: EditThrottle[list[Post]] = EditThrottle(surface.show, self._pace)
        outcome = "failed"
        answer: Answer | None = None
        try:
            await self._wait(turn, pace)
            async with self._line.turn(turn):
                answer = await self._grow(question, pace)
                answer = await self._kept(question, answer)
            outcome = answer.status
            await pace.finish(answer_posts(answer, searched=self.searched))
        except (BotError, RetrievalError) as error:
            outcome = type(error).__name__
            await pace.finish([notice(str(error), help=error.help, colour="red")])
        except asyncio.CancelledError:
            outcome = "stopped"
            raise
        finally:
            pace.cancel()
            self._line.leave(turn)
            self._log(question, outcome, answer, time.perf_counter() - begun)

    async def _wait(self, turn: Ticket, pace: EditThrottle[list[Post]]) -> None:
        """Wait for the turn; show the place in the line meanwhile, and again when it has halved."""
        shown = 0
        while not turn.ready.is_set():
            try:
                await asyncio.wait_for(turn.ready.wait(), PLACE_EVERY)
            except TimeoutError:
                await self._loop_throttle.wait_turn()  # those who came together look together
                place = self._line.place(turn)
                if place and (not shown or place <= shown // 2):
                    pace.offer([_waiting(place)])
                    shown = place

    async def _grow(self, question: Question, pace: EditThrottle[list[Post]]) -> Answer:
        """Show the answer as it grows; its last state is returned, not shown."""
        thrifty = await self._budget_is_spent(question)
        assistant = self._thrifty if thrifty else self._assistant
        history = await asyncio.to_thread(self._history, question)
        try:
            answer = await _streamed(assistant, question, history, pace)
        except IndexMissing:
            if self.read.is_set():
                raise
            pace.offer([notice(READING)])
            await self._wait_for_index()
            answer = await _streamed(assistant, question, history, pace)
        return replace(answer, notice=answer.notice or BUDGET_SPENT) if thrifty else answer

    async def _wait_for_index(self) -> None:
        """Wait for the first sync, but not for ever. Raises IndexMissing."""
        try:
            await asyncio.wait_for(self.read.wait(), FIRST_SYNC)
        except TimeoutError:
            raise IndexMissing("I am still reading the articles.", "Please ask again later.") from None

    def _history(self, question: Question) -> tuple[Turn, ...]:
        """The turns before a question, the oldest first; outside threads only if they are not long ago."""
        try:
            records = self._records.latest(TURNS, conversation=question.conversation)
        except RecordsFailure as error:
            log.warning("a question was read without its conversation: %s", error)
            return ()
        if records and not question.lasting:
            silence = datetime.now(UTC) - datetime.fromisoformat(records[0].asked_at)
            records = records if silence < SILENCE else ()
        answers = [record.answer for record in reversed(records)]
        return tuple(Turn(each.question, each.text, each.standalone_question) for each in answers)

    async def _budget_is_spent(self, question: Question) -> bool:
        if not self._daily_tokens or self._assistant.mode != "model":
            return False
        return await asyncio.to_thread(self._store.spent, _today(), question.server) >= self._daily_tokens

    async def _kept(self, question: Question, answer: Answer) -> Answer:
        """The answer under the id that its buttons name. An answer that cannot be kept has no buttons."""
        try:
            return replace(answer, id=await asyncio.to_thread(self._keep, question, answer))
        except BotError as error:
            log.warning("an answer was not kept: %s", error)
            return replace(answer, id="")

    def _keep(self, question: Question, answer: Answer) -> str:
        name = self._records.add(
            answer,
            as_of=date.today(),
            conversation=question.conversation,
            person=f"discord:{question.person}",
        )
        if not question.private:
            self._store.set_latest(question.channel, name)
        tokens = answer.usage.input_tokens + answer.usage.output_tokens
        if tokens:
            self._store.spend(_today(), question.server, tokens)
        return name

    def _log(self, question: Question, outcome: str, answer: Answer | None, seconds: float) -> None:
        usage = answer.usage.input_tokens + answer.usage.output_tokens if answer else 0
        log.info(
            "%s user=%d server=%d channel=%d status=%s ms=%d tokens=%d%s",
            question.kind,
            question.person,
            question.server,
            question.channel,
            outcome,
            seconds * 1000,
            usage,
            f" question={question.text!r}" if self._log_questions else "",
        )


async def _streamed(
    assistant: Assistant, question: Question, history: Sequence[Turn], pace: EditThrottle[list[Post]]
) -> Answer:
    """The last state of an answer; those before it are shown."""
    asked = assistant.ask(question.text, filters=question.filters, history=history)
    answer: Answer | None = None
    async with aclosing(cast("AsyncGenerator[Answer, None]", asked)) as growing:
        async for answer in growing:
            if answer.sentences and not answer.complete:
                pace.offer(growing_posts(answer))
    assert answer is not None, "a stream of answers ends with a complete one"
    return answer


def _waiting(place: int) -> Post:
    return notice(f"Your question is number {place} in the line. It will be answered right here…")


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
