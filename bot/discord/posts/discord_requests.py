"""Requests to Discord: retries transient errors and raises Gone for permanent ones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

T = TypeVar("T")

_MAX_ATTEMPTS = 5
_FIRST_DELAY = 0.25  # seconds before the second attempt; doubled each time
# Discord's error codes for what no longer exists: unknown channel, server, message, webhook, interaction;
# a token older than 15 minutes; an archived thread.
_GONE = {10003, 10004, 10008, 10015, 10062, 50027, 50083}
_ALREADY_ACKNOWLEDGED = 40060


class Gone(Exception):
    """The message to answer, or the permission to answer it, no longer exists; nobody can be told."""


async def with_retries(
    call: Callable[[], Awaitable[T]], find_result: Callable[[], Awaitable[T | None]] | None = None
) -> T:
    """Return the result of *call*, retrying broken connections, 429 and 5xx for a few seconds.

    discord.py retries 429 and most of 5xx itself, but neither 503 nor broken connections. *find_result*
    is called before a retry: it returns the result of a request that succeeded although its response was
    lost, else None. Raises Gone.
    """
    delay = _FIRST_DELAY
    for attempts_left in reversed(range(_MAX_ATTEMPTS)):
        try:
            return await call()
        except (aiohttp.ClientError, discord.DiscordServerError, discord.RateLimited, OSError) as error:
            if not attempts_left:
                raise Gone(f"Discord could not be reached: {error}") from error
        except discord.HTTPException as error:
            if error.status != 429 or not attempts_left:
                raise _translate(error) from error
        await asyncio.sleep(delay)
        delay *= 2
        if find_result is not None and (found := await find_result()) is not None:
            return found
    raise AssertionError("the last attempt returns or raises")


def _translate(error: discord.HTTPException) -> Exception:
    """Gone if the target no longer exists or is forbidden, else the error itself."""
    if error.code in _GONE or isinstance(error, (discord.Forbidden, discord.NotFound)):
        return Gone(f"{error.status} {error.code}: {error.text}")
    return error


async def acknowledge(call: Callable[[], Awaitable[object]]) -> None:
    """Send the first response to an interaction; one that arrived despite a lost response counts."""
    try:
        await with_retries(call)
    except discord.HTTPException as error:
        if error.code != _ALREADY_ACKNOWLEDGED:
            raise
