"""The rate limit per person and the order and bounds of the queue."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.handlers.admission import QueueFull, RateLimit, RequestQueue


def test_the_rate_limit_counts_questions_per_person_and_minute() -> None:
    """The next one is allowed when the first is a minute old; refusals do not count."""
    now = 0.0
    rate_limit = RateLimit(2, lambda: now)
    assert [rate_limit.acquire(1), rate_limit.acquire(1)] == [0, 0]
    now = 20.0
    assert rate_limit.acquire(1) == 40.0
    assert rate_limit.acquire(2) == 0
    now = 60.0
    assert rate_limit.acquire(1) == 0
    assert rate_limit.acquire(1) == 0
    assert rate_limit.acquire(1) == 60.0


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=30), st.integers(1, 3))
async def test_tickets_run_in_order_one_per_person_and_conversation(
    asked: list[tuple[int, int]], parallel: int
) -> None:
    """Two of the same person or conversation never run at once, and none overtakes an earlier one."""
    queue = RequestQueue(parallel, 100, 100)
    done: list[int] = []
    running: list[tuple[int, int]] = []

    async def ask(index: int, person: int, conversation: int) -> None:
        async with queue.slot(tickets[index]):
            assert all(
                person != other_person and conversation != other_conversation
                for other_person, other_conversation in running
            )
            running.append((person, conversation))
            assert len(running) <= parallel
            await asyncio.sleep(0)
            running.remove((person, conversation))
            done.append(index)

    tickets = [queue.enter(person, str(conversation), 0) for person, conversation in asked]
    await asyncio.gather(*(ask(index, *question) for index, question in enumerate(asked)))
    assert len(queue) == 0
    for field in (0, 1):
        for value in range(1, 5):
            order = [index for index in done if asked[index][field] == value]
            assert order == sorted(order)


def test_the_queue_is_bounded_per_server_and_in_total() -> None:
    """A full server does not block others; leaving frees one place, also if called twice."""
    queue = RequestQueue(1, max_per_server=2, max_waiting=3)
    first, _ = queue.enter(1, "a", 7), queue.enter(2, "b", 7)
    with pytest.raises(QueueFull):
        queue.enter(3, "c", 7)
    third = queue.enter(3, "c", 8)
    assert queue.position(first) == 0
    assert queue.position(third) == 2
    queue.leave(first)
    queue.leave(first)
    queue.enter(4, "d", 7)
    queue.enter(5, "e", 9)
    with pytest.raises(QueueFull):
        queue.enter(6, "f", 10)
