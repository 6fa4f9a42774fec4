"""`footnote discord`: starts and stops the bot, handles signals, translates errors."""

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

from bot.discord.additions.addition_store import AdditionStore
from bot.discord.assembly import Services, build
from bot.discord.client import client_options
from bot.discord.daily_deletion import delete_expired_daily
from bot.discord.event_guard import stay_connected
from bot.discord.handlers.discord_store import DiscordStore, store_path
from bot.discord.journal.question_journal import QuestionJournal, journal_path
from bot.discord.log_setup import set_up_logging
from bot.discord.permissions import RESET_HELP, DiscordUnusable, report
from bot.discord.posts.follow_up_adapter import send_follow_ups_once
from bot.discord.warm_up import warm_up
from bot.errors import BotError

if TYPE_CHECKING:
    from bot.discord.client import EventClient
    from bot.settings import Settings

log = logging.getLogger("footnote.discord")
SWITCH_INTERVAL = 0.0005  # seconds until a searching thread yields to the event loop; Python's default: 0.005
SHUTDOWN_TIMEOUT = 4.0  # seconds that running answers have after SIGTERM; Docker kills after 10
WARM_UP_TIMEOUT = 20.0  # seconds that warming up can delay the connection


def run(
    settings: Settings,
    *,
    guild: int | None,
    check: bool,
    watch: bool,
    log_questions: bool,
    log_json: bool = False,
) -> int:
    """Run the bot until it is stopped, or only check its setup. Returns the exit code.

    Raises BotError or RetrievalError if it cannot run.
    """
    set_up_logging(as_json=log_json)
    token = settings.discord_token.get_secret_value().strip() if settings.discord_token else ""
    if not token:
        raise DiscordUnusable(
            "DISCORD_TOKEN is not set.",
            "Put DISCORD_TOKEN=... into .env. Get the token at"
            " https://discord.com/developers/applications; README.md describes each step.",
        )
    if check:
        text, usable = asyncio.run(inspect(settings))
        sys.stdout.write(text + "\n")
        return 0 if usable else 1
    services = _services(leave_a_core(settings))
    try:
        return asyncio.run(serve(settings, services, token, guild, watch=watch, log_questions=log_questions))
    finally:
        services.records.close()
        services.store.close()
        services.additions.close()
        services.journal.close()


def leave_a_core(settings: Settings) -> Settings:
    """The settings with one embedding thread fewer than cores (at least one), unless the number is set.

    This leaves a core to the event loop: with 200 questions at once on two cores its maximum delay was
    41 ms in six runs, instead of 74 ms in four (tests/benchmarks/discord_load.py).
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
        AdditionStore(store_path(settings.state)),
        QuestionJournal(journal_path(settings.state)),
    )


async def inspect(settings: Settings) -> tuple[str, bool]:
    """The report of `discord --check` and `doctor`, and True if the bot can run.

    DISCORD_TOKEN must be set. Raises BotError if the login fails.
    """
    assert settings.discord_token is not None
    client = discord.Client(**client_options())
    async with client:
        with _translated_errors():
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
    """Serve until SIGTERM or SIGINT, then finish running answers. *started* receives the client."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    send_follow_ups_once()
    client = build(settings, services, guild=guild, log_questions=log_questions)
    stop = asyncio.Event()
    _listen_for_signals(stop)
    async with client:
        with _translated_errors():
            await _log_in(client, settings, token)
            if started is not None:
                started.set_result(client)
            await asyncio.to_thread(client.server_articles.recover)
            syncing = asyncio.create_task(client.sync_task.run(watch=watch))
            warm = asyncio.Event()
            deleting = asyncio.create_task(delete_expired_daily(settings, services.store, services.journal))
            warming = asyncio.create_task(
                warm_up(services.assistant, services.fallback, client.sync_task.first_sync.searchable, warm)
            )
            try:
                await _serve_until(stop, client, warm)
            finally:
                client.sync_task.stop()
                for task in (syncing, warming, deleting):
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError, Exception):
                        await task
    return 0


async def _serve_until(stop: asyncio.Event, client: EventClient, warm: asyncio.Event) -> None:
    stopping, warming = asyncio.create_task(stop.wait()), asyncio.create_task(warm.wait())
    await asyncio.wait({stopping, warming}, timeout=WARM_UP_TIMEOUT, return_when=asyncio.FIRST_COMPLETED)
    warming.cancel()
    connection = asyncio.create_task(stay_connected(client))
    try:
        await asyncio.wait({connection, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if connection.done():
            await connection
        client.sync_task.stop()
        await client.dispatcher.stop(SHUTDOWN_TIMEOUT)
    finally:
        stopping.cancel()
        await client.close()
        connection.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await connection


def _listen_for_signals(stop: asyncio.Event) -> None:
    """Shut down cleanly on SIGTERM and SIGINT, where the platform and the thread allow it."""
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(signal_number, stop.set)


async def _log_in(client: discord.Client, settings: Settings, token: str) -> None:
    """Log in at Discord, or at the API address from the settings."""
    if settings.discord_api:
        Route.BASE = settings.discord_api.rstrip("/")
    await client.login(token)
    if settings.discord_api:
        _, gateway, _ = await client.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)


@contextlib.contextmanager
def _translated_errors() -> Iterator[None]:
    """Translate the errors of discord.py into DiscordUnusable."""
    try:
        yield
    except discord.LoginFailure as error:
        raise DiscordUnusable("Discord does not accept the token in DISCORD_TOKEN.", RESET_HELP) from error
    except discord.PrivilegedIntentsRequired as error:
        raise DiscordUnusable(
            "Discord refuses an intent that is not enabled for this application."
        ) from error
    except discord.ConnectionClosed as error:
        raise _close_error(error) from error
    except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError) as error:
        raise DiscordUnusable(
            f"Discord cannot be reached: {error}.", "Check the network and try again."
        ) from error


def _close_error(error: discord.ConnectionClosed) -> BotError:
    """The error for a gateway close code after which reconnecting is pointless."""
    errors = {
        4004: ("Discord does not accept the token in DISCORD_TOKEN.", RESET_HELP),
        4011: ("The bot is in too many servers for one connection.", "Set FOOTNOTE_DISCORD_SHARDED=true."),
        4013: ("Discord refuses the intents of this bot.", "Update Footnote."),
        4014: ("Discord refuses an intent that is not enabled for this application.", RESET_HELP),
    }
    text, help_ = errors.get(error.code, (f"Discord closed the connection (code {error.code}).", ""))
    return DiscordUnusable(text, help_)
