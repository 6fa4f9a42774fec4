"""Opens the Assistant behind a chat's prompt: settings, sync and the heavy parts, in threads of their own."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from bot.background_sync import CHECK_INTERVAL, has_changes, sync_on_change

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.settings import Settings
    from retrieval.sync.sync_index import Progress, SyncReport

Outcome = TypeVar("Outcome")

SYNC_PATIENCE = 3.0  # seconds that a first question waits for the sync, when an older index could answer it
LEAVING_PATIENCE = (
    10.0  # seconds that leaving waits for a sync to end: native code that outlives Python crashes
)
_UNFINISHED = {
    "lock",
    "building",
    "generations",
    "journal.sqlite",
}  # what a first sync leaves when broken off


class BackgroundStartup:
    """What is under way behind the prompt. To be made in a running event loop; ``start`` begins.

    ``settings`` are read first. ``opened`` is the Assistant, ``synced`` what the sync did (None without
    a sync), ``warm`` is done when the heavy parts are loaded. ``is_first`` says, once opened, that there
    was no index to begin with. Afterwards the files are watched. ``on_progress`` and
    ``on_change`` are called in the loop.
    """

    def __init__(
        self,
        read_settings: Callable[[], Settings],
        make: Callable[[Settings], Assistant],
        sync: bool,
        every: float = CHECK_INTERVAL,
    ) -> None:
        self._read_settings = read_settings
        self._make = make
        self._sync = sync
        self._every = every
        self._loop = asyncio.get_running_loop()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.settings: asyncio.Future[Settings] = self._loop.create_future()
        self.opened: asyncio.Future[Assistant] = self._loop.create_future()
        self.synced: asyncio.Future[SyncReport | None] = self._loop.create_future()
        self.warm: asyncio.Future[None] = self._loop.create_future()
        self.is_first = False
        self.progress: Progress | None = None
        self.on_progress: Callable[[Progress], None] | None = None
        self.on_change: Callable[[SyncReport], None] | None = None

    def start(self) -> None:
        """Begin to open; ``stop`` ends it."""
        self._begin(self._open, "opening")

    def stop(self) -> None:
        """End a running sync and what else goes on; the index stays at its last whole generation."""
        self._stop.set()
        until = time.monotonic() + LEAVING_PATIENCE
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _begin(self, work: Callable[[], object], name: str) -> threading.Thread:
        thread = threading.Thread(target=work, daemon=True, name=name)
        self._threads.append(thread)
        thread.start()
        return thread

    async def assistant(self) -> Assistant:
        """The Assistant as soon as it is made. Raises SettingsInvalid and what else made that impossible."""
        await asyncio.shield(self.settings)
        return await asyncio.shield(self.opened)

    async def ready(self) -> Assistant:
        """The Assistant, when a question can be answered. Raises what made that impossible."""
        assistant = await self.assistant()
        if self.is_first:
            await asyncio.shield(self.synced)
        else:
            await asyncio.wait([self.synced], timeout=SYNC_PATIENCE)
        await asyncio.shield(self.warm)
        return assistant

    def _open(self) -> None:
        settings = self._settle(self.settings, self._read_settings)
        if settings is None:
            return
        assistant = self._settle(self.opened, lambda: self._make_assistant(settings))
        if assistant is None:
            return
        work = functools.partial(self._bring_up_to_date, assistant)
        syncing = self._begin(lambda: self._settle(self.synced, work), "sync")
        if self.is_first:
            syncing.join()
        if not self._stop.is_set():
            self._settle(self.warm, assistant.warm)
        syncing.join()
        if self._sync and not self._stop.is_set():
            sync_on_change(assistant.library, self._stop, self._synced, lambda _: None, self._every)

    def _make_assistant(self, settings: Settings) -> Assistant:
        assistant = self._make(settings)
        folder = assistant.library.folder
        self.is_first = not folder.is_dir() or {each.name for each in folder.iterdir()} <= _UNFINISHED
        return assistant

    def _bring_up_to_date(self, assistant: Assistant) -> SyncReport | None:
        if not self._sync:
            return None
        return assistant.library.sync(progress=self._note, stop=self._stop.is_set)

    def _synced(self, report: SyncReport) -> None:
        if self.on_change is not None and has_changes(report):
            self._tell(self.on_change, report)

    def _note(self, progress: Progress) -> None:
        self._tell(self._show, progress)

    def _show(self, progress: Progress) -> None:
        self.progress = progress
        if self.on_progress is not None:
            self.on_progress(progress)

    def _settle(self, future: asyncio.Future[Outcome], work: Callable[[], Outcome]) -> Outcome | None:
        try:
            outcome = work()
        except Exception as error:
            self._tell(_fail, future, error)
            return None
        self._tell(_succeed, future, outcome)
        return outcome

    def _tell(self, act: Callable[..., None], *values: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(act, *values)


def _succeed(future: asyncio.Future[Outcome], outcome: Outcome) -> None:
    if not future.done():
        future.set_result(outcome)


def _fail(future: asyncio.Future[Outcome], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
        future.exception()  # whoever waits is told; nobody else need be
