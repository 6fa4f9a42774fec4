"""The Discord bot under load: 200 questions of 50 people at once, and 1,000 hostile questions.

    python tests/benchmarks/discord_load.py

Prints violations of Discord's rules (there should be none), the duration, the maximum delay of the event
loop with its causes, and the growth of memory. Retrieval is real, on corpus/. On a busy machine the loop
is delayed for lack of a core; an idle process beside the bot measures how much.
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
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT)]

from discord_crowd import ask_in_every_way  # noqa: E402
from discord_stand_in import DiscordStandIn  # noqa: E402

from bot.assistant import Assistant  # noqa: E402
from bot.build import make_assistant  # noqa: E402
from bot.discord.additions.addition_store import AdditionStore  # noqa: E402
from bot.discord.assembly import Services  # noqa: E402
from bot.discord.handlers.discord_store import DiscordStore, store_path  # noqa: E402
from bot.discord.journal.question_journal import QuestionJournal, journal_path  # noqa: E402
from bot.discord.runner import leave_a_core, serve  # noqa: E402
from bot.records.answer_store import AnswerStore, records_path  # noqa: E402
from bot.settings import Settings  # noqa: E402

TICK = 0.005  # seconds between measurements
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
    """By how many ms a sleep of TICK in the event loop was late, and why.

    ``work`` is CPU time of the loop's own thread; ``queue`` is the time that the thread was ready to run
    without a free core (Linux only, else 0). The rest is waiting for other threads of the bot.
    """

    late: float = 0.0
    work: float = 0.0
    queue: float = 0.0

    @property
    def own(self) -> float:
        """The delay without that caused by other programs on the machine."""
        return max(0.0, self.late - self.queue)


async def measure_stalls(is_over: Callable[[], bool]) -> list[Stall]:
    """Measure the delay of the event loop until *is_over*."""
    stalls = []
    with open_schedstat() as queue:
        while not is_over():
            clock, cpu, queued = time.perf_counter(), time.thread_time(), seconds_queued(queue)
            await asyncio.sleep(TICK)
            late, worked = time.perf_counter() - clock - TICK, time.thread_time() - cpu
            stalls.append(Stall(late * 1000, worked * 1000, (seconds_queued(queue) - queued) * 1000))
    return stalls


def open_schedstat() -> AbstractContextManager[BinaryIO | None]:
    """The scheduler statistics of this thread, None where they do not exist."""
    try:
        return Path(f"/proc/self/task/{threading.get_native_id()}/schedstat").open("rb", buffering=0)
    except OSError:
        return nullcontext()


def seconds_queued(queue: BinaryIO | None) -> float:
    """The total seconds that this thread has waited for a core."""
    return int(os.pread(queue.fileno(), 100, 0).split()[1]) / 1e9 if queue else 0.0


def idle_process(pipe: Connection) -> None:
    """Measure the same loop in an idle process: the delay that the machine alone causes."""
    pipe.send("ready")
    pipe.recv()
    stalls = asyncio.run(measure_stalls(pipe.poll))
    pipe.send(max(stall.late for stall in stalls))


async def people_ask(people: int, questions: int, pipe: Connection) -> None:
    """Discord and its people, each asking *questions*, in a separate process to measure only the bot."""
    async with DiscordStandIn(rate_window=0.5) as discord:
        guild = discord.add_guild()
        crowd = [discord.person(f"P{number}") for number in range(people)]
        pipe.send((discord.base, discord.token))
        await discord.until(lambda: discord.gateway.connected, 60)
        pipe.send("started")
        started = time.perf_counter()
        asked = [
            await discord.slash(person, guild.channels[0], "ask", question=QUESTIONS[number % 4])
            for number in range(questions)
            for person in crowd
        ]
        await asyncio.gather(*(discord.finished(sent, 300) for sent in asked))
        acknowledged = [sent.acknowledged or 99.0 for sent in asked]
        pipe.send(
            {
                "answered": len([sent for sent in asked if sent.messages]),
                "seconds": time.perf_counter() - started,
                "median acknowledgement ms": statistics.median(acknowledged) * 1000,
                "slowest acknowledgement ms": max(acknowledged) * 1000,
                "violations": len(discord.violations),
            }
        )


def discord_process(people: int, questions: int, pipe: Connection) -> None:
    asyncio.run(people_ask(people, questions, pipe))


async def crowd(assistant: Assistant, people: int, questions: int, folder: Path) -> dict[str, float]:
    """Run the bot in this process while people ask in another, and return the figures of both."""
    context = multiprocessing.get_context("spawn")
    here, discord_end = multiprocessing.Pipe()
    process = context.Process(target=discord_process, args=(people, questions, discord_end), daemon=True)
    process.start()
    beside, idle_end = multiprocessing.Pipe()
    idle = context.Process(target=idle_process, args=(idle_end,), daemon=True)
    idle.start()
    base, token = here.recv()
    beside.recv()
    settings = Settings(discord_api=base, state=folder, discord_rate=100)
    records, store = AnswerStore(records_path(folder)), DiscordStore(store_path(folder))
    additions, journal = AdditionStore(store_path(folder)), QuestionJournal(journal_path(folder))
    services = Services(assistant, assistant, records, store, additions, journal)
    serving = asyncio.create_task(serve(settings, services, token, watch=False))
    await asyncio.to_thread(here.recv)
    beside.send("start")
    stalls = await measure_stalls(here.poll)
    beside.send("over")
    figures: dict[str, float] = here.recv()
    figures |= summary(stalls, beside.recv())
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    process.join()
    return figures


def summary(stalls: list[Stall], idle_late: float) -> dict[str, float]:
    """The maximum delays, in ms."""
    return {
        "event loop delay ms": max(stall.late for stall in stalls),
        "delay in an idle process ms": idle_late,
        "delay without waiting for a core ms": max(stall.own for stall in stalls),
        "delay by own work ms": max(stall.work for stall in stalls),
        "delays over 50 ms": sum(stall.late > 50 for stall in stalls),
    }


def show(name: str, figures: dict[str, float]) -> None:
    print(name + ": " + ", ".join(f"{key} {value:,.1f}" for key, value in figures.items()))


def measured(name: str, run: Callable[[Path], dict[str, float]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        before = megabytes()
        figures = run(Path(folder))
        show(name, figures | {"memory growth MB": megabytes() - before})


def hostile(folder: Path) -> dict[str, float]:
    started = time.perf_counter()
    discord = asyncio.run(ask_in_every_way(1000, 2, folder))
    for violation in discord.violations[:10]:
        print(violation)
    return {"violations": len(discord.violations), "seconds": time.perf_counter() - started}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        options = {"corpus": str(ROOT / "corpus"), "index": Path(folder) / "index", "mode": "extractive"}
        settings = Settings(**options)  # type: ignore[arg-type]
        assistant = make_assistant(leave_a_core(settings))
        assistant.library.sync()
        assistant.library.warm()
        measured("50 people, 200 questions", lambda state: asyncio.run(crowd(assistant, 50, 4, state)))
        measured("second run", lambda state: asyncio.run(crowd(assistant, 50, 4, state)))
    if "--no-hostile" not in sys.argv:
        measured("1,000 hostile questions", hostile)


if __name__ == "__main__":
    main()
