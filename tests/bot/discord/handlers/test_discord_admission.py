"""Who may ask, in what order, and how growing answers are paced; without Discord."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.handlers.admission import QueueFull, Rate, RequestQueue
from bot.discord.handlers.channel_rules import question_of
from bot.discord.handlers.edit_throttle import EditThrottle


def test_a_person_asks_so_many_questions_a_minute() -> None:
    """The next is let in when the first is a minute old; refusals do not count; others are not held up."""
    now = 0.0
    rate = Rate(2, lambda: now)
    assert [rate.wait(1), rate.wait(1)] == [0, 0]
    now = 20.0
    assert rate.wait(1) == 40.0
    assert rate.wait(2) == 0
    now = 60.0
    assert rate.wait(1) == 0
    assert rate.wait(1) == 0
    assert rate.wait(1) == 60.0


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=30), st.integers(1, 3))
async def test_turns_come_in_order_one_for_each_person_and_talk(
    asked: list[tuple[int, int]], parallel: int
) -> None:
    """Whatever comes in, never two of one person or talk at once, and none overtakes its own kind."""
    line = RequestQueue(parallel, 100, 100)
    done: list[int] = []
    running: list[tuple[int, int]] = []

    async def ask(index: int, person: int, talk: int) -> None:
        async with line.turn(turns[index]):
            assert all(person != p and talk != t for p, t in running)
            running.append((person, talk))
            assert len(running) <= parallel
            await asyncio.sleep(0)
            running.remove((person, talk))
            done.append(index)

    turns = [line.enter(person, str(talk), 0) for person, talk in asked]
    await asyncio.gather(*(ask(index, *each) for index, each in enumerate(asked)))
    assert len(line) == 0
    for kind in (0, 1):
        for value in range(1, 5):
            order = [index for index in done if asked[index][kind] == value]
            assert order == sorted(order)


def test_the_line_is_bounded_for_a_server_and_in_all() -> None:
    """A full server does not keep others out; a left place is free again, and only once."""
    line = RequestQueue(1, of_server=2, in_all=3)
    first, _ = line.enter(1, "a", 7), line.enter(2, "b", 7)
    with pytest.raises(QueueFull):
        line.enter(3, "c", 7)
    third = line.enter(3, "c", 8)
    assert line.place(first) == 0
    assert line.place(third) == 2
    line.leave(first)
    line.leave(first)
    line.enter(4, "d", 7)
    line.enter(5, "e", 9)
    with pytest.raises(QueueFull):
        line.enter(6, "f", 10)


async def test_steps_are_paced_and_the_last_state_is_shown() -> None:
    """States that are overtaken are left out; the last is shown exactly once, at the end."""
    shown: list[int] = []
    at: list[float] = []

    async def show(state: int) -> None:
        shown.append(state)
        at.append(asyncio.get_running_loop().time())

    pace = EditThrottle(show, 0.05)
    for state in range(100):
        pace.offer(state)
        await asyncio.sleep(0.002)
    await pace.finish(100)
    assert all(later - earlier >= 0.049 for earlier, later in pairwise(at[:-1]))
    assert shown == sorted(shown)
    assert shown[-1] == 100
    assert shown.count(100) == 1
    assert len(shown) >= 3


async def test_what_showing_raises_comes_out_at_the_end() -> None:
    """A message that is gone ends the steps, and the one who waits hears of it."""

    async def show(state: int) -> None:
        raise LookupError(state)

    pace = EditThrottle(show, 0.01)
    pace.offer(1)
    await asyncio.sleep(0.02)
    with pytest.raises(LookupError):
        await pace.finish(2)


@pytest.mark.parametrize(
    ("content", "question"),
    [
        ("<@5> who?", "who?"),
        ("hey <@!5>\n who  is <@7> in <#8>?", "hey who is Ann in news?"),
        ("<@5> </ask:3> <t:123:R> <a:gull:9>", "/ask gull"),
        ("<@5>", ""),
    ],
)
def test_a_question_is_read_from_a_message(content: str, question: str) -> None:
    """Our mention goes, other mentions become names, white space is one blank."""
    assert question_of(content, 5, {7: "Ann", 8: "news"}) == question
