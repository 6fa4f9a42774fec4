"""Requests to Discord: retries what can succeed, and raises Gone for what no longer can."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

T = TypeVar("T")

_TRIES = 5
_FIRST_WAIT = 0.25  # seconds before the second try; doubled each time
# Discord's codes for what is there no more: unknown channel, server, message, webhook, interaction;
# a token past its 15 minutes; a thread that was archived.
_GONE = {10003, 10004, 10008, 10015, 10062, 50027, 50083}
_ACKNOWLEDGED = 40060


class Gone(Exception):
    """What was to be answered, or the right to answer it, is there no more; nobody is to be told."""


async def persistently(
    call: Callable[[], Awaitable[T]], arrived: Callable[[], Awaitable[T | None]] | None = None
) -> T:
    """What *call* returns; a broken connection, 429 and 5xx are tried again for some seconds.

    discord.py itself retries 429 and most of 5xx, but neither 503 nor cut connections. *arrived* is asked
    before another try what the last one did after all, when only its answer was lost. Raises Gone.
    """
    wait = _FIRST_WAIT
    for left in reversed(range(_TRIES)):
        try:
            return await call()
        except (aiohttp.ClientError, discord.DiscordServerError, discord.RateLimited, OSError) as error:
            if not left:
                raise Gone(f"Discord could not be reached: {error}") from error
        except discord.HTTPException as error:
            if error.status != 429 or not left:
                raise _translated(error) from error
        await asyncio.sleep(wait)
        wait *= 2
        if arrived is not None and (found := await arrived()) is not None:
            return found
    raise AssertionError("the last try returns or raises")


def _translated(error: discord.HTTPException) -> Exception:
    """Gone for what is there no more or not allowed; else the error itself."""
    if error.code in _GONE or isinstance(error, (discord.Forbidden, discord.NotFound)):
        return Gone(f"{error.status} {error.code}: {error.text}")
    return error


async def acknowledge(call: Callable[[], Awaitable[object]]) -> None:
    """The first response to an interaction. One that got through although its answer was lost counts."""
    try:
        await persistently(call)
    except discord.HTTPException as error:
        if error.code != _ACKNOWLEDGED:
            raise
