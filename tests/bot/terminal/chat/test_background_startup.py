"""What goes on behind the prompt of a chat, and how it ends."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

from fakes import FERRY, FakeAssistant, FakeLibrary

from bot.settings import Settings
from bot.terminal.chat.background_startup import BackgroundStartup
from retrieval.errors import SyncStopped
from retrieval.sync.sync_index import SyncReport


async def test_leaving_waits_for_the_sync_to_end(tmp_path: Path) -> None:
    """No thread is left behind in native code, which crashes when Python ends under it."""
    ended, begun = threading.Event(), threading.Event()

    class Slow(FakeLibrary):
        def sync(self, *, stop: Callable[[], bool] | None = None, **_: object) -> SyncReport:
            begun.set()
            while stop is None or not stop():
                time.sleep(0.001)
            time.sleep(0.05)
            ended.set()
            raise SyncStopped("It was stopped.")

    assistant = FakeAssistant(folder=tmp_path / "index")
    assistant.library = Slow([FERRY], tmp_path / "index")
    opening = BackgroundStartup(Settings, lambda _: assistant, sync=True)
    opening.start()
    await asyncio.to_thread(begun.wait, 10)
    opening.stop()
    assert ended.is_set()
