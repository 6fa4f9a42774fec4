"""One chat: what was asked and answered in it, and what the numbers on the screen point at."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation
from bot.records.record_stream import record_stream
from bot.rendering.text_rendering import hit_as_citation

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.records.answer_store import AnswerStore
    from bot.terminal.screen import Screen
    from retrieval.hit import Hit


class Session:
    """A conversation with the Assistant on a screen; its answers go into the records. ``over`` ends it."""

    def __init__(
        self, assistant: Assistant, screen: Screen, records: Callable[[], AnswerStore] | None = None
    ) -> None:
        self.assistant = assistant
        self.screen = screen
        self.answers: list[Answer] = []
        self.citations: tuple[Citation, ...] = ()
        self.over = False
        self._records = records
        self._key = _new_key()

    async def ask(self, question: str) -> Answer:
        """Ask, draw the answer as it grows, and keep it; one that was stopped is kept as far as it came."""
        return await self.screen.show(self._kept(question))

    async def _kept(self, question: str) -> AsyncIterator[Answer]:
        kept = False
        answers = self.assistant.ask(question, conversation=self._key)
        async for answer in record_stream(answers, self._records, conversation=self._key):
            self.answers[len(self.answers) - kept :] = [answer]
            kept = True
            self.citations = answer.citations or numbered_hits(answer.nearest)
            yield answer

    def cite(self, citations: Sequence[Citation]) -> None:
        """Let the numbers point at *citations* from now on."""
        self.citations = tuple(citations)

    def citation(self, number: int) -> Citation | None:
        """What a number on the screen points at."""
        return next((each for each in self.citations if each.number == number), None)

    def renew(self) -> None:
        """Forget the conversation; the next question stands alone."""
        self.assistant.forget(self._key)
        self._key = _new_key()
        self.answers.clear()
        self.citations = ()


def numbered_hits(hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """Hits as citations of their whole passages, numbered from 1."""
    return tuple(hit_as_citation(number, hit) for number, hit in enumerate(hits, 1))


def _new_key() -> str:
    return f"terminal:{uuid.uuid4().hex}"
