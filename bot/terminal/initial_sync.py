"""The sync before the first question: quick when nothing changed, with progress when it takes a while."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

import click

from bot.rendering.text_rendering import sanitize, sanitize_line

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from bot.assistant import Assistant
    from retrieval.library import Library
    from retrieval.sync.sync_index import Progress, SyncReport

PATIENCE = 0.7  # seconds of silence before a sync shows its progress
INTERVAL = 5.0  # seconds between plain lines

_STAGES = {"reading": "Reading articles", "embedding": "Indexing passages", "writing": "Writing the index"}


class SyncProgressDisplay:
    """Shows how far a sync is: a bar in a terminal, a line now and then elsewhere. Called from any thread."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream or sys.stderr
        self._clock = clock
        self._began = self._said = clock()
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
        """Show *progress*, once the sync has lasted long enough to be worth a word."""
        if self._clock() - self._began < PATIENCE or progress.total == 0:
            return
        if self._stream.isatty():
            self._draw(progress)
        else:
            self._say(progress)

    def _draw(self, progress: Progress) -> None:
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

    def _say(self, progress: Progress) -> None:
        now = self._clock()
        if progress.stage == self._stage and now - self._said < INTERVAL:
            return
        self._stage, self._said = progress.stage, now
        click.echo(progress_line(progress), file=self._stream)


def progress_line(progress: Progress) -> str:
    """How far a sync is, in one line."""
    text = f"{_STAGES.get(progress.stage, progress.stage)}: {progress.done:,} of {progress.total:,}"
    left = duration(progress.seconds_left)
    return f"{text}, {left} left" if left else text


def duration(seconds: float | None) -> str:
    """About how long, in words: "40 s", "3 min", "2 h"; "" when not known."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"


def report_line(report: SyncReport) -> str:
    """What a sync did, in one sentence; "" when there was nothing to do."""
    counts = {
        "new": report.added,
        "changed": report.changed,
        "moved": report.moved,
        "deleted": report.deleted,
    }
    parts = [f"{count:,} {word}" for word, count in counts.items() if count]
    if not parts:
        return ""
    did = "A sync would find" if report.dry_run else f"Synced in {report.seconds:.1f} s:"
    why = f" (all anew: {report.rebuilt})" if report.rebuilt else ""
    return f"{did} {', '.join(parts)}; {report.passages:,} passages{why}."


def sync_lines(report: SyncReport) -> list[str]:
    """What a person should know about a sync; nothing when there was nothing to do."""
    line = report_line(report)
    return [*([line] if line else []), *failure_lines(report)]


def failure_lines(report: SyncReport, limit: int = 3) -> list[str]:
    """The files that could not be read and the articles to look at, with reasons; *limit* of each."""
    lines = [
        f"Not read: {sanitize_line(each.path)}: {sanitize_line(each.reason)}"
        for each in report.failed[:limit]
    ]
    rest = len(report.failed) - limit
    if rest > 0:
        lines.append(f"and {rest:,} more; `footnote status` lists them.")
    lines += [
        f"Look at {sanitize_line(each.path)}: {sanitize_line(each.reason)}" for each in report.flagged[:limit]
    ]
    rest = len(report.flagged) - limit
    return [*lines, f"and {rest:,} more articles to look at."] if rest > 0 else lines


async def sync_first(assistant: Assistant) -> None:
    """Bring the index up to date, saying on standard error what changed.

    When that fails while an index stands (a read-only folder, another sync at work), a warning says so and
    the index answers as it is. Raises RetrievalError when there is nothing to answer from.
    """
    from retrieval.errors import CorpusError, IndexFailure

    try:
        with SyncProgressDisplay() as progress:
            report = await sync_until_stopped(assistant.library, progress)
    except CorpusError:
        raise
    except IndexFailure as failure:
        if not _stands(assistant):
            raise
        click.echo(sanitize(f"The index is used as it is: {failure}"), err=True)
        return
    for line in sync_lines(report):
        click.echo(line, err=True)


async def sync_until_stopped(library: Library, progress: Callable[[Progress], None]) -> SyncReport:
    """Sync in a thread; being cancelled stops it within seconds, and the index is left whole."""
    stop = threading.Event()
    syncing = asyncio.to_thread(library.sync, progress=progress, stop=stop.is_set)
    try:
        return await syncing
    finally:
        stop.set()


def _stands(assistant: Assistant) -> bool:
    from retrieval.errors import RetrievalError

    try:
        return assistant.library.status().articles > 0
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
