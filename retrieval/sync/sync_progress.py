"""Reports the progress of a sync with an estimate of the remaining time, and stops it on request."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from retrieval.errors import SyncStopped

_MIN_REPORT_SECONDS = 0.1  # between two reports of one stage
_REPORT_WAIT_SECONDS = 2.0  # for another writer, before the wait is reported
_MIN_ESTIMATE_SECONDS = 1.0  # of a stage, before its remaining time is estimated


@dataclass(frozen=True, slots=True)
class Progress:
    """``stage`` is "waiting", "reading" (counted in files), "embedding" or "writing" (in passages).

    ``seconds_left`` is for this stage; None as long as it is unknown. ``text`` says what "waiting" is for.
    ``searchable``: the number of articles that a first sync has already made searchable.
    """

    stage: str
    done: int
    total: int
    seconds_left: float | None
    text: str = ""
    searchable: int = 0


class ProgressReporter:
    """Passes on progress at a limited rate, and raises SyncStopped between steps if *stop* returns True."""

    def __init__(self, progress: Callable[[Progress], None] | None, stop: Callable[[], bool] | None) -> None:
        self._progress = progress
        self._stop = stop
        self._has_waited = False
        self.searchable = 0  # see ``Progress``

    def waiting(self, seconds: float, writer: Callable[[], str]) -> None:
        """Report once, after two seconds, that the sync waits for another *writer*. Raises SyncStopped."""
        self._raise_if_stopped()
        if self._progress is not None and seconds >= _REPORT_WAIT_SECONDS and not self._has_waited:
            self._has_waited = True
            text = f"Waiting for {writer()}, which is writing the index."
            self._progress(Progress("waiting", 0, 0, None, text))

    def _raise_if_stopped(self) -> None:
        if self._stop is not None and self._stop():
            raise SyncStopped("The sync was stopped; the next one resumes from there.")

    def stage(self, name: str) -> Callable[[int, int], None]:
        """A function to call with (number done, total)."""
        started = time.monotonic()
        reported = 0.0

        def done(count: int, total: int) -> None:
            nonlocal reported
            self._raise_if_stopped()
            now = time.monotonic()
            due = now - reported >= _MIN_REPORT_SECONDS or count == total
            if self._progress is not None and total and due:
                reported = now
                left = _seconds_left(count, total, now - started)
                self._progress(Progress(name, count, total, left, searchable=self.searchable))

        return done


def _seconds_left(done: int, total: int, seconds: float) -> float | None:
    if done == total:
        return 0.0
    return seconds / done * (total - done) if done and seconds >= _MIN_ESTIMATE_SECONDS else None
