"""The front desk: every question comes by here, is let in or kindly refused, and seen through."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from bot.discord.handlers.admission import QueueFull, Rate, RequestQueue, Ticket
from bot.discord.posts.delivery import Surface
from bot.discord.posts.discord_requests import Gone
from bot.discord.posts.post import Post, notice
from bot.errors import BotError
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from bot.discord.handlers.question_task import Question, QuestionRunner

Made = TypeVar("Made")

log = logging.getLogger("footnote.discord")
STOPPING = "I am about to restart. Please ask again in a minute."
FAREWELL = 6.0  # seconds for that word to go out: Discord takes five edits of a reply in five seconds
TROUBLE = "Something went wrong on my side. It is in my log; please try again."


class Refused(Exception):
    """A question that is not let in; the text says why, for the person."""


class Dispatcher:
    """Lets questions in by rate and line, and knows what is under way."""

    def __init__(self, asking: QuestionRunner, rate: Rate, line: RequestQueue) -> None:
        self.asking = asking
        self._rate = rate
        self._line = line
        self._under_way: set[asyncio.Task[object]] = set()
        self._stopping = False

    def admit(self, question: Question) -> Ticket:
        """A place in the line. Raises Refused, whose text says when to come again."""
        if self._stopping:
            raise Refused(STOPPING)
        try:
            turn = self._line.enter(question.person, question.conversation, question.server)
        except QueueFull as full:
            raise Refused(
                f"{full.place} questions are waiting already. Please try again in a minute."
            ) from full
        wait = self._rate.wait(question.person)
        if wait:
            self._line.leave(turn)
            seconds = math.ceil(wait)
            again = "a second" if seconds == 1 else f"{seconds} seconds"
            raise Refused(f"That was a lot of questions at once. Please ask again in {again}.")
        return turn

    async def in_turn(self, turn: Ticket, making: Awaitable[Made]) -> Made:
        """What is made when the turn has come, as questions are answered in theirs."""
        async with self._line.turn(turn):
            return await making

    def withdraw(self, turn: Ticket) -> None:
        """Give a place up that will not be used."""
        self._line.leave(turn)

    async def see_through(self, question: Question, turn: Ticket, surface: Surface) -> None:
        """Answer a question that was let in; whatever happens, the person sees a sentence."""
        async with self.error_boundary(lambda post: surface.show([post])):
            await self.asking.answer(question, turn, surface)

    @asynccontextmanager
    async def error_boundary(self, say: Callable[[Post], Awaitable[None]]) -> AsyncIterator[None]:
        """The outermost edge: nothing leaves it. Known errors are said, unknown ones logged and admitted."""
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            yield
        except Gone as gone:
            log.info("given up: %s", gone)
        except (BotError, RetrievalError) as error:
            await _said(say(notice(str(error), help=error.help, colour="red")))
        except asyncio.CancelledError:
            if not self._stopping:
                raise
            await _said(say(notice(STOPPING)))
        except Exception:
            log.exception("a person was told that something went wrong")
            await _said(say(notice(TROUBLE, colour="red")))
        finally:
            self._under_way.discard(task)

    async def stop(self, seconds: float) -> None:
        """Let nothing in any more; wait for what is under way, then end it with a word to each."""
        self._stopping = True
        running = set(self._under_way)
        if running:
            log.info("finishing %d questions, %g s at most", len(running), seconds)
            _, late = await asyncio.wait(running, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=FAREWELL)


async def _said(saying: Awaitable[None]) -> None:
    """Say it if Discord lets us."""
    with contextlib.suppress(Gone):
        try:
            await saying
        except Exception:
            log.exception("the sentence could not be sent")
