"""A burst of tasks passes in order, a few per round of the event loop."""

from __future__ import annotations

import asyncio

from bot.discord.handlers.loop_throttle import LoopThrottle


async def test_a_burst_passes_in_order_a_few_per_round() -> None:
    """Other tasks can run between two rounds."""
    loop_throttle, passed = LoopThrottle(4), []
    rounds: list[int] = []

    async def worker(number: int) -> None:
        await loop_throttle.wait_turn()
        passed.append(number)

    tasks = [asyncio.create_task(worker(number)) for number in range(30)]
    while len(passed) < 30:
        before = len(passed)
        await asyncio.sleep(0)
        rounds.append(len(passed) - before)
    await asyncio.gather(*tasks)
    assert passed == list(range(30))
    assert max(rounds) <= 4


async def test_a_cancelled_task_does_not_block_the_others() -> None:
    """Its turn passes to the next task, and later calls do not wait."""
    loop_throttle = LoopThrottle(1)
    tasks = [asyncio.create_task(loop_throttle.wait_turn()) for _ in range(5)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    tasks[4].cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(*tasks, return_exceptions=True)
        await loop_throttle.wait_turn()
    assert [task.cancelled() for task in tasks] == [False, True, False, False, True]
