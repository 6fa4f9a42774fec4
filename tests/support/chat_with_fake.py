"""Runs `footnote` with the fake Assistant: INDEX_FOLDER PAUSE_SECONDS [CLI ARGUMENTS...].

With the variable CHAT_SYNC_GATE, a sync makes one article searchable, and ends once that file exists.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fakes import SHELF, FakeAssistant, FakeLibrary

from bot.terminal.commands.cli import main
from retrieval.errors import SyncStopped
from retrieval.hit import Filters
from retrieval.index.generation_state import IndexStatus
from retrieval.sync.sync_index import SyncReport
from retrieval.sync.sync_progress import Progress

GATE = os.environ.get("CHAT_SYNC_GATE")


class GatedLibrary(FakeLibrary):
    """Has one of its articles until the gate opens."""

    gate = Path(GATE or "")

    def status(self, filters: Filters | None = None) -> IndexStatus:
        pending = 0 if self.gate.exists() else len(self.shelf.articles) - 1
        return replace(super().status(filters), articles=len(self.shelf.articles) - pending, pending=pending)

    def sync(
        self,
        *,
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] | None = None,
        **_: object,
    ) -> SyncReport:
        while progress and stop and not self.gate.exists():
            if stop():
                raise SyncStopped("Stopped.")
            progress(Progress("embedding", 2, 7, 200.0, searchable=1))
            time.sleep(0.05)
        return super().sync()


def make_assistant(folder: Path, pause: float) -> FakeAssistant:
    assistant = FakeAssistant(folder=folder, pause=pause)
    if GATE:
        assistant.library = GatedLibrary(SHELF, folder)
    return assistant


if __name__ == "__main__":
    folder, pause, *arguments = sys.argv[1:]
    main(arguments, obj=lambda settings: make_assistant(Path(folder), float(pause)))
