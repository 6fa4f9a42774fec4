"""Builds the Discord bot: the one place where its objects are created and wired together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.discord.additions.server_articles import ServerArticles
from bot.discord.client import EventClient, FootnoteClient, ShardedFootnoteClient, client_options
from bot.discord.commands.addition_pages import AdditionPages
from bot.discord.commands.command_pages import CommandPages
from bot.discord.commands.deletion_pages import DeletionPages
from bot.discord.handlers.admission import RateLimit, RequestQueue
from bot.discord.handlers.answer_controls import AnswerControls
from bot.discord.handlers.answer_recorder import AnswerRecorder
from bot.discord.handlers.button_actions import ButtonActions
from bot.discord.handlers.discord_store import DiscordStore
from bot.discord.handlers.dispatcher import Dispatcher
from bot.discord.handlers.first_sync import FirstSync
from bot.discord.handlers.loop_throttle import LoopThrottle
from bot.discord.handlers.mention_handler import MentionHandler
from bot.discord.handlers.question_task import QuestionRunner
from bot.discord.handlers.sync_task import SyncTask
from bot.discord.placement.manager_notices import ManagerNotices

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.discord.additions.addition_store import AdditionStore
    from bot.discord.journal.question_journal import QuestionJournal
    from bot.records.answer_store import AnswerStore
    from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """What the bot needs from outside this package.

    ``fallback`` answers without a model, once the daily token budget is spent.
    """

    assistant: Assistant
    fallback: Assistant
    records: AnswerStore
    store: DiscordStore
    additions: AdditionStore
    journal: QuestionJournal


def build(
    settings: Settings, services: Services, *, guild: int | None = None, log_questions: bool = False
) -> EventClient:
    """Build the client, ready to connect. Must be called inside the event loop."""
    assistant, records, store = services.assistant, services.records, services.store
    queue = RequestQueue(settings.discord_parallel, settings.discord_queue_server, settings.discord_queue)
    loop_throttle, first_sync = LoopThrottle(), FirstSync()
    runner = QuestionRunner(
        assistant,
        services.fallback,
        AnswerRecorder(records, store, settings.discord_daily_tokens),
        services.journal,
        queue,
        loop_throttle,
        first_sync,
        edit_interval=settings.discord_pace,
        log_questions=log_questions,
    )
    dispatcher = Dispatcher(runner, RateLimit(settings.discord_rate), queue)
    client_class = ShardedFootnoteClient if settings.discord_sharded else FootnoteClient
    client = client_class(**client_options())
    client.dispatcher, client.store, client.loop_throttle = dispatcher, store, loop_throttle
    client.button_actions = ButtonActions(assistant, records, store, dispatcher)
    client.answer_controls = AnswerControls(dispatcher, records, services.journal)
    client.journal = services.journal
    client.pages = CommandPages(assistant, store, client.button_actions)
    client.deletions = DeletionPages(assistant, records, store, services.journal)
    client.button_actions.list_page = client.pages.list_page
    managers = ManagerNotices(client, store.claim_notice)
    articles = client.server_articles = ServerArticles(
        assistant.library, services.additions, settings.discord_add_mb * 10**6
    )
    client.mention_handler = MentionHandler(
        dispatcher, store, managers, services.journal, client.pages.check, articles
    )

    async def on_sync() -> None:
        await client.pages.refresh()
        runner.article_count = client.pages.status.articles if client.pages.status else 0

    client.sync_task = SyncTask(assistant.library, on_sync, first_sync)
    client.addition_pages = AdditionPages(articles, client.sync_task, dispatcher)
    client.prepare(guild, timedelta(seconds=settings.discord_catch_up))
    return client
