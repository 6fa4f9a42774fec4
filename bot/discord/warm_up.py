"""Goes once through all that a question needs before anybody can ask, so that no first one stalls the bot."""

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
QUESTION = "Which articles were published last, and what do they say?"  # asked of nobody but us


async def warm_up(
    assistant: Assistant, thrifty: Assistant, synced: asyncio.Event, tried: asyncio.Event
) -> None:
    """Load the heavy parts and answer a question, unseen; where there is no index yet, after the first sync.

    *thrifty* answers, for a model would have to be paid. Sets *tried* when no more can be done for now.
    What fails is said to the first who asks.
    """
    try:
        await _once(assistant, thrifty)
    except IndexMissing:
        tried.set()
        await synced.wait()
        with suppress(IndexMissing):
            await _once(assistant, thrifty)
    finally:
        tried.set()


async def _once(assistant: Assistant, thrifty: Assistant) -> None:
    try:
        await asyncio.to_thread(assistant.warm)
        async for answer in thrifty.ask(QUESTION, history=()):
            _draw(answer)
            if answer.complete:
                await asyncio.to_thread(_keep, answer)
    except IndexMissing:
        raise
    except (BotError, RetrievalError) as error:
        log.warning("%s %s", error, error.help)
    await asyncio.to_thread(_spare_the_collector)


def _draw(answer: Answer) -> None:
    """Lay an answer out as it is for Discord, in both its states."""
    for post in (*growing_posts(answer), *answer_posts(answer, searched=1)):
        embeds(post)
        view(post)


def _keep(answer: Answer) -> None:
    """Keep an answer, and read it again, where it is gone at once."""
    with tempfile.TemporaryDirectory() as folder:
        records = AnswerStore(Path(folder) / "answers.sqlite3")
        records.add(answer, as_of=date.today())
        records.latest(1)
        records.close()


def _spare_the_collector() -> None:
    """Spare the garbage collector from going again and again through all that libraries have loaded.

    Its passes held the event loop up for 50 to 90 ms at a time.
    """
    gc.collect()
    gc.freeze()
