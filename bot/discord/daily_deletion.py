"""Deletes expired answers and lists while the bot runs: at the start, and then every day."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import discord

from bot.errors import BotError
from bot.records.retention import delete_expired

if TYPE_CHECKING:
    from bot.discord.handlers.discord_store import DiscordStore
    from bot.discord.journal.question_journal import QuestionJournal
    from bot.settings import Settings

log = logging.getLogger("footnote.discord")
DAY_SECONDS = 86_400.0


async def delete_expired_daily(settings: Settings, store: DiscordStore, journal: QuestionJournal) -> None:
    """Delete what is older than ``keep_days``, until cancelled. Failures are logged."""
    while settings.keep_days is not None:
        oldest = datetime.now(UTC) - timedelta(days=settings.keep_days)
        try:
            count = await asyncio.to_thread(delete_expired, settings)
            await asyncio.to_thread(store.delete_lists_before, oldest.date().isoformat())
            await asyncio.to_thread(journal.delete_before, discord.utils.time_snowflake(oldest))
            log.info("deleted %d answers older than %d days", count, settings.keep_days)
        except BotError as error:
            log.warning("%s %s", error, error.help)
        await asyncio.sleep(DAY_SECONDS)
