"""Keeps one event that discord.py cannot parse from ending the connection: logs it with its traceback."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import aiohttp
import discord

log = logging.getLogger("footnote.discord")
FIRST_RECONNECT_DELAY, MAX_RECONNECT_DELAY = 1.0, 60.0  # seconds; doubled each time
# discord.py reconnects by itself after what can be temporary; what it raises of these is permanent.
_PERMANENT = (discord.DiscordException, aiohttp.ClientError, OSError)


def guard_parsers(client: discord.Client) -> None:
    """Log the errors of the client's event parsers, which discord.py lets end the connection."""
    parsers = client._connection.parsers
    parsers |= {event: _guarded(event, parse) for event, parse in parsers.items()}


def _guarded(event: str, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    @wraps(parse)
    def guarded(data: Any) -> Any:
        try:
            return parse(data)
        except Exception:
            log.exception("the event %s cannot be read; it is ignored", event)
            return None

    return guarded


async def stay_connected(client: discord.Client) -> None:
    """Connect, and again after an unexpected error. Raises the permanent errors of discord.py.

    A sharded client closes itself after an unexpected error, which is then raised.
    """
    delay = FIRST_RECONNECT_DELAY
    while True:
        try:
            await client.connect()
            return
        except _PERMANENT:
            raise
        except Exception:
            if client.is_closed():
                raise
            log.exception("the connection ended unexpectedly; connecting again in %g s", delay)
            with contextlib.suppress(Exception):
                await client.ws.close()  # ends its heartbeats
        await asyncio.sleep(delay)
        delay = min(2 * delay, MAX_RECONNECT_DELAY)
