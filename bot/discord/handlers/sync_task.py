"""Keeps the index up to the articles while the bot runs: the syncs have a thread of their own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from bot import background_sync
from retrieval.errors import IndexBusy, RetrievalError

if TYPE_CHECKING:
    from retrieval.library import Library
    from retrieval.sync.sync_index import SyncReport

log = logging.getLogger("footnote.discord")


class SyncTask:
    """Syncs at the start, then whenever files have changed (unless told not to), and when asked to."""

    def __init__(self, library: Library, refreshed: Callable[[], Awaitable[None]]) -> None:
        self._library = library
        self._refreshed = refreshed
        self._stop = threading.Event()
        self.first = asyncio.Event()  # set when the first sync has been tried

    async def sync(self) -> SyncReport | None:
        """Read the articles now; None when that is under way already. Raises RetrievalError."""
        try:
            report = await asyncio.to_thread(self._library.sync, stop=self._stop.is_set, wait_seconds=0)
        except IndexBusy:
            return None
        await self._refreshed()
        return report

    def stop(self) -> None:
        """Let a sync end at the next file: what was done is kept, and the next start goes on from there."""
        self._stop.set()

    async def run(self, *, watch: bool) -> None:
        """Sync once, and then for ever if *watch*; each sync that changed something is logged."""
        outcomes: asyncio.Queue[SyncReport | RetrievalError | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def tell(outcome: SyncReport | RetrievalError | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
                loop.call_soon_threadsafe(outcomes.put_nowait, outcome)

        threading.Thread(target=self._work, args=(watch, tell), daemon=True, name="watcher").start()
        try:
            while (outcome := await outcomes.get()) is not None:
                _log(outcome)
                await self._refreshed()
                self.first.set()
        finally:
            self._stop.set()

    def _work(self, watch: bool, tell: Callable[[SyncReport | RetrievalError | None], None]) -> None:
        """Sync as long as it is wanted, and tell what comes of it; None at the end."""
        try:
            if watch:
                background_sync.sync_on_change(self._library, self._stop, tell, tell)
            else:
                tell(self._library.sync(stop=self._stop.is_set))
        except RetrievalError as error:
            tell(error)
        finally:
            tell(None)


def _log(outcome: SyncReport | RetrievalError) -> None:
    if isinstance(outcome, RetrievalError):
        log.warning("%s %s", outcome, outcome.help)
    elif background_sync.has_changes(outcome):
        log.info(
            "articles: %d added, %d changed, %d moved, %d deleted",
            outcome.added,
            outcome.changed,
            outcome.moved,
            outcome.deleted,
        )
