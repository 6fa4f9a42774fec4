"""Stores the complete answer at the end of an answer stream, and gives it its id."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer
from bot.errors import RecordsFailure

if TYPE_CHECKING:
    from bot.records.answer_store import AnswerStore
    from bot.settings import Settings

NOT_STORED_NOTICE = "This answer could not be saved to the history."


def make_recorder(settings: Settings) -> Callable[[], AnswerStore] | None:
    """Return a function that opens the store on first use, or None if the history is disabled."""

    def records() -> AnswerStore:
        from bot.records.answer_store import AnswerStore, records_path
        from bot.records.retention import delete_expired

        delete_expired(settings)
        return AnswerStore(records_path(settings.state))

    return functools.cache(records) if settings.history else None


async def record_stream(
    answers: AsyncIterator[Answer],
    records: Callable[[], AnswerStore] | None,
    *,
    as_of: date | None = None,
    conversation: str = "",
) -> AsyncIterator[Answer]:
    """Pass the answers through, storing the complete one before it is yielded. None stores nothing.

    If storing fails (a full disk, for instance), the answer is still yielded, with a notice.
    """
    async with AsyncExitStack() as stack:
        if close := getattr(answers, "aclose", None):  # closing this stream stops the answer at once
            stack.push_async_callback(close)
        async for answer in answers:
            if answer.complete and records is not None:
                answer = await asyncio.to_thread(_store, answer, records, as_of or date.today(), conversation)
            yield answer


def _store(answer: Answer, records: Callable[[], AnswerStore], as_of: date, conversation: str) -> Answer:
    try:
        return replace(answer, id=records().add(answer, as_of=as_of, conversation=conversation))
    except RecordsFailure as error:
        return replace(answer, notice=" ".join(filter(None, (answer.notice, NOT_STORED_NOTICE, str(error)))))
