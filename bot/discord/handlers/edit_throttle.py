"""Shows a growing thing in steps: never faster than allowed, and the last state always."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class EditThrottle(Generic[T]):
    """Calls *show* with the newest state offered, at most once in *every* seconds, one call at a time.

    States that are overtaken while a call runs are left out: a slow Discord slows the steps, not the
    answer. What *show* raises ends the steps, and is raised by ``finish``.
    """

    def __init__(self, show: Callable[[T], Awaitable[None]], every: float) -> None:
        self._show = show
        self._every = every
        self._newest: T | None = None
        self._changed = asyncio.Event()
        self._last = False
        self._task: asyncio.Task[None] | None = None

    def offer(self, state: T) -> None:
        """Have this state shown when it is time, unless a newer one comes first."""
        self._newest = state
        self._changed.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def finish(self, state: T) -> None:
        """Show the last state, after the step that is under way; no other follows."""
        await self.stop()
        await self._show(state)

    async def stop(self) -> None:
        """End without a last state; a step under way is waited for."""
        self._newest, self._last = None, True
        self._changed.set()
        if self._task is not None:
            await self._task

    def cancel(self) -> None:
        """Drop a step under way; after ``finish`` there is none."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while not self._last:
            await self._changed.wait()
            self._changed.clear()
            if self._newest is not None:
                state, self._newest = self._newest, None
                await self._show(state)
                await self._pause()

    async def _pause(self) -> None:
        """Wait until the next step is allowed, or there is to be none."""
        deadline = asyncio.get_running_loop().time() + self._every
        while not self._last and (left := deadline - asyncio.get_running_loop().time()) > 0:
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                return
            self._changed.clear()
        if self._newest is not None:
            self._changed.set()
