"""A chat session: its answers, and the citations that the numbers on the screen refer to."""

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
    """A conversation with the Assistant on a screen; answers are stored. The chat ends once ``is_over``."""

    def __init__(
        self, assistant: Assistant, screen: Screen, records: Callable[[], AnswerStore] | None = None
    ) -> None:
        self.assistant = assistant
        self.screen = screen
        self.answers: list[Answer] = []
        self.citations: tuple[Citation, ...] = ()
        self.is_over = False
        self._records = records
        self._conversation = _new_conversation()

    async def ask(self, question: str) -> Answer:
        """Ask, display the answer as it grows, and store it. A stopped answer stays in the session."""
        return await self.screen.show(self._recorded(question))

    async def _recorded(self, question: str) -> AsyncIterator[Answer]:
        started = False
        answers = self.assistant.ask(question, conversation=self._conversation)
        async for answer in record_stream(answers, self._records, conversation=self._conversation):
            self.answers[len(self.answers) - started :] = [answer]  # replace the previous draft
            started = True
            self.citations = answer.citations or hit_citations(answer.nearest)
            yield answer

    def set_citations(self, citations: Sequence[Citation]) -> None:
        """Make the numbers refer to *citations* from now on."""
        self.citations = tuple(citations)

    def citation(self, number: int) -> Citation | None:
        """The citation that a number on the screen refers to."""
        return next((citation for citation in self.citations if citation.number == number), None)

    def start_new_conversation(self) -> None:
        """Forget the conversation so far."""
        self.assistant.forget(self._conversation)
        self._conversation = _new_conversation()
        self.answers.clear()
        self.citations = ()


def hit_citations(hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """Citations of the whole passages, numbered from 1."""
    return tuple(hit_as_citation(number, hit) for number, hit in enumerate(hits, 1))


def _new_conversation() -> str:
    return f"terminal:{uuid.uuid4().hex}"
