"""discord.py's webhook requests, without its retries of follow-ups: a lost response must not repeat them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
from discord.http import json_or_text
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from discord.http import Route

_FOLLOW_UP = "/webhooks/{webhook_id}/{webhook_token}"


class SingleFollowUps(AsyncWebhookAdapter):
    """Sends a follow-up once, so that the caller can find out whether it arrived. Others are retried."""

    async def request(self, route: Route, session: aiohttp.ClientSession, **options: Any) -> Any:
        """Make a request; see ``AsyncWebhookAdapter.request``. Raises DiscordServerError for 5xx."""
        is_follow_up = route.method == "POST" and route.path == _FOLLOW_UP
        once: Any = _Once(session) if is_follow_up else session
        return await super().request(route, once, **options)


class _Once:
    """A session whose requests raise what the adapter would retry."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @asynccontextmanager
    async def request(self, *arguments: Any, **options: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        try:
            async with self._session.request(*arguments, **options) as response:
                if response.status >= 500:
                    raise discord.DiscordServerError(response, await json_or_text(response))
                yield response
        except aiohttp.ClientConnectorError:
            raise
        except OSError as error:  # the adapter retries some of them
            raise aiohttp.ClientConnectionError(str(error)) from error


def send_follow_ups_once() -> None:
    """Use SingleFollowUps in the current context and in the tasks created from it."""
    async_context.set(SingleFollowUps())  # type: ignore[no-untyped-call]
