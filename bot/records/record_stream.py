"""Answers kept as they are given: the last of a stream goes into the records and bears its id there."""

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

NOT_KEPT = "This answer could not be kept for the history."


def make_recorder(settings: Settings) -> Callable[[], AnswerStore] | None:
    """What opens the records when the first answer is to be kept; None when no history is wanted."""

    def records() -> AnswerStore:
        from bot.records.answer_store import AnswerStore, records_path

        return AnswerStore(records_path(settings.state))

    return functools.cache(records) if settings.history else None


async def record_stream(
    answers: AsyncIterator[Answer],
    records: Callable[[], AnswerStore] | None,
    *,
    as_of: date | None = None,
    conversation: str = "",
) -> AsyncIterator[Answer]:
    """The same answers; the complete one is kept first. None keeps nothing.

    When it cannot be kept it is given all the same, with a notice: a full disk takes no answer away.
    """
    async with AsyncExitStack() as stack:
        if close := getattr(answers, "aclose", None):  # closing this stream stops the answer at once
            stack.push_async_callback(close)
        async for answer in answers:
            if answer.complete and records is not None:
                answer = await asyncio.to_thread(_kept, answer, records, as_of or date.today(), conversation)
            yield answer


def _kept(answer: Answer, records: Callable[[], AnswerStore], as_of: date, conversation: str) -> Answer:
    try:
        return replace(answer, id=records().add(answer, as_of=as_of, conversation=conversation))
    except RecordsFailure as error:
        return replace(answer, notice=" ".join(filter(None, (answer.notice, NOT_KEPT, str(error)))))
