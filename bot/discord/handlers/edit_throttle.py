"""Limits how often a growing answer is edited; the final state is always shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class EditThrottle(Generic[T]):
    """Calls *show* with the latest state, at most once per *interval* seconds and one call at a time.

    States superseded during a call are skipped, so a slow Discord does not slow the answer down. An
    exception of *show* ends the updates and is raised by ``finish``.
    """

    def __init__(self, show: Callable[[T], Awaitable[None]], interval: float) -> None:
        self._show = show
        self._interval = interval
        self._latest: T | None = None
        self._changed = asyncio.Event()
        self._stopped = False
        self._task: asyncio.Task[None] | None = None

    def offer(self, state: T) -> None:
        """Show this state when the interval allows, unless a newer one replaces it first."""
        self._latest = state
        self._changed.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def finish(self, state: T) -> None:
        """Show the final state, after the update in progress."""
        self._latest, self._stopped = None, True
        self._changed.set()
        if self._task is not None:
            await self._task
        await self._show(state)

    def cancel(self) -> None:
        """Cancel the update in progress, if any."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while not self._stopped:
            await self._changed.wait()
            self._changed.clear()
            if self._latest is not None:
                state, self._latest = self._latest, None
                await self._show(state)
                await self._pause()

    async def _pause(self) -> None:
        """Wait until the interval is over or ``finish`` is called."""
        deadline = asyncio.get_running_loop().time() + self._interval
        while not self._stopped and (left := deadline - asyncio.get_running_loop().time()) > 0:
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                return
            self._changed.clear()
        if self._latest is not None:
            self._changed.set()
