"""Keeps the index in sync with the articles while the bot runs, in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from bot import background_sync
from retrieval.errors import IndexBusy, IndexMissing, RetrievalError
from retrieval.sync.sync_progress import Progress
from retrieval.sync.sync_report import SyncReport

if TYPE_CHECKING:
    from bot.discord.handlers.first_sync import FirstSync
    from retrieval.library import Library

Outcome: TypeAlias = SyncReport | RetrievalError | Progress
log = logging.getLogger("footnote.discord")
MAX_STOP_SECONDS = 2.0  # for the sync thread to notice that it is to stop, after answers had their time


class SyncTask:
    """Syncs at startup, on request, and if wanted whenever files change. Awaits *on_sync* after each sync,
    and whenever a first sync has made more articles searchable."""

    def __init__(
        self, library: Library, on_sync: Callable[[], Awaitable[None]], first_sync: FirstSync
    ) -> None:
        self._library = library
        self._on_sync = on_sync
        self._stop = threading.Event()
        self.first_sync = first_sync

    async def sync(self, wait_seconds: float = 0) -> SyncReport | None:
        """Sync now; None if another sync runs for longer than *wait_seconds*. Raises RetrievalError."""
        try:
            report = await asyncio.to_thread(
                self._library.sync, stop=self._stop.is_set, wait_seconds=wait_seconds
            )
        except IndexBusy:
            return None
        await self._on_sync()
        return report

    def stop(self) -> None:
        """End a running sync at the next file; its progress is kept for the next start."""
        self._stop.set()

    async def run(self, *, watch: bool) -> None:
        """Sync once, or with *watch* after every change until cancelled; log syncs with changes."""
        self.first_sync.awaited = await asyncio.to_thread(self._is_index_missing)
        outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def put(outcome: Outcome | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(outcomes.put_nowait, outcome)

        thread = threading.Thread(target=self._work, args=(watch, put), daemon=True, name="watcher")
        thread.start()
        try:
            while (outcome := await outcomes.get()) is not None:
                _log(outcome)
                await self._on_sync()
                self.first_sync.searchable.set()
        except BaseException:
            self._stop.set()
            raise
        finally:
            # A thread that is still in native code when the interpreter exits aborts the process.
            await asyncio.to_thread(thread.join, MAX_STOP_SECONDS)

    def _is_index_missing(self) -> bool:
        try:
            self._library.status()
        except IndexMissing:
            return True
        except RetrievalError:
            return False
        return False

    def _work(self, watch: bool, put: Callable[[Outcome | None], None]) -> None:
        """Sync in this thread and put each outcome, then None."""
        searchable = 0

        def report(progress: Progress) -> None:
            nonlocal searchable
            self.first_sync.report(progress)
            if progress.searchable > searchable:
                searchable = progress.searchable
                put(progress)

        try:
            if watch:
                background_sync.sync_on_change(self._library, self._stop, put, put, progress=report)
            else:
                put(self._library.sync(stop=self._stop.is_set, progress=report))
        except RetrievalError as error:
            put(error)
        finally:
            put(None)


def _log(outcome: Outcome) -> None:
    if isinstance(outcome, RetrievalError):
        log.warning("%s %s", outcome, outcome.help)
    elif isinstance(outcome, Progress):
        log.info("first index: %d articles can be searched", outcome.searchable)
    elif background_sync.has_changes(outcome):
        log.info(
            "articles: %d added, %d changed, %d moved, %d deleted",
            outcome.added,
            outcome.changed,
            outcome.moved,
            outcome.deleted,
        )
