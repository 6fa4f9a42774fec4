"""Stores answers, finds the earlier turns of a conversation, and counts tokens per server."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.answer import Answer
from bot.errors import BotError, RecordsFailure
from bot.question.conversation import MAX_KEPT_TURNS, Turn, turn_of

if TYPE_CHECKING:
    from bot.discord.handlers.discord_store import DiscordStore
    from bot.discord.journal.asked_question import Question
    from bot.records.answer_store import AnswerStore

log = logging.getLogger("footnote.discord")
CONVERSATION_TIMEOUT = timedelta(hours=2)  # of silence, after which a new one starts outside threads


class AnswerRecorder:
    """Failures of its files are logged: questions are answered without them."""

    def __init__(self, records: AnswerStore, store: DiscordStore, daily_tokens: int) -> None:
        self._records = records
        self._store = store
        self._daily_tokens = daily_tokens

    def history(self, question: Question) -> tuple[Turn, ...]:
        """The previous turns, oldest first; outside threads only if the latest has not timed out."""
        try:
            records = self._records.latest(MAX_KEPT_TURNS, conversation=question.conversation)
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

    async def is_over_budget(self, question: Question) -> bool:
        """True if the server has spent its tokens of the day."""
        if not self._daily_tokens:
            return False
        return await asyncio.to_thread(self._store.spent, _today(), question.server) >= self._daily_tokens

    async def with_id(self, question: Question, answer: Answer) -> Answer:
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
        tokens = answer.usage.tokens
        if tokens:
            self._store.spend(_today(), question.server, tokens)
        return answer_id


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
