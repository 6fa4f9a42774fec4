"""Puts the adapter together: one place where every object is made and given to those who use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.discord.client import EventClient, FootnoteClient, ShardedFootnoteClient, options
from bot.discord.commands.command_pages import CommandPages
from bot.discord.handlers.admission import Rate, RequestQueue
from bot.discord.handlers.button_actions import ButtonActions
from bot.discord.handlers.discord_store import DiscordStore
from bot.discord.handlers.dispatcher import Dispatcher
from bot.discord.handlers.loop_throttle import LoopThrottle
from bot.discord.handlers.mention_handler import MentionHandler
from bot.discord.handlers.question_task import QuestionRunner
from bot.discord.handlers.sync_task import SyncTask

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.records.answer_store import AnswerStore
    from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """What the adapter stands on. ``thrifty`` answers without a model, for when its budget is spent."""

    assistant: Assistant
    thrifty: Assistant
    records: AnswerStore
    store: DiscordStore


def build(
    settings: Settings, services: Services, *, guild: int | None = None, log_questions: bool = False
) -> EventClient:
    """The client, ready to be started. Must run within the event loop."""
    assistant, records, store = services.assistant, services.records, services.store
    line = RequestQueue(settings.discord_parallel, settings.discord_queue_server, settings.discord_queue)
    loop_throttle = LoopThrottle()
    asking = QuestionRunner(
        assistant,
        services.thrifty,
        records,
        store,
        line,
        loop_throttle,
        pace=settings.discord_pace,
        daily_tokens=settings.discord_daily_tokens,
        log_questions=log_questions,
    )
    dispatcher = Dispatcher(asking, Rate(settings.discord_rate), line)
    client = ShardedFootnoteClient(**options()) if settings.discord_sharded else FootnoteClient(**options())
    client.dispatcher, client.store, client.loop_throttle = dispatcher, store, loop_throttle
    client.passages = client.presses = ButtonActions(assistant, records, store, dispatcher)
    client.lists = CommandPages(assistant, records, store, client.passages)
    client.mentions = MentionHandler(dispatcher, store)

    async def refreshed() -> None:
        await client.lists.refresh()
        asking.searched = client.lists.status.articles if client.lists.status else 0

    client.watcher = SyncTask(assistant.library, refreshed)
    asking.read = client.watcher.first
    client.prepare(guild)
    return client
