"""The Discord bot under load: 1,000 hostile questions, and 200 questions of 50 people at once.

    python tests/benchmarks/discord_load.py

Prints what left the bot against Discord's rules (nothing should), the seconds, how late the event
loop was at worst and why, and the growth of memory. Retrieval is the real one, on corpus/. On a busy
machine the loop is late for want of a core; the idle process beside it shows how busy it was.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from discord_crowd import ask_in_every_way  # noqa: E402
from discord_stand_in import DiscordStandIn  # noqa: E402

from bot.assistant import Assistant  # noqa: E402
from bot.build import make_assistant  # noqa: E402
from bot.discord.assembly import Services  # noqa: E402
from bot.discord.handlers.discord_store import DiscordStore, store_path  # noqa: E402
from bot.discord.runner import leaving_a_core, serve  # noqa: E402
from bot.records.answer_store import AnswerStore, records_path  # noqa: E402
from bot.settings import Settings  # noqa: E402

TICK = 0.005  # seconds
QUESTIONS = (
    "How many companies did the Chinese cyberspace regulator meet?",
    "Who stopped Ant Group's IPO?",
    "What did the regulator say about deep fakes?",
    "Which article is about delivery drones?",
)


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@dataclass(frozen=True, slots=True)
class Stall:
    """A wait of 5 ms in an event loop that took longer, in ms: in all, and what it was due to.

    ``work`` is processor time of the loop's own thread; ``queue`` the time that this thread was ready to
    run and no core was free (Linux tells, else 0). The rest is waiting for other threads of the bot.
    """

    late: float = 0.0
    work: float = 0.0
    queue: float = 0.0

    @property
    def own(self) -> float:
        """What the bot did to its loop, not what other programs on the machine did."""
        return max(0.0, self.late - self.queue)


async def stalls(over: Callable[[], bool]) -> list[Stall]:
    """How late the event loop was, time after time."""
    found = []
    with open_queue() as queue:
        while not over():
            clock, processor, queued = time.perf_counter(), time.thread_time(), waited(queue)
            await asyncio.sleep(TICK)
            late, worked = time.perf_counter() - clock - TICK, time.thread_time() - processor
            found.append(Stall(late * 1000, worked * 1000, (waited(queue) - queued) * 1000))
    return found


def open_queue() -> AbstractContextManager[BinaryIO | None]:
    """What Linux tells of this thread's turns on the processor."""
    try:
        return Path(f"/proc/self/task/{threading.get_native_id()}/schedstat").open("rb", buffering=0)
    except OSError:
        return nullcontext()


def waited(queue: BinaryIO | None) -> float:
    """Seconds that this thread has waited for a core in its life."""
    return int(os.pread(queue.fileno(), 100, 0).split()[1]) / 1e9 if queue else 0.0


def idle_process(pipe: Connection) -> None:
    """The same loop in a process that has nothing else to do: what the machine alone does to it."""
    pipe.send("ready")
    pipe.recv()
    found = asyncio.run(stalls(pipe.poll))
    pipe.send(max(each.late for each in found))


async def people_ask(people: int, each: int, pipe: Connection) -> None:
    """Discord and its people, in a process of their own, so that only the bot is measured."""
    async with DiscordStandIn(rate_window=0.5) as discord:
        guild = discord.add_guild()
        crowd = [discord.person(f"P{number}") for number in range(people)]
        pipe.send((discord.base, discord.token))
        await discord.until(lambda: discord.gateway.connected, 60)
        pipe.send("begun")
        begun = time.perf_counter()
        asked = [
            await discord.slash(person, guild.channels[0], "ask", question=QUESTIONS[number % 4])
            for number in range(each)
            for person in crowd
        ]
        await asyncio.gather(*(discord.finished(one, 300) for one in asked))
        acknowledged = [one.acknowledged or 99.0 for one in asked]
        pipe.send(
            {
                "answered": len([one for one in asked if one.messages]),
                "seconds": time.perf_counter() - begun,
                "acknowledged median ms": statistics.median(acknowledged) * 1000,
                "acknowledged last ms": max(acknowledged) * 1000,
                "violations": len(discord.violations),
            }
        )


def discord_process(people: int, each: int, pipe: Connection) -> None:
    asyncio.run(people_ask(people, each, pipe))


async def crowd(assistant: Assistant, people: int, each: int, folder: Path) -> dict[str, float]:
    """The bot in this process while people ask in another; what they saw, and how late its loop was."""
    context = multiprocessing.get_context("spawn")
    here, there = multiprocessing.Pipe()
    process = context.Process(target=discord_process, args=(people, each, there), daemon=True)
    process.start()
    beside, other = multiprocessing.Pipe()
    idle = context.Process(target=idle_process, args=(other,), daemon=True)
    idle.start()
    base, token = here.recv()
    beside.recv()
    settings = Settings(discord_api=base, state=folder, discord_rate=100)
    records, store = AnswerStore(records_path(folder)), DiscordStore(store_path(folder))
    services = Services(assistant, assistant, records, store)
    serving = asyncio.create_task(serve(settings, services, token, watch=False))
    await asyncio.to_thread(here.recv)
    beside.send("begun")
    found = await stalls(here.poll)
    beside.send("over")
    figures: dict[str, float] = here.recv()
    figures |= told(found, beside.recv())
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    process.join()
    return figures


def told(found: list[Stall], beside: float) -> dict[str, float]:
    """The worst of what was seen."""
    return {
        "event loop late ms": max(each.late for each in found),
        "idle process beside it ms": beside,
        "late but for want of a core ms": max(each.own for each in found),
        "by its own work ms": max(each.work for each in found),
        "times over 50 ms": sum(each.late > 50 for each in found),
    }


def show(name: str, figures: dict[str, float]) -> None:
    print(name + ": " + ", ".join(f"{key} {value:,.1f}" for key, value in figures.items()))


def measured(name: str, run: Callable[[Path], dict[str, float]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        before = megabytes()
        figures = run(Path(folder))
        show(name, figures | {"memory grew by MB": megabytes() - before})


def hostile(folder: Path) -> dict[str, float]:
    begun = time.perf_counter()
    discord = asyncio.run(ask_in_every_way(1000, 2, folder))
    for each in discord.violations[:10]:
        print(each)
    return {"violations": len(discord.violations), "seconds": time.perf_counter() - begun}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        given = {"corpus": str(ROOT / "corpus"), "index": Path(folder) / "index", "mode": "extractive"}
        settings = Settings(**given)  # type: ignore[arg-type]
        assistant = make_assistant(leaving_a_core(settings))
        assistant.library.sync()
        assistant.library.warm()
        measured("50 people, 200 questions", lambda f: asyncio.run(crowd(assistant, 50, 4, f)))
        measured("the same again", lambda f: asyncio.run(crowd(assistant, 50, 4, f)))
    if "--no-hostile" not in sys.argv:
        measured("1,000 hostile questions", hostile)


if __name__ == "__main__":
    main()
