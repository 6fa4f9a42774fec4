"""Runs the bot as a process that can be killed: python discord_process.py BASE TOKEN STATE [OPTION=VALUE…].

It answers like a model that writes one sentence every 0.1 s; "short" questions are answered at once.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from repository import ROOT

if TYPE_CHECKING:
    from discord_stand_in import DiscordStandIn

    from bot.answer import Answer

SENTENCES = 300


def answer(question: str) -> Answer:
    from discord_bot import said

    count = 1 if "short" in question else SENTENCES
    return said(question, *[f"Sentence {number}." for number in range(1, count + 1)])


@asynccontextmanager
async def bot_process(discord: DiscordStandIn, state: Path) -> AsyncIterator[subprocess.Popen[bytes]]:
    """The connected bot in a process, killed in the end."""
    command = [sys.executable, __file__, discord.base, discord.token, str(state)]
    before = len(discord.gateway.identifies)
    process = await asyncio.to_thread(subprocess.Popen, command, cwd=ROOT)
    try:
        await discord.until(lambda: len(discord.gateway.identifies) > before, 60)
        yield process
    finally:
        process.kill()
        await asyncio.to_thread(process.wait)


def main() -> int:
    sys.path.insert(0, str(ROOT))
    from discord_bot import Scripted
    from fakes import FakeAssistant

    from bot.discord.additions.addition_store import AdditionStore
    from bot.discord.assembly import Services
    from bot.discord.handlers.discord_store import DiscordStore, store_path
    from bot.discord.journal.question_journal import QuestionJournal, journal_path
    from bot.discord.runner import serve
    from bot.records.answer_store import AnswerStore, records_path
    from bot.settings import Settings

    base, token, state = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    services = Services(
        Scripted(answer, pause=0.1, model="m-1"),
        FakeAssistant(),
        AnswerStore(records_path(state)),
        DiscordStore(store_path(state)),
        AdditionStore(store_path(state)),
        QuestionJournal(journal_path(state)),
    )
    settings = Settings(discord_api=base, state=state, discord_pace=0.2, discord_rate=1)
    return asyncio.run(serve(settings, services, token, watch=False))


if __name__ == "__main__":
    sys.exit(main())
