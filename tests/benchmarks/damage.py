"""Flips ten random bits in each kind of file of an index; asks in the terminal, as JSON and on Discord.

    python tests/benchmarks/damage.py [SEED]

Each answer must equal that of the intact index, or be one clear sentence; after a sync, `doctor` must find
the index intact. Retrieval is real, on corpus/; Discord is the stand-in of the tests.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT)]

from bit_flips import KINDS, flip_bits  # noqa: E402
from discord_stand_in import DiscordStandIn  # noqa: E402

from bot.assistant import Assistant  # noqa: E402
from bot.build import make_assistant  # noqa: E402
from bot.discord.additions.addition_store import AdditionStore  # noqa: E402
from bot.discord.assembly import Services  # noqa: E402
from bot.discord.handlers.discord_store import DiscordStore, store_path  # noqa: E402
from bot.discord.journal.question_journal import QuestionJournal, journal_path  # noqa: E402
from bot.discord.runner import serve  # noqa: E402
from bot.records.answer_store import AnswerStore, records_path  # noqa: E402
from bot.settings import Settings  # noqa: E402

QUESTION = "How many companies did the Chinese cyberspace regulator meet?"


def generation(index: Path) -> Path:
    """The folder of the current generation."""
    return max((index / "generations").iterdir(), key=lambda path: int(path.name))


def footnote(index: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command on corpus/."""
    command = [str(Path(sys.executable).parent / "footnote"), *arguments]
    return subprocess.run(
        [*command, "--index", str(index)],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=120,
    )


def terminal(index: Path) -> str:
    """The answer in the terminal, without a sync; errors if there is none."""
    ran = footnote(index, "ask", "--no-sync", QUESTION)
    assert "Traceback" not in ran.stderr + ran.stdout, ran.stderr
    return ran.stdout if ran.returncode == 0 else f"error: {ran.stderr}"


def as_json(index: Path) -> str:
    """The sentences and citations in JSON, after the sync that comes with a question."""
    ran = footnote(index, "ask", "--json", QUESTION)
    assert "Traceback" not in ran.stderr + ran.stdout, ran.stderr
    if ran.returncode:
        return f"error: {ran.stderr}"
    row = json.loads(ran.stdout)
    return json.dumps([row["text"], row["citations"], round(row["confidence"], 5)])


async def main(seed: int) -> None:
    """Print the outcome of each kind and interface. Raises AssertionError for a different answer."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["FOOTNOTE_STATE"] = str(folder / "state")
        index = folder / "index"
        options = {"corpus": str(ROOT / "corpus"), "index": index, "mode": "extractive"}
        assistant = make_assistant(Settings(**options))  # type: ignore[arg-type]
        assistant.library.sync()
        async with DiscordStandIn() as discord:
            discord.add_guild()
            settings = Settings(discord_api=discord.base, state=folder / "discord", discord_rate=10_000)
            serving = asyncio.create_task(
                serve(settings, services(assistant, settings), discord.token, watch=False)
            )
            await discord.until(lambda: discord.gateway.connected, 60)
            await compare_all(index, discord, seed)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


def services(assistant: Assistant, settings: Settings) -> Services:
    """The bot on *assistant*."""
    records = AnswerStore(records_path(settings.state))
    store, journal = DiscordStore(store_path(settings.state)), QuestionJournal(journal_path(settings.state))
    additions = AdditionStore(store_path(settings.state))
    return Services(assistant, assistant, records, store, additions, journal)


async def compare_all(index: Path, discord: DiscordStandIn, seed: int) -> None:
    """Damage and ask, for each kind of file and each interface."""
    person = discord.person("Ada")

    def on_discord() -> str:
        return asyncio.run_coroutine_threadsafe(ask_on_discord(), loop).result(120)

    async def ask_on_discord() -> str:
        sent = await discord.slash(person, discord.guilds[0].channels[0], "ask", question=QUESTION)
        await discord.finished(sent, 100)
        return re.sub(r"\d+\.\d+ s|<t:\d+", "", sent.text)

    loop = asyncio.get_running_loop()
    interfaces: dict[str, Callable[[Path], str]] = {
        "terminal": terminal,
        "json": as_json,
        "discord": lambda _: on_discord(),
    }
    intact = {name: await asyncio.to_thread(ask, index) for name, ask in interfaces.items()}
    outcomes: Counter[str] = Counter()
    for number, kind in enumerate(KINDS):
        for interface, ask in interfaces.items():
            flip_bits(generation(index), kind, seed + number)
            answer = await asyncio.to_thread(ask, index)
            same = answer == intact[interface]
            outcomes["same answer" if same else "error sentence"] += 1
            if not same:
                print(f"{kind}, {interface}: {answer.strip()[:300]}")
                assert "damaged" in answer, answer
            synced = await asyncio.to_thread(footnote, index, "sync")
            assert synced.returncode == 0, synced.stderr
            doctor = await asyncio.to_thread(footnote, index, "doctor", "--json")
            assert doctor.returncode == 0, doctor.stdout
    print(f"{len(KINDS)} kinds of files: {dict(outcomes)}; intact after each sync")


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])) if sys.argv[1:] else main(1))
