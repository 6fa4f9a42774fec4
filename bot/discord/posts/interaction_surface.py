"""Shows posts as the response to an interaction and its follow-ups, each sent once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp
import discord

from bot.discord.posts.buttons import view
from bot.discord.posts.delivery import NO_MENTIONS, OutcomeUnknown, Surface, embeds, shows
from bot.discord.posts.discord_requests import (
    TRANSIENT,
    Gone,
    Unreachable,
    acknowledge,
    delete,
    translated,
    with_retries,
)
from bot.discord.posts.post import Post, with_button
from bot.localization import localized

if TYPE_CHECKING:
    from discord.abc import Messageable

HISTORY_LIMIT = 50  # messages of a channel searched for a follow-up
SEARCH_DELAYS = (0.25, 0.75, 1.5)  # seconds before each search for a follow-up whose response was lost
MAX_ATTEMPTS = 4  # to send a follow-up
SHOW_REST = "Show the rest"


class PostStore(Protocol):
    """Keeps posts for a button: ``store`` of the client."""

    def save_posts(self, posts: Sequence[Post], person: int) -> str:
        """Save posts to a person and return their key."""


class InteractionSurface(Surface):
    """The response to an interaction, deferred or not, and its follow-ups."""

    def __init__(self, interaction: discord.Interaction[Any], *, private: bool) -> None:
        super().__init__()
        self._interaction = interaction
        self._private = private
        self._deferred = False
        self._follow_ups: list[discord.WebhookMessage] = []

    async def defer(self, *, in_place: bool = False) -> None:
        """Tell Discord that a response will follow; it waits only 3 s. Raises Gone.

        *in_place*: the response replaces the message whose button was pressed.
        """
        response = self._interaction.response
        await acknowledge(lambda: response.defer(ephemeral=self._private, thinking=not in_place))
        self._deferred = True  # response.is_done() is False if the response of Discord was lost

    async def _add(self, post: Post) -> discord.Message | None:
        if self._shown:
            message: discord.Message | None = await self._add_follow_up(post)
        else:
            message = await self._respond(post)
        return None if self._private else message

    async def _add_follow_up(self, post: Post) -> discord.WebhookMessage:
        self._follow_ups.append(await self._send_follow_up(post))
        return self._follow_ups[-1]

    async def _respond(self, post: Post) -> discord.Message | None:
        response = self._interaction.response
        if self._deferred or response.is_done():
            return await self._edit(0, post)
        await acknowledge(
            lambda: response.send_message(
                embeds=embeds(post), view=view(post), ephemeral=self._private, allowed_mentions=NO_MENTIONS
            )
        )
        return None

    async def _send_follow_up(self, post: Post) -> discord.WebhookMessage:
        """Send a follow-up; after a lost response only if it did not arrive.

        Discord accepts no nonce for follow-ups. Raises OutcomeUnknown if nobody can tell, Gone.
        """
        for _ in range(MAX_ATTEMPTS):
            try:
                return await self._interaction.followup.send(
                    embeds=embeds(post),
                    view=view(post),
                    ephemeral=self._private,
                    allowed_mentions=NO_MENTIONS,
                    wait=True,
                )
            except aiohttp.ClientConnectorError:  # nothing was sent
                await asyncio.sleep(SEARCH_DELAYS[0])
            except TRANSIENT:
                if (found := await self._find_follow_up(post)) is not None:
                    return found
            except discord.HTTPException as error:
                raise translated(error) from error
        raise Unreachable("a follow-up could not be sent")

    async def _find_follow_up(self, post: Post) -> discord.WebhookMessage | None:
        """The follow-up that shows this post, None if it did not arrive.

        It can only be found in the history of a channel that the bot can read, and private ones are in no
        list. Raises OutcomeUnknown.
        """
        channel, permissions = self._interaction.channel, self._interaction.app_permissions
        if self._private or not isinstance(channel, discord.abc.Messageable):
            raise OutcomeUnknown
        if not permissions.read_message_history or not self._interaction.is_guild_integration():
            raise OutcomeUnknown
        for delay in SEARCH_DELAYS:
            await asyncio.sleep(delay)
            try:
                found = await with_retries(lambda: self._search(channel, post))
            except (discord.HTTPException, Gone) as error:
                raise OutcomeUnknown from error
            if found is not None:
                return found
        return None

    async def _search(self, channel: Messageable, post: Post) -> discord.WebhookMessage | None:
        known = {message.id for message in self._follow_ups}
        after = discord.Object(self._interaction.id)
        async for message in channel.history(after=after, limit=HISTORY_LIMIT):
            source = message.interaction_metadata
            is_ours = source is not None and source.id == self._interaction.id
            if is_ours and message.id not in known and shows(message, post):
                return await self._interaction.followup.fetch_message(message.id)
        return None

    async def _offer_rest(self, index: int, shown: Post, rest: Sequence[Post]) -> Post:
        store: PostStore = self._interaction.client.store
        key = await asyncio.to_thread(store.save_posts, rest, self._interaction.user.id)
        (offer,) = with_button([shown], localized(SHOW_REST), f"fn:rest:{key}", "blue")
        await self._edit(index, offer)
        return offer

    async def _edit(self, index: int, post: Post) -> discord.Message:
        edit: Any = self._interaction.edit_original_response
        if index:
            edit = self._follow_ups[index - 1].edit
        message: discord.Message = await with_retries(
            lambda: edit(embeds=embeds(post), view=view(post), allowed_mentions=NO_MENTIONS)
        )
        return message

    async def _delete(self, index: int) -> None:
        message: Any = self._follow_ups.pop(index - 1) if index else None
        await delete(message.delete if message else self._interaction.delete_original_response)
