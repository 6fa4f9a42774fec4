"""The bot itself, with the real discord.py, started against the stand-in; a restart keeps its memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from discord_stand_in import DiscordStandIn
from fakes import FakeAssistant

from bot.assistant import Assistant
from bot.discord.build import Services
from bot.discord.client import Events
from bot.discord.run import serve
from bot.discord.store import Store, store_path
from bot.records import Records, records_path
from bot.settings import Settings


class Shelf(FakeAssistant):
    """The fake Assistant with what the adapter also asks of it."""


def settings_for(discord: DiscordStandIn, state: Path, **changes: object) -> Settings:
    given: dict[str, object] = {
        "discord_token": discord.token,
        "discord_api": discord.base,
        "discord_pace": 0.1,
        "discord_rate": 100,
        "state": state,
    }
    return Settings(**{**given, **changes})  # type: ignore[arg-type]


@asynccontextmanager
async def running(
    discord: DiscordStandIn,
    state: Path,
    assistant: Assistant | None = None,
    *,
    thrifty: Assistant | None = None,
    guild: int | None = None,
    watch: bool = False,
    log_questions: bool = False,
    **changes: object,
) -> AsyncIterator[Events]:
    """The bot, connected; ended in order when the block is left."""
    assistant = assistant or FakeAssistant()
    records, store = Records(records_path(state)), Store(store_path(state))
    services = Services(assistant, thrifty or assistant, records, store)
    started: asyncio.Future[Events] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        serve(
            settings_for(discord, state, **changes),
            services,
            discord.token,
            guild,
            watch=watch,
            log_questions=log_questions,
            started=started,
        )
    )
    await asyncio.wait({serving, started}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        await serving
    client = await started
    await discord.until(lambda: discord.gateway.connected)
    try:
        yield client
    finally:
        await client.close()
        await asyncio.gather(serving, return_exceptions=True)
        records.close()
        store.close()
