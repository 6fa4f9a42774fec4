"""Limits how often a growing answer is edited; the final state is always shown."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from bot.discord.posts.discord_requests import Gone, Unreachable

T = TypeVar("T")

log = logging.getLogger("footnote.discord")
FINAL_DELAYS = (5.0, 15.0, 40.0)  # seconds between attempts to show the final state


class EditThrottle(Generic[T]):
    """Calls *show* with the latest state, at most once per *interval* seconds and one call at a time.

    States superseded during a call are skipped, so a slow Discord does not slow the answer down, nor one
    that cannot be reached. Other exceptions of *show* end the updates and are raised by ``finish``; for Gone,
    *on_gone* is called at once.
    """

    def __init__(
        self,
        show: Callable[[T], Awaitable[None]],
        interval: float,
        on_gone: Callable[[], object] = lambda: None,
    ) -> None:
        self._on_gone = on_gone
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
        """Show the final state, after the update in progress; patiently if Discord cannot be reached."""
        self._latest, self._stopped = None, True
        self._changed.set()
        if self._task is not None:
            await self._task
        for delay in FINAL_DELAYS:
            try:
                await self._show(state)
                return
            except Unreachable as error:
                log.info("trying again in %g s: %s", delay, error)
            await asyncio.sleep(delay)
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
                try:
                    await self._show(state)
                except Unreachable as error:
                    log.info("a growing answer could not be shown: %s", error)
                except Gone:
                    self._on_gone()
                    raise
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
