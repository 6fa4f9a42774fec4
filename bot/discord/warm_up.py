"""Answers a question internally before the bot connects, so that the first real one does not stall."""

from __future__ import annotations

import asyncio
import gc
import logging
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answer import Answer
from bot.discord.posts.answer_layout import answer_posts, growing_posts
from bot.discord.posts.buttons import view
from bot.discord.posts.delivery import embeds
from bot.errors import BotError
from bot.records.answer_store import AnswerStore
from retrieval.errors import IndexMissing, RetrievalError

if TYPE_CHECKING:
    from bot.assistant import Assistant

log = logging.getLogger("footnote.discord")
QUESTION = "Which articles were published last, and what do they say?"  # never shown to anybody


async def warm_up(
    assistant: Assistant, fallback: Assistant, searchable: asyncio.Event, finished: asyncio.Event
) -> None:
    """Load models and answer a question; without an index, again once it is *searchable*.

    *fallback* answers, because tokens of a model cost money. Sets *finished* once nothing more can be
    done before. Errors are only logged: the first real question reports them.
    """
    try:
        await _warm_up_once(assistant, fallback)
    except IndexMissing:
        finished.set()
        await searchable.wait()
        with suppress(IndexMissing):
            await _warm_up_once(assistant, fallback)
    finally:
        finished.set()


async def _warm_up_once(assistant: Assistant, fallback: Assistant) -> None:
    try:
        await asyncio.to_thread(assistant.warm)
        async for answer in fallback.ask(QUESTION, history=()):
            _lay_out(answer)
            if answer.complete:
                await asyncio.to_thread(_record, answer)
    except IndexMissing:
        raise
    except (BotError, RetrievalError) as error:
        log.warning("%s %s", error, error.help)
    await asyncio.to_thread(_freeze_garbage_collector)


def _lay_out(answer: Answer) -> None:
    """Build the embeds and buttons of an answer, both growing and complete."""
    for post in (*growing_posts(answer), *answer_posts(answer, searched=1)):
        embeds(post)
        view(post)


def _record(answer: Answer) -> None:
    """Save and load an answer in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        records = AnswerStore(Path(folder) / "answers.sqlite3")
        records.add(answer, as_of=date.today())
        records.latest(1)
        records.close()


def _freeze_garbage_collector() -> None:
    """Exclude the objects of loaded libraries from garbage collection.

    Collections blocked the event loop for 50 to 90 ms at a time.
    """
    gc.collect()
    gc.freeze()
