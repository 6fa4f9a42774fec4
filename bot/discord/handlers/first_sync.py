"""The first sync of an index, until something can be answered: its progress, for members."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING

from bot.localization import localized

if TYPE_CHECKING:
    from retrieval.sync.sync_progress import Progress

READING = "I am reading the articles for the first time: {done} of {total} files."
PREPARING = "I am preparing the articles for the search: {percent} %."
PREPARING_LONG = "I am preparing the articles for the search: {percent} %, about {minutes} more minutes."
LATER = "Please try again in a few minutes."
_MIN_SECONDS_LEFT = 60.0  # shorter estimates are not shown


class FirstSync:
    """``awaited``: there was no index at the start. ``searchable``: some articles are indexed, or the sync is
    over, successful or not."""

    def __init__(self) -> None:
        self.awaited = False
        self.searchable = asyncio.Event()
        self._progress: Progress | None = None

    @property
    def running(self) -> bool:
        """True while there is no index because the first sync has not indexed any articles."""
        return self.awaited and not self.searchable.is_set()

    def report(self, progress: Progress) -> None:
        """Note the progress; callable in any thread."""
        self._progress = progress

    def text(self) -> str:
        """The progress in one sentence."""
        progress = self._progress
        if progress is None or not progress.total:
            return localized("I am reading the articles for the first time.")
        if progress.stage == "reading":
            return localized(READING, done=progress.done, total=progress.total)
        left = progress.seconds_left or 0.0
        percent = 100 * progress.done // progress.total
        if left < _MIN_SECONDS_LEFT:
            return localized(PREPARING, percent=percent)
        return localized(PREPARING_LONG, percent=percent, minutes=math.ceil(left / 60))
