"""The sync before the first question, with progress and a report."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

import click

from bot.rendering.sanitize import sanitize, sanitize_line
from bot.terminal.left_out import left_out_lines

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from bot.assistant import Assistant
    from retrieval.library import Library
    from retrieval.sync.sync_index import Progress, SyncReport

QUIET_SECONDS = 0.7  # a sync shows no progress before
MAX_WAIT_SECONDS = 2.0  # for another process that is writing the index, if there is one to use
MAX_FIRST_WAIT_SECONDS = 3600.0  # for another process that is building the first index
SECONDS_BETWEEN_LINES = 5.0  # of progress without a terminal

_STAGES = {"reading": "Reading articles", "embedding": "Indexing passages", "writing": "Writing index"}


class SyncProgressDisplay:
    """Shows sync progress: a bar in a terminal, periodic lines elsewhere. Thread-safe."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream or sys.stderr
        self._clock = clock
        self._start = self._last_line = clock()
        self._stage = ""
        self._bars: Bars | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> SyncProgressDisplay:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, progress: Progress) -> None:
        """Show *progress*, unless the sync has only just started."""
        if progress.text:
            click.echo(progress.text, file=self._stream)
        if self._clock() - self._start < QUIET_SECONDS or progress.total == 0:
            return
        if self._stream.isatty():
            self._update_bar(progress)
        else:
            self._print_line(progress)

    def _update_bar(self, progress: Progress) -> None:
        if self._bars is None:
            self._bars = _bars(self._stream)
            self._task = self._bars.add_task("", left="")
            self._bars.start()
        assert self._task is not None
        left = duration(progress.seconds_left)
        self._bars.update(
            self._task,
            description=_STAGES.get(progress.stage, progress.stage),
            completed=progress.done,
            total=progress.total,
            left=f"{left} left" if left else "",
        )

    def _print_line(self, progress: Progress) -> None:
        now = self._clock()
        if progress.stage == self._stage and now - self._last_line < SECONDS_BETWEEN_LINES:
            return
        self._stage, self._last_line = progress.stage, now
        click.echo(progress_line(progress), file=self._stream)


def progress_line(progress: Progress) -> str:
    """Sync progress in one line."""
    if progress.text:
        return progress.text
    text = f"{_STAGES.get(progress.stage, progress.stage)}: {progress.done:,} of {progress.total:,}"
    left = duration(progress.seconds_left)
    return f"{text}, {left} left" if left else text


def duration(seconds: float | None) -> str:
    """A rough duration: "40 s", "3 min", "2 h"; "" if unknown."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"


def report_line(report: SyncReport) -> str:
    """What a sync did, in one sentence; "" if nothing changed."""
    counts = {
        "new": report.added,
        "changed": report.changed,
        "moved": report.moved,
        "deleted": report.deleted,
    }
    parts = [f"{count:,} {word}" for word, count in counts.items() if count]
    if not parts:
        return ""
    action = "Dry run:" if report.dry_run else f"Synced in {report.seconds:.1f} s:"
    reason = f" (full rebuild: {report.rebuilt})" if report.rebuilt else ""
    return f"{action} {', '.join(parts)}; {report.passages:,} passages{reason}."


def sync_lines(report: SyncReport) -> list[str]:
    """What a sync did and what it left out for the first time, as lines; empty if there is no news."""
    lines = filter(None, (report.repair_text, report_line(report)))
    return [*lines, *left_out_lines(report.unreported), *review_lines(report)]


def review_lines(report: SyncReport, limit: int = 3) -> list[str]:
    """Articles to review with reasons; at most *limit*."""
    lines = [
        f"Please review {sanitize_line(article.path)}: {sanitize_line(article.reason)}"
        for article in report.flagged[:limit]
    ]
    rest = len(report.flagged) - limit
    return [*lines, f"… and {rest:,} more articles to review."] if rest > 0 else lines


async def prepare_index(assistant: Assistant, sync: bool) -> None:
    """Update the index if *sync* is set, and warn if it is incomplete, both on stderr.

    If that fails (a read-only folder) or another sync runs for more than two seconds, but there is an
    index, prints a warning and uses it as it is. An incomplete first index is used only in a terminal:
    scripts wait for the other sync. Raises RetrievalError if there is no usable index.
    """
    if sync:
        await _sync_first(assistant)
    await asyncio.to_thread(_warn_if_incomplete, assistant)


async def _sync_first(assistant: Assistant) -> None:
    from retrieval.errors import CorpusError, IndexBusy, IndexFailure

    try:
        with SyncProgressDisplay() as progress:
            try:
                report = await sync_until_stopped(assistant.library, progress, MAX_WAIT_SECONDS)
            except IndexBusy:
                if _is_index_usable(assistant):
                    raise
                report = await sync_until_stopped(assistant.library, progress, MAX_FIRST_WAIT_SECONDS)
    except CorpusError:
        raise
    except IndexFailure as failure:
        if not _is_index_usable(assistant):
            raise
        click.echo(sanitize(f"Warning: using the existing index. {failure}"), err=True)
        return
    for line in sync_lines(report):
        click.echo(line, err=True)


async def sync_until_stopped(
    library: Library, progress: Callable[[Progress], None], wait_seconds: float = 60
) -> SyncReport:
    """Sync in a thread; cancellation stops it within seconds and leaves the index intact.

    Raises IndexBusy if another process still writes the index after *wait_seconds*.
    """
    stop = threading.Event()
    syncing = asyncio.to_thread(library.sync, progress=progress, stop=stop.is_set, wait_seconds=wait_seconds)
    try:
        return await syncing
    finally:
        stop.set()


def _warn_if_incomplete(assistant: Assistant) -> None:
    from retrieval.errors import RetrievalError

    with suppress(RetrievalError), assistant.library.index() as index:  # the command itself reports errors
        if index.pending:
            done = len(index.articles())
            total = done + index.pending
            click.echo(f"Warning: the index is incomplete: {done:,} of {total:,} articles so far.", err=True)


def _is_index_usable(assistant: Assistant) -> bool:
    from retrieval.errors import RetrievalError

    try:
        status = assistant.library.status()
        return status.articles > 0 and (not status.pending or sys.stdout.isatty())
    except RetrievalError:
        return False


def _bars(stream: TextIO) -> Bars:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
        console=Console(file=stream),
        transient=True,
    )
