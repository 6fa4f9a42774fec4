"""Syncs the index whenever article files change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from retrieval.errors import RetrievalError, SyncStopped

if TYPE_CHECKING:
    from retrieval.library import Library
    from retrieval.sync.sync_index import SyncReport
    from retrieval.sync.sync_progress import Progress

RETRY_DELAY = 4.0  # seconds before a failed sync is retried; doubled each time
MAX_RETRY_DELAY = 60.0  # seconds


def sync_on_change(
    library: Library,
    stop: threading.Event,
    synced: Callable[[SyncReport], None],
    failed: Callable[[RetrievalError], None],
    retry_delay: float | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> None:
    """Sync now and after each file change until *stop*.

    *synced* is called after each sync, *failed* once for repeated identical failures, *progress* during a
    sync.
    """
    last_failure = ""
    for _ in library.changes(stop):
        delay = retry_delay or RETRY_DELAY
        while not stop.is_set():
            try:
                report = library.sync(stop=stop.is_set, progress=progress)
            except SyncStopped:
                return
            except RetrievalError as error:
                if str(error) != last_failure:
                    failed(error)
                last_failure = str(error)
                stop.wait(delay)
                delay = min(delay * 2, MAX_RETRY_DELAY)
                continue
            last_failure = ""
            synced(report)
            break


def has_changes(report: SyncReport) -> bool:
    """True if a sync changed the index."""
    return bool(report.added or report.changed or report.moved or report.deleted)
