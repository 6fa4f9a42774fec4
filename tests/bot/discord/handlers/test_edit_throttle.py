"""Growing answers are edited at intervals, and the final state is always shown."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from bot.discord.handlers.edit_throttle import EditThrottle


async def test_updates_keep_the_interval_and_the_final_state_is_shown() -> None:
    """Superseded states are skipped; the final one is shown exactly once, at the end."""
    shown: list[int] = []
    times: list[float] = []

    async def show(state: int) -> None:
        shown.append(state)
        times.append(asyncio.get_running_loop().time())

    throttle = EditThrottle(show, 0.05)
    for state in range(100):
        throttle.offer(state)
        await asyncio.sleep(0.002)
    await throttle.finish(100)
    assert all(later - earlier >= 0.049 for earlier, later in pairwise(times[:-1]))
    assert shown == sorted(shown)
    assert shown[-1] == 100
    assert shown.count(100) == 1
    assert len(shown) >= 3


async def test_an_error_of_show_is_raised_by_finish() -> None:
    """For instance if the message was deleted; it ends the updates."""

    async def show(state: int) -> None:
        raise LookupError(state)

    throttle = EditThrottle(show, 0.01)
    throttle.offer(1)
    await asyncio.sleep(0.02)
    with pytest.raises(LookupError):
        await throttle.finish(2)
