"""Keeps the index up to the articles while the bot runs; one sync at a time, never on the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from bot.errors import BotError
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from retrieval.sync import SyncReport

log = logging.getLogger("footnote.discord")
EVERY = 4.0  # seconds between two looks at the files: what is saved can be asked about within 10 s


class Watcher:
    """Syncs at the start, then whenever files have changed (unless told not to), and when asked to."""

    def __init__(
        self, assistant: Assistant, refreshed: Callable[[], Awaitable[None]], *, every: float = EVERY
    ) -> None:
        self._assistant = assistant
        self._refreshed = refreshed
        self._every = every
        self._busy = asyncio.Lock()
        self._failed = ""

    async def sync(self) -> SyncReport | None:
        """Read the articles now; None when that is under way already. Raises RetrievalError, BotError."""
        if self._busy.locked():
            return None
        async with self._busy:
            report = await self._assistant.sync()
        await self._refreshed()
        return report

    async def run(self, *, watch: bool) -> None:
        """Sync once, and then for ever if *watch*; what fails is logged once and tried again."""
        await self._try()
        while watch:
            await asyncio.sleep(self._every)
            await self._try()

    async def _try(self) -> None:
        try:
            report = await self.sync()
        except (RetrievalError, BotError) as error:
            if str(error) != self._failed:
                log.warning("%s %s", error, error.help)
            self._failed = str(error)
            return
        self._failed = ""
        if report and (report.added or report.changed or report.moved or report.deleted):
            log.info(
                "articles: %d added, %d changed, %d moved, %d deleted",
                report.added,
                report.changed,
                report.moved,
                report.deleted,
            )
