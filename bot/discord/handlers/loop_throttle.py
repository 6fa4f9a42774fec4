"""Lets a crowd through a few at a time, so that the event loop comes round in between."""

from __future__ import annotations

import asyncio
from collections import deque

AT_ONCE = 16  # some 3 ms of work: to take a question up and tell Discord so is 0.2 ms


class LoopThrottle:
    """Whoever passes goes on at once, or, behind others, in a later round of the event loop; in order."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._passed = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def wait_turn(self) -> None:
        """Go on when it is this task's turn."""
        if self._waiting or self._passed >= self._at_once:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn
        else:
            self._count()

    def _count(self) -> None:
        if not self._passed:
            asyncio.get_running_loop().call_soon(self._come_round)
        self._passed += 1

    def _come_round(self) -> None:
        self._passed = 0
        while self._waiting and self._passed < self._at_once:
            turn = self._waiting.popleft()
            if not turn.done():  # it is when its task was cancelled
                turn.set_result(None)
                self._count()
