"""The questions being answered, and their interruption: stopped by a person, by a restart, or pointless."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.discord.journal.asked_question import Question
    from bot.discord.posts.delivery import Surface

# "gone": nobody can see the answer any more. "deleted": the question was deleted.
Reason = Literal["stopped", "restart", "gone", "deleted"]


class RunningQuestion:
    """A question being answered; ``latest`` is its growing answer, ``reason`` why it was interrupted."""

    def __init__(self, question: Question, surface: Surface) -> None:
        self.question = question
        self.surface = surface
        self.latest: Answer | None = None
        self.starts_thread = False  # the first question in a thread
        self.reason: Reason | None = None
        self._work: asyncio.Task[Answer] | None = None

    async def run(self, work: Coroutine[Any, Any, Answer]) -> Answer | None:
        """The result of *work*, which is cancelled by an interruption: None."""
        self._work = asyncio.create_task(work)
        if self.reason is not None:
            self._work.cancel()
        try:
            return await self._work
        except asyncio.CancelledError:
            if self.reason is None:
                raise
            return None

    def interrupt(self, reason: Reason) -> bool:
        """End the work; False if it has ended or was interrupted before."""
        if self.reason is not None or (self._work is not None and self._work.done()):
            return False
        self.reason = reason
        if self._work is not None:
            self._work.cancel()
        return True


class RunningQuestions:
    """All questions being answered."""

    def __init__(self) -> None:
        self._running: dict[int, RunningQuestion] = {}

    def __contains__(self, question_id: object) -> bool:
        return question_id in self._running

    @contextmanager
    def started(self, question: Question, surface: Surface) -> Iterator[RunningQuestion]:
        """Register a question while it is being answered."""
        running = self._running[question.id] = RunningQuestion(question, surface)
        try:
            yield running
        finally:
            self._running.pop(question.id, None)

    def find(self, question_id: int) -> RunningQuestion | None:
        """A question being answered; None if it is not."""
        return self._running.get(question_id)

    def interrupt(self, reason: Reason, concerns: Callable[[RunningQuestion], bool] = lambda _: True) -> None:
        """Interrupt the questions for which *concerns* is true."""
        for running in list(self._running.values()):
            if concerns(running):
                running.interrupt(reason)

    def message_deleted(self, message: int) -> None:
        """Interrupt the questions asked or answered in a message."""
        self.interrupt("deleted", lambda running: running.question.id == message)
        self.interrupt("gone", lambda running: message in running.surface.message_ids)

    def channel_deleted(self, channel: int) -> None:
        """Interrupt the questions answered in a channel or thread."""
        self.interrupt("gone", lambda running: running.question.channel == channel)

    def server_left(self, server: int) -> None:
        """Interrupt the questions of a server."""
        self.interrupt("gone", lambda running: running.question.server == server)
