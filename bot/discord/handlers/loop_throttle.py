"""Limits how many handlers start per round of the event loop, so that a burst does not block it."""

from __future__ import annotations

import asyncio
from collections import deque

MAX_PER_ROUND = 16  # about 3 ms of work: accepting and acknowledging a question takes 0.2 ms


class LoopThrottle:
    """Lets callers through in order, at most *max_per_round* in each round of the event loop."""

    def __init__(self, max_per_round: int = MAX_PER_ROUND) -> None:
        self._max_per_round = max_per_round
        self._passed = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def wait_turn(self) -> None:
        """Return at once if this round has room and nobody is waiting, else in a later round."""
        if self._waiting or self._passed >= self._max_per_round:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            await waiter
        else:
            self._count()

    def _count(self) -> None:
        if not self._passed:
            asyncio.get_running_loop().call_soon(self._start_round)
        self._passed += 1

    def _start_round(self) -> None:
        self._passed = 0
        while self._waiting and self._passed < self._max_per_round:
            waiter = self._waiting.popleft()
            if not waiter.done():  # done if its task was cancelled
                waiter.set_result(None)
                self._count()
