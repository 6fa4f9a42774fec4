"""`footnote discord`: the bot from start to end, its signals, and its errors as one sentence each."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.discord.assembly import Services, build
from bot.discord.client import options
from bot.discord.handlers.discord_store import DiscordStore, store_path
from bot.discord.log_setup import set_up_logging
from bot.discord.permissions import PORTAL, NotUsable, report
from bot.discord.warm_up import warm_up
from bot.errors import BotError

if TYPE_CHECKING:
    from bot.discord.client import EventClient
    from bot.settings import Settings

log = logging.getLogger("footnote.discord")
SWITCH = 0.0005  # seconds that a searching thread keeps the event loop waiting; Python's own are 0.005
FINISH = 10.0  # seconds that running answers have after SIGTERM
WARM = 20.0  # seconds that warming up may put off the connection


def run(settings: Settings, *, guild: int | None, check: bool, watch: bool, log_questions: bool) -> int:
    """Run the bot until it is told to stop, or only check its set-up. Returns the exit code.

    Raises BotError and RetrievalError, each with one sentence, for what makes running impossible.
    """
    set_up_logging()
    token = settings.discord_token.get_secret_value().strip() if settings.discord_token else ""
    if not token:
        raise NotUsable(
            "DISCORD_TOKEN is not set, so there is no bot to run.",
            "Put DISCORD_TOKEN=... into .env. The token comes from"
            " https://discord.com/developers/applications; README.md says how, step by step.",
        )
    if check:
        text, usable = asyncio.run(inspect(settings))
        sys.stdout.write(text + "\n")
        return 0 if usable else 1
    services = _services(leaving_a_core(settings))
    try:
        return asyncio.run(serve(settings, services, token, guild, watch=watch, log_questions=log_questions))
    finally:
        services.records.close()
        services.store.close()


def leaving_a_core(settings: Settings) -> Settings:
    """The settings with the threads of the embedding model one fewer than cores, unless they were chosen.

    So a core is left to the event loop: under 200 questions at once on two cores it was late by 41 ms at
    most in six passes, instead of 74 in four (tests/benchmarks/discord_load.py).
    """
    if settings.threads is not None:
        return settings
    return settings.model_copy(update={"threads": max(1, (os.cpu_count() or 2) - 1)})


def _services(settings: Settings) -> Services:
    from bot.build import make_assistant
    from bot.records.answer_store import AnswerStore, records_path

    assistant = make_assistant(settings)
    return Services(
        assistant,
        assistant.without_model(),
        AnswerStore(records_path(settings.state)),
        DiscordStore(store_path(settings.state)),
    )


async def inspect(settings: Settings) -> tuple[str, bool]:
    """What Discord says of the bot and how it is invited, and whether it could run. BotError if it cannot.

    ``footnote doctor`` asks this too; DISCORD_TOKEN must be set.
    """
    assert settings.discord_token is not None
    client = discord.Client(**options())
    async with client:
        with _translated():
            await _log_in(client, settings, settings.discord_token.get_secret_value().strip())
            return await report(client)


async def serve(
    settings: Settings,
    services: Services,
    token: str,
    guild: int | None = None,
    *,
    watch: bool = True,
    log_questions: bool = False,
    started: asyncio.Future[EventClient] | None = None,
) -> int:
    """Serve until SIGTERM or SIGINT; running answers are then finished. *started* is given the client."""
    sys.setswitchinterval(SWITCH)
    client = build(settings, services, guild=guild, log_questions=log_questions)
    stop = asyncio.Event()
    _listen_for_signals(stop)
    async with client:
        with _translated():
            await _log_in(client, settings, token)
            if started is not None:
                started.set_result(client)
            watching = asyncio.create_task(client.watcher.run(watch=watch))
            warm = asyncio.Event()
            warming = asyncio.create_task(
                warm_up(services.assistant, services.thrifty, client.watcher.first, warm)
            )
            try:
                await _serve_until(stop, client, warm)
            finally:
                client.watcher.stop()
                for task in (watching, warming):
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError, Exception):
                        await task
    return 0


async def _serve_until(stop: asyncio.Event, client: EventClient, warm: asyncio.Event) -> None:
    stopping, warming = asyncio.create_task(stop.wait()), asyncio.create_task(warm.wait())
    await asyncio.wait({stopping, warming}, timeout=WARM, return_when=asyncio.FIRST_COMPLETED)
    warming.cancel()
    connection = asyncio.create_task(client.connect())
    try:
        await asyncio.wait({connection, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if connection.done():
            await connection
        await client.dispatcher.stop(FINISH)
    finally:
        stopping.cancel()
        await client.close()
        connection.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await connection


def _listen_for_signals(stop: asyncio.Event) -> None:
    """End in order on SIGTERM and SIGINT, where the system and the thread allow it."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stop.set)


async def _log_in(client: discord.Client, settings: Settings, token: str) -> None:
    """Log in at Discord, or where the settings say that its API is."""
    if settings.discord_api:
        Route.BASE = settings.discord_api.rstrip("/")
    await client.login(token)
    if settings.discord_api:
        _, gateway, _ = await client.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """discord.py's errors as ours: one sentence, and what to do."""
    try:
        yield
    except discord.LoginFailure as error:
        raise NotUsable("Discord does not accept the token in DISCORD_TOKEN.", PORTAL) from error
    except discord.PrivilegedIntentsRequired as error:
        raise NotUsable("Discord refuses an intent that this bot's application may not use.") from error
    except discord.ConnectionClosed as error:
        raise _closed(error) from error
    except discord.Forbidden as error:
        raise NotUsable(
            "The bot may not register its commands in that server.",
            "Invite it with the link of `footnote discord --check`, and check the number after --guild.",
        ) from error
    except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError) as error:
        raise NotUsable(f"Discord cannot be reached: {error}.", "Check the network and try again.") from error


def _closed(error: discord.ConnectionClosed) -> BotError:
    """Gateway close codes after which trying again is of no use."""
    reasons = {
        4004: ("Discord does not accept the token in DISCORD_TOKEN.", PORTAL),
        4011: ("The bot is in too many servers for one connection.", "Set FOOTNOTE_DISCORD_SHARDED=true."),
        4013: ("Discord refuses the intents of this bot.", "Update Footnote."),
        4014: ("Discord refuses an intent that this bot's application may not use.", PORTAL),
    }
    text, help_ = reasons.get(error.code, (f"Discord closed the connection for good ({error.code}).", ""))
    return NotUsable(text, help_)
