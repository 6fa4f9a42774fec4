"""Syncs whenever articles were saved, so that they can be asked about some seconds later."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from retrieval.errors import RetrievalError, SyncStopped

if TYPE_CHECKING:
    from retrieval.library import Library
    from retrieval.sync.sync_index import SyncReport

CHECK_INTERVAL = 4.0  # seconds after which a sync that failed is tried again; doubled each time
LONGEST = 60.0  # seconds between two tries at most


def sync_on_change(
    library: Library,
    stop: threading.Event,
    synced: Callable[[SyncReport], None],
    failed: Callable[[RetrievalError], None],
    every: float | None = None,
) -> None:
    """Sync at once and after each change of the files until *stop*; tell each sync, and each failure once."""
    said = ""
    for _ in library.changes(stop):
        pause = every or CHECK_INTERVAL
        while not stop.is_set():
            try:
                report = library.sync(stop=stop.is_set)
            except SyncStopped:
                return
            except RetrievalError as error:
                if str(error) != said:
                    failed(error)
                said = str(error)
                stop.wait(pause)
                pause = min(pause * 2, LONGEST)
                continue
            said = ""
            synced(report)
            break


def has_changes(report: SyncReport) -> bool:
    """Whether a sync found anything to do."""
    return bool(report.added or report.changed or report.moved or report.deleted)
