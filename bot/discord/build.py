"""Puts the adapter together: one place where every object is made and given to those who use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.discord.admission import Line, Rate
from bot.discord.asking import Asking
from bot.discord.client import Events, FootnoteClient, ShardedFootnoteClient, options
from bot.discord.desk import Desk
from bot.discord.lists import Lists
from bot.discord.mentions import Mentions
from bot.discord.passages import Passages
from bot.discord.store import Store
from bot.discord.turnstile import Turnstile
from bot.discord.watcher import Watcher

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.records import Records
    from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """What the adapter stands on. ``thrifty`` answers without a model, for when its budget is spent."""

    assistant: Assistant
    thrifty: Assistant
    records: Records
    store: Store


def build(
    settings: Settings, services: Services, *, guild: int | None = None, log_questions: bool = False
) -> Events:
    """The client, ready to be started. Must run within the event loop."""
    assistant, records, store = services.assistant, services.records, services.store
    line = Line(settings.discord_parallel, settings.discord_queue_server, settings.discord_queue)
    turnstile = Turnstile()
    asking = Asking(
        assistant,
        services.thrifty,
        records,
        store,
        line,
        turnstile,
        pace=settings.discord_pace,
        daily_tokens=settings.discord_daily_tokens,
        log_questions=log_questions,
    )
    desk = Desk(asking, Rate(settings.discord_rate), line)
    client = ShardedFootnoteClient(**options()) if settings.discord_sharded else FootnoteClient(**options())
    client.desk, client.store, client.turnstile = desk, store, turnstile
    client.passages = client.presses = Passages(assistant, records, store, desk)
    client.lists = Lists(assistant, records, store, client.passages)
    client.mentions = Mentions(desk, store)

    async def refreshed() -> None:
        await client.lists.refresh()
        asking.searched = client.lists.status.articles if client.lists.status else 0

    client.watcher = Watcher(assistant.library, refreshed)
    asking.read = client.watcher.first
    client.prepare(guild)
    return client
