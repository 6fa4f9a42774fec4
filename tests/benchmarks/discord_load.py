"""The Discord bot under load: 1,000 hostile questions, and 200 questions of 50 people at once.

    python tests/benchmarks/discord_load.py

Prints what left the bot against Discord's rules (nothing should), the seconds, how late the event
loop was at worst, and the growth of memory. Retrieval is the real one, on corpus/.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from discord_crowd import ask_in_every_way  # noqa: E402
from discord_stand_in import DiscordStandIn  # noqa: E402

from bot.assistant import Assistant, make_assistant  # noqa: E402
from bot.discord.build import Services  # noqa: E402
from bot.discord.run import serve  # noqa: E402
from bot.discord.store import Store, store_path  # noqa: E402
from bot.records import Records, records_path  # noqa: E402
from bot.settings import Settings  # noqa: E402

QUESTIONS = (
    "How many companies did the Chinese cyberspace regulator meet?",
    "Who stopped Ant Group's IPO?",
    "What did the regulator say about deep fakes?",
    "Which article is about delivery drones?",
)


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def longest_stall(stop: asyncio.Event) -> tuple[float, float]:
    """How late, in milliseconds, the event loop was at worst for a wait of 5 ms; and of that its own work.

    The first counts all that a busy machine takes; the second is the processor time of the loop's thread.
    """
    late = worked = 0.0
    while not stop.is_set():
        clock, processor = time.perf_counter(), time.thread_time()
        await asyncio.sleep(0.005)
        late = max(late, time.perf_counter() - clock - 0.005)
        worked = max(worked, time.thread_time() - processor)
    return late * 1000, worked * 1000


async def people_ask(people: int, each: int, pipe: Connection) -> None:
    """Discord and its people, in a process of their own, so that only the bot is measured."""
    async with DiscordStandIn(rate_window=0.5) as discord:
        guild = discord.add_guild()
        crowd = [discord.person(f"P{number}") for number in range(people)]
        pipe.send((discord.base, discord.token))
        await discord.until(lambda: discord.gateway.connected, 60)
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
                "acknowledged, median ms": statistics.median(acknowledged) * 1000,
                "acknowledged, last ms": max(acknowledged) * 1000,
                "violations": len(discord.violations),
            }
        )


def discord_process(people: int, each: int, pipe: Connection) -> None:
    asyncio.run(people_ask(people, each, pipe))


async def crowd(assistant: Assistant, people: int, each: int, folder: Path) -> dict[str, float]:
    """The bot in this process while people ask in another; what they saw, and how late its loop was."""
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=discord_process, args=(people, each, there), daemon=True)
    process.start()
    base, token = await asyncio.to_thread(here.recv)
    settings = Settings(discord_api=base, state=folder, discord_rate=100)
    records, store = Records(records_path(folder)), Store(store_path(folder))
    services = Services(assistant, assistant, records, store)
    serving = asyncio.create_task(serve(settings, services, token, watch=False))
    stop = asyncio.Event()
    stall = asyncio.create_task(longest_stall(stop))
    figures: dict[str, float] = await asyncio.to_thread(here.recv)
    stop.set()
    figures["event loop late, ms"], figures["by its own work, ms"] = await stall
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    process.join()
    return figures


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
        assistant = make_assistant(settings)
        assistant.library.sync()
        assistant.library.warm()
        measured("50 people, 200 questions", lambda f: asyncio.run(crowd(assistant, 50, 4, f)))
        measured("the same again", lambda f: asyncio.run(crowd(assistant, 50, 4, f)))
    if "--no-hostile" not in sys.argv:
        measured("1,000 hostile questions", hostile)


if __name__ == "__main__":
    main()
