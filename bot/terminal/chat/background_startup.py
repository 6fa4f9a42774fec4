"""Starts the Assistant in the background of a chat: reads settings, syncs, loads models, watches files."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from bot.background_sync import has_changes, sync_on_change

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.settings import Settings
    from retrieval.sync.sync_index import Progress, SyncReport

Outcome = TypeVar("Outcome")

MAX_SYNC_WAIT = 3.0  # seconds from the start that a question waits for the sync if there is an older index
MAX_SHUTDOWN_WAIT = (
    10.0  # seconds to wait for threads on exit: native code crashes if it outlives the interpreter
)
_INTERRUPTED_SYNC_FILES = {
    "lock",
    "building",
    "generations",
    "journal.sqlite",
}  # left by an interrupted first sync


class BackgroundStartup:
    """Background startup of a chat. Create it in a running event loop, then call ``start``.

    ``settings`` resolves first, then ``opened`` with the Assistant; then, in any order, ``synced`` with the
    report (None without a sync) and ``warm`` when all models are loaded. ``searchable`` resolves when a first
    sync has indexed some articles, at the latest with ``synced``. ``is_first`` is valid once the settings
    are: True if there was no index. Afterwards the files are watched. ``on_progress`` and
    ``on_change`` are called in the event loop.
    """

    def __init__(
        self,
        read_settings: Callable[[], Settings],
        make_assistant: Callable[[Settings], Assistant],
        sync: bool,
    ) -> None:
        self._read_settings = read_settings
        self._make_assistant = make_assistant
        self._sync = sync
        self._loop = asyncio.get_running_loop()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.settings: asyncio.Future[Settings] = self._loop.create_future()
        self.opened: asyncio.Future[Assistant] = self._loop.create_future()
        self.synced: asyncio.Future[SyncReport | None] = self._loop.create_future()
        self.synced.add_done_callback(self._end_search_wait)
        self.searchable: asyncio.Future[None] = self._loop.create_future()
        self._can_search = threading.Event()
        self._wait_until = self._loop.time() + MAX_SYNC_WAIT
        self.warm: asyncio.Future[None] = self._loop.create_future()
        self.is_first = False
        self.progress: Progress | None = None
        self.on_progress: Callable[[Progress], None] | None = None
        self.on_change: Callable[[SyncReport], None] | None = None

    def start(self) -> None:
        """Start the background threads."""
        self._start_thread(self._run, "startup")

    def stop(self) -> None:
        """Stop the background threads; the index stays at its last complete generation."""
        self._stop.set()
        deadline = time.monotonic() + MAX_SHUTDOWN_WAIT
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _start_thread(self, work: Callable[[], object], name: str) -> threading.Thread:
        thread = threading.Thread(target=work, daemon=True, name=name)
        self._threads.append(thread)
        thread.start()
        return thread

    async def assistant(self) -> Assistant:
        """The Assistant as soon as it is created. Raises SettingsInvalid or whatever prevented that."""
        await asyncio.shield(self.settings)
        return await asyncio.shield(self.opened)

    async def ready(self) -> Assistant:
        """The Assistant as soon as it can answer a question. Raises whatever prevented that."""
        assistant = await self.assistant()
        if self.is_first:
            await asyncio.shield(self.searchable)
        else:
            await asyncio.wait([self.synced], timeout=max(0.0, self._wait_until - self._loop.time()))
        await asyncio.shield(self.warm)
        return assistant

    def _run(self) -> None:
        settings = self._resolve(self.settings, self._read_first)
        if settings is None:
            return
        assistant = self._resolve(self.opened, lambda: self._make_assistant(settings))
        if assistant is None:
            return
        sync_thread = self._start_thread(functools.partial(self._run_sync, assistant), "sync")
        if self.is_first:
            self._load_models(assistant)
            self._can_search.wait()
        if not self._stop.is_set():
            self._resolve(self.warm, assistant.warm)
        sync_thread.join()
        if self._sync and not self._stop.is_set():
            sync_on_change(assistant.library, self._stop, self._synced, lambda _: None)

    def _read_first(self) -> Settings:
        settings = self._read_settings()
        folder = settings.index_dir
        self.is_first = (
            not folder.is_dir() or {path.name for path in folder.iterdir()} <= _INTERRUPTED_SYNC_FILES
        )
        return settings

    def _load_models(self, assistant: Assistant) -> None:
        with contextlib.suppress(Exception):  # `warm` raises it again
            assistant.warm_models()

    def _run_sync(self, assistant: Assistant) -> None:
        self._resolve(self.synced, functools.partial(self._sync_index, assistant))
        self._can_search.set()

    def _sync_index(self, assistant: Assistant) -> SyncReport | None:
        if not self._sync:
            return None
        return assistant.library.sync(progress=self._progressed, stop=self._stop.is_set)

    def _synced(self, report: SyncReport) -> None:
        if self.on_change is not None and has_changes(report):
            self._call_in_loop(self.on_change, report)

    def _progressed(self, progress: Progress) -> None:
        if progress.searchable:
            self._can_search.set()
            self._call_in_loop(_succeed, self.searchable, None)
        self._call_in_loop(self._show_progress, progress)

    def _show_progress(self, progress: Progress) -> None:
        self.progress = progress
        if self.on_progress is not None:
            self.on_progress(progress)

    def _end_search_wait(self, synced: asyncio.Future[SyncReport | None]) -> None:
        if synced.cancelled():
            return
        if error := synced.exception():
            _fail(self.searchable, error)
        else:
            _succeed(self.searchable, None)

    def _resolve(self, future: asyncio.Future[Outcome], work: Callable[[], Outcome]) -> Outcome | None:
        try:
            outcome = work()
        except Exception as error:
            self._call_in_loop(_fail, future, error)
            return None
        self._call_in_loop(_succeed, future, outcome)
        return outcome

    def _call_in_loop(self, callback: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(callback, *arguments)


def _succeed(future: asyncio.Future[Outcome], outcome: Outcome) -> None:
    if not future.done():
        future.set_result(outcome)


def _fail(future: asyncio.Future[Outcome], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
        future.exception()  # mark as retrieved: it is raised only where the future is awaited
