"""A crowd goes through a few at a time, in its order, and the event loop comes round in between."""

from __future__ import annotations

import asyncio

from bot.discord.handlers.loop_throttle import LoopThrottle


async def test_a_crowd_is_let_through_in_order_a_few_in_each_round_of_the_loop() -> None:
    """Between two rounds whoever else waits for the loop has its turn."""
    loop_throttle, passed = LoopThrottle(4), []
    rounds: list[int] = []

    async def one(number: int) -> None:
        await loop_throttle.wait_turn()
        passed.append(number)

    tasks = [asyncio.create_task(one(number)) for number in range(30)]
    while len(passed) < 30:
        before = len(passed)
        await asyncio.sleep(0)
        rounds.append(len(passed) - before)
    await asyncio.gather(*tasks)
    assert passed == list(range(30))
    assert max(rounds) <= 4


async def test_who_gives_up_in_the_crowd_holds_nobody_up() -> None:
    """A cancelled task leaves its turn to the next; afterwards the way is free again."""
    loop_throttle = LoopThrottle(1)
    tasks = [asyncio.create_task(loop_throttle.wait_turn()) for _ in range(5)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    tasks[4].cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(*tasks, return_exceptions=True)
        await loop_throttle.wait_turn()
    assert [task.cancelled() for task in tasks] == [False, True, False, False, True]
