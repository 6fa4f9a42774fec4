"""Admits or refuses questions, keeps track of the running ones, and turns errors into notices."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from bot.discord.handlers.admission import QueueFull, RateLimit, RequestQueue, Ticket
from bot.discord.handlers.error_notices import error_notice
from bot.discord.posts.delivery import Surface
from bot.discord.posts.discord_requests import Gone
from bot.discord.posts.post import Post, notice
from bot.errors import BotError
from bot.localization import localized, localized_count
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from bot.discord.handlers.question_task import QuestionRunner
    from bot.discord.journal.asked_question import Question

T = TypeVar("T")

log = logging.getLogger("footnote.discord")
RESTARTING = "I am about to restart. Please ask again in a minute."
RESTART_NOTICE_TIMEOUT = 3.0  # seconds to show the complete part of interrupted answers
LAST_TIMEOUT = 0.5  # seconds for what is still left, such as commands
ANSWER_LIMIT = "I answer {limit} questions per person and minute."
CHECK_LIMIT = "I check {limit} messages per person and minute."
UNEXPECTED_ERROR = "Something went wrong on my side. Please try again."


class Refused(Exception):
    """A question is not admitted; the text tells the person why."""


class Dispatcher:
    """Admits questions by rate limit and queue, and tracks the tasks that handle them."""

    def __init__(self, runner: QuestionRunner, rate_limit: RateLimit, queue: RequestQueue) -> None:
        self.runner = runner
        self._rate_limit = rate_limit
        self._check_limit = RateLimit(rate_limit.limit)  # a check asks the model, but is not a question
        self._queue = queue
        self._tasks: set[asyncio.Task[object]] = set()
        self._stopping = False

    def admit(self, question: Question, *, limited: bool = True) -> Ticket:
        """Queue a question; *limited*: within the rate limit. Raises Refused, with the time to ask again."""
        if self._stopping:
            raise Refused(RESTARTING)
        try:
            ticket = self._queue.enter(question.person, question.conversation, question.server)
        except QueueFull as full:
            text = "{count} questions are already waiting. Please try again in a minute."
            raise Refused(localized(text, count=full.waiting)) from full
        refusal = self._over_limit(question) if limited else ""
        if refusal:
            self._queue.leave(ticket)
            raise Refused(refusal)
        return ticket

    def _over_limit(self, question: Question) -> str:
        """Count a question or check; the refusal if there were too many. Searches are not counted."""
        if question.kind == "search":
            return ""
        limit = self._check_limit if question.kind == "check" else self._rate_limit
        wait = math.ceil(limit.acquire(question.person))
        if not wait:
            return ""
        again = localized_count("Please ask again in a second.", "Please ask again in {count} seconds.", wait)
        text = CHECK_LIMIT if question.kind == "check" else ANSWER_LIMIT
        return f"{localized(text, limit=limit.limit)} {again}"

    async def run_queued(self, ticket: Ticket, work: Awaitable[T]) -> T:
        """Await *work* once the ticket is ready."""
        async with self._queue.slot(ticket):
            return await work

    def withdraw(self, ticket: Ticket) -> None:
        """Give up a ticket that will not be used."""
        self._queue.leave(ticket)

    async def answer(self, question: Question, ticket: Ticket, surface: Surface, token: str = "") -> None:
        """Answer an admitted question; errors are shown on the surface."""
        async with self.error_boundary(lambda post: surface.show([post])):
            await self.runner.answer(question, ticket, surface, token)

    @asynccontextmanager
    async def error_boundary(self, show: Callable[[Post], Awaitable[None]]) -> AsyncIterator[None]:
        """Show errors as notices, and log the unexpected ones. Nothing is raised but cancellation."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            yield
        except Gone as gone:
            log.info("given up: %s", gone)
        except (BotError, RetrievalError) as error:
            await _try_to_show(show(error_notice(error, self.runner.first_sync)))
        except asyncio.CancelledError:
            if not self._stopping:
                raise
            await _try_to_show(show(notice(RESTARTING)))
        except Exception:
            log.exception("unexpected error")
            await _try_to_show(show(notice(UNEXPECTED_ERROR, colour="red")))
        finally:
            self._tasks.discard(task)

    @property
    def is_busy(self) -> bool:
        """True while something is handled."""
        return bool(self._tasks)

    def run_in_background(self, work: Coroutine[Any, Any, object]) -> None:
        """Run *work* in a task that is awaited at the end."""
        task: asyncio.Task[object] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self, seconds: float) -> None:
        """Refuse new questions and wait for running ones; interrupt those that take longer than *seconds*."""
        self._stopping = True
        running = set(self._tasks)
        if running:
            log.info("running questions: %d; they have %g s", len(running), seconds)
            _, late = await asyncio.wait(running, timeout=seconds)
            self.runner.running.interrupt("restart")
            _, late = await asyncio.wait(late, timeout=RESTART_NOTICE_TIMEOUT) if late else (late, late)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=LAST_TIMEOUT)


async def _try_to_show(showing: Awaitable[None]) -> None:
    with contextlib.suppress(Gone):
        try:
            await showing
        except Exception:
            log.exception("the notice could not be sent")
