"""How far a sync is, how long it will go on, and whether it is to stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from retrieval.errors import SyncStopped

_SOON = 0.1  # seconds between two reports of one stage
_SURE = 1.0  # seconds of a stage before its end is foretold


@dataclass(frozen=True, slots=True)
class Progress:
    """``stage`` is "reading" (counted in files), "embedding" or "writing" (in passages).

    ``seconds_left`` is for this stage, None as long as it cannot be told.
    """

    stage: str
    done: int
    total: int
    seconds_left: float | None


class ProgressReporter:
    """Passes progress on, not too often, and raises SyncStopped between two steps when asked to."""

    def __init__(self, progress: Callable[[Progress], None] | None, stop: Callable[[], bool] | None) -> None:
        self._progress = progress
        self._stop = stop

    def stage(self, name: str) -> Callable[[int, int], None]:
        """A function to be told how many of how many are done."""
        started = time.monotonic()
        told = 0.0

        def done(count: int, total: int) -> None:
            nonlocal told
            if self._stop is not None and self._stop():
                raise SyncStopped("The sync was stopped; the next one goes on from there.")
            now = time.monotonic()
            if self._progress is not None and total and (now - told >= _SOON or count == total):
                told = now
                self._progress(Progress(name, count, total, _left(count, total, now - started)))

        return done


def _left(done: int, total: int, seconds: float) -> float | None:
    if done == total:
        return 0.0
    return seconds / done * (total - done) if done and seconds >= _SURE else None
