"""Keeps the index up to the articles while the bot runs; one sync at a time, never on the event loop."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from bot.errors import BotError
from bot.watching import has_changes
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from retrieval.library import Library
    from retrieval.sync import SyncReport

log = logging.getLogger("footnote.discord")
EVERY = 2.0  # seconds between two looks at the files: what is saved can be asked about within 10 s

LONGEST = 60.0  # seconds between two tries of a sync that fails


class Watcher:
    """Syncs at the start, then whenever files have changed (unless told not to), and when asked to."""

    def __init__(
        self, library: Library, refreshed: Callable[[], Awaitable[None]], *, every: float | None = None
    ) -> None:
        self._library = library
        self._stop = threading.Event()
        self._refreshed = refreshed
        self._every = every or EVERY
        self._busy = asyncio.Lock()
        self._failed = ""
        self.first = asyncio.Event()  # set when the first sync has been tried

    async def sync(self) -> SyncReport | None:
        """Read the articles now; None when that is under way already. Raises RetrievalError, BotError."""
        if self._busy.locked():
            return None
        async with self._busy:
            report = await asyncio.to_thread(self._library.sync, stop=self._stop.is_set)
        await self._refreshed()
        return report

    def stop(self) -> None:
        """Let a sync end at the next file: what was done is kept, and the next start goes on from there."""
        self._stop.set()

    async def run(self, *, watch: bool) -> None:
        """Sync once, and then for ever if *watch*; what fails is logged once and tried again, ever later."""
        synced = before = await self._look()
        stale, pause = not await self._try(), self._every
        self.first.set()
        while watch:
            await asyncio.sleep(pause)
            now = await self._look()
            # A file that is still being written looks different each time: wait until it does not.
            if (stale or now != synced) and now == before:
                stale, synced = not await self._try(), now
                pause = min(pause * 2, LONGEST) if stale else self._every
            before = now

    async def _look(self) -> int | None:
        """What the files look like (names, sizes, times); None when they cannot be seen."""
        try:
            scan = await asyncio.to_thread(self._library.corpus.scan)
        except RetrievalError:
            return None
        return hash(tuple((each.path, each.size, each.mtime_ns) for each in scan.files))

    async def _try(self) -> bool:
        """Sync; whether that was done."""
        try:
            report = await self.sync()
        except (RetrievalError, BotError) as error:
            if str(error) != self._failed:
                log.warning("%s %s", error, error.help)
            self._failed = str(error)
            return False
        self._failed = ""
        if report and has_changes(report):
            log.info(
                "articles: %d added, %d changed, %d moved, %d deleted",
                report.added,
                report.changed,
                report.moved,
                report.deleted,
            )
        return report is not None
