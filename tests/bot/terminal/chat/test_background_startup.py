"""The background startup of a chat."""

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


async def test_stop_waits_for_a_running_sync(tmp_path: Path) -> None:
    """No thread is left in native code, which crashes when the interpreter exits."""
    started, ended = threading.Event(), threading.Event()

    class SlowLibrary(FakeLibrary):
        """Syncs until it is stopped."""

        def sync(self, *, stop: Callable[[], bool] | None = None, **_: object) -> SyncReport:
            started.set()
            while stop is None or not stop():
                time.sleep(0.001)
            time.sleep(0.05)
            ended.set()
            raise SyncStopped("Stopped.")

    assistant = FakeAssistant(folder=tmp_path / "index")
    assistant.library = SlowLibrary([FERRY], tmp_path / "index")
    startup = BackgroundStartup(Settings, lambda _: assistant, sync=True)
    startup.start()
    await asyncio.to_thread(started.wait, 10)
    startup.stop()
    assert ended.is_set()


async def test_models_are_loaded_while_the_first_index_is_built(tmp_path: Path) -> None:
    loaded = threading.Event()

    class WaitingLibrary(FakeLibrary):
        """Syncs only once the models are loaded."""

        def sync(self, **options: object) -> SyncReport:
            assert loaded.wait(10)
            return super().sync()

    class Loading(FakeAssistant):
        def warm_models(self) -> None:
            loaded.set()
            raise OSError("a damaged model file: the first question reports it")

    assistant = Loading(folder=tmp_path / "index")
    assistant.library = WaitingLibrary([FERRY], tmp_path / "index")
    startup = BackgroundStartup(Settings, lambda _: assistant, sync=True)
    startup.start()
    await asyncio.wait_for(asyncio.shield(startup.synced), 20)
    startup.stop()
    assert loaded.is_set()
