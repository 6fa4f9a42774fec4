"""Syncs again and again, so that an article can be asked about some seconds after it was saved."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from retrieval.errors import RetrievalError, SyncStopped

if TYPE_CHECKING:
    from retrieval.library import Library
    from retrieval.sync import SyncReport

EVERY = 4.0  # seconds between two looks at the files
SHARE = 4  # looking takes at most one part of so many of the time, however large the corpus


def watch(
    library: Library,
    stop: threading.Event,
    changed: Callable[[SyncReport], None],
    failed: Callable[[RetrievalError], None],
    every: float = EVERY,
) -> None:
    """Sync every few seconds until *stop*; tell each change, and each new kind of failure once."""
    said, pause = "", every
    while not stop.wait(pause):
        begun = time.monotonic()
        try:
            report = library.sync(stop=stop.is_set)
        except SyncStopped:
            return
        except RetrievalError as error:
            if str(error) != said:
                failed(error)
            said = str(error)
        else:
            said = ""
            if has_changes(report):
                changed(report)
        pause = max(every, (time.monotonic() - begun) * SHARE)


def has_changes(report: SyncReport) -> bool:
    """Whether a sync found anything to do."""
    return bool(report.added or report.changed or report.moved or report.deleted)
