"""Runs the bot with the real discord.py against the stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from discord_stand_in import DiscordStandIn
from fakes import HARBOUR, FakeAssistant, passages

from bot.answer import Answer, Citation, Mode, Sentence
from bot.assistant import Assistant
from bot.discord.additions.addition_store import AdditionStore
from bot.discord.assembly import Services
from bot.discord.client import EventClient
from bot.discord.handlers.discord_store import DiscordStore, store_path
from bot.discord.journal.question_journal import QuestionJournal, journal_path
from bot.discord.runner import serve
from bot.question.conversation import Turn
from bot.records.answer_store import AnswerStore, records_path
from bot.settings import Settings
from retrieval.hit import Filters


class Scripted(FakeAssistant):
    """Answers with a function of the question; records questions, histories and concurrency."""

    def __init__(
        self, answer: Callable[[str], Answer], *, pause: float = 0.0, model: str | None = None
    ) -> None:
        super().__init__(pause=pause)
        self._answer = answer
        self._model = model
        self.asked: list[str] = []
        self.histories: list[tuple[Turn, ...]] = []
        self.running = self.max_running = 0

    @property
    def mode(self) -> Mode:
        return "model" if self._model else "extractive"

    @property
    def model_name(self) -> str | None:
        return self._model

    async def ask(
        self,
        question: str,
        *,
        conversation: str = "",
        filters: Filters | None = None,
        as_of: date | None = None,
        history: Sequence[Turn] | None = None,
    ) -> AsyncIterator[Answer]:
        self.asked.append(question)
        self.histories.append(tuple(history or ()))
        self.running += 1
        self.max_running = max(self.max_running, self.running)
        try:
            complete = self._answer(question)
            for number in range(1, len(complete.sentences) + 1):
                await asyncio.sleep(self.pause)
                yield replace(complete, sentences=complete.sentences[:number], complete=False)
            yield replace(complete, complete=True)
        finally:
            self.running -= 1


def said(question: str, *texts: str, mode: Mode = "model", citations: int = 1) -> Answer:
    """An answer with these sentences, each citing the fake harbour article."""
    passage = passages(HARBOUR)[1]
    span = passage.sentences[0]
    quote = passage.text[: span[1] - span[0]]
    cited = tuple(
        Citation(number, HARBOUR.info, quote, *span, passage.line, None, passage.start, passage.end)
        for number in range(1, citations + 1)
    )
    numbers = tuple(range(1, citations + 1))
    sentences = tuple(
        Sentence(text, numbers[:1], "supported", " " if index else "") for index, text in enumerate(texts)
    )
    return Answer(
        question, question, "answered", sentences, cited, mode=mode, model="m-1" if mode == "model" else None
    )


def settings_for(discord: DiscordStandIn, state: Path, **changes: object) -> Settings:
    defaults: dict[str, object] = {
        "discord_token": discord.token,
        "discord_api": discord.base,
        "discord_pace": 0.1,
        "discord_rate": 100,
        "state": state,
    }
    return Settings(**{**defaults, **changes})  # type: ignore[arg-type]


@asynccontextmanager
async def running(
    discord: DiscordStandIn,
    state: Path,
    assistant: Assistant | None = None,
    *,
    fallback: Assistant | None = None,
    guild: int | None = None,
    watch: bool = False,
    log_questions: bool = False,
    **changes: object,
) -> AsyncIterator[EventClient]:
    """The connected bot, shut down when the block ends. Run it again with the same *state* to restart it."""
    assistant = assistant or FakeAssistant()
    records, store = AnswerStore(records_path(state)), DiscordStore(store_path(state))
    journal, additions = QuestionJournal(journal_path(state)), AdditionStore(store_path(state))
    services = Services(assistant, fallback or FakeAssistant(), records, store, additions, journal)
    started: asyncio.Future[EventClient] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        serve(
            settings_for(discord, state, **changes),
            services,
            discord.token,
            guild,
            watch=watch,
            log_questions=log_questions,
            started=started,
        )
    )
    while not started.done():
        await asyncio.sleep(0.005)
        if serving.done():
            await serving
    client = started.result()
    await discord.until(lambda: discord.gateway.connected)
    try:
        yield client
    finally:
        await client.connected.wait()
        await client.close()
        await asyncio.gather(serving, return_exceptions=True)
        records.close()
        store.close()
        additions.close()
        journal.close()
