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
# After these, a request may have succeeded although its response was lost.
TRANSIENT = (aiohttp.ClientError, discord.DiscordServerError, discord.RateLimited, OSError)


class Gone(Exception):
    """The message to answer, or the permission to answer it, no longer exists; nobody can be told."""


class Unreachable(Gone):
    """Discord failed several times in a row; it can work again later."""


async def with_retries(call: Callable[[], Awaitable[T]]) -> T:
    """Return the result of *call*, retrying broken connections, 429 and 5xx for a few seconds.

    discord.py retries 429 and most of 5xx itself, but neither 503 nor broken connections. *call* must be
    idempotent. Raises Gone.
    """
    delay = _FIRST_DELAY
    for attempts_left in reversed(range(_MAX_ATTEMPTS)):
        try:
            return await call()
        except TRANSIENT as error:
            if not attempts_left:
                raise Unreachable(f"Discord could not be reached: {error}") from error
        except discord.HTTPException as error:
            if error.status != 429 or not attempts_left:
                raise translated(error) from error
        await asyncio.sleep(delay)
        delay *= 2
    raise AssertionError("the last attempt returns or raises")


def translated(error: discord.HTTPException) -> Exception:
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


async def delete(call: Callable[[], Awaitable[object]]) -> None:
    """Delete a message; one that no longer exists counts as deleted."""
    try:
        await with_retries(call)
    except Gone as gone:
        if not isinstance(gone.__cause__, discord.NotFound):
            raise
