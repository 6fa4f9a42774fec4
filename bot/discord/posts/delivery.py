"""Shows posts on Discord: as the response to an interaction, or as messages in a channel."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.discord.posts.buttons import view
from bot.discord.posts.discord_requests import acknowledge, persistently
from bot.discord.posts.post import Card, Post

if TYPE_CHECKING:
    from discord.abc import Messageable


NONE = discord.AllowedMentions.none()
_LOOKED_AT = 50  # messages of a channel in which a follow-up is looked for
_COLOURS = {
    "blue": discord.Colour(0x3B82F6),
    "green": discord.Colour(0x2E9E5B),
    "grey": discord.Colour(0x8A8F98),
    "orange": discord.Colour(0xE08A1E),
    "red": discord.Colour(0xD64545),
}


def embeds(post: Post) -> list[discord.Embed]:
    """The cards of a post as discord.py's embeds."""
    return [_embed(card) for card in post.cards]


def _embed(card: Card) -> discord.Embed:
    embed = discord.Embed(
        title=card.title or None, description=card.description or None, colour=_COLOURS[card.colour]
    )
    if card.footer:
        embed.set_footer(text=card.footer)
    return embed


def _shows(message: discord.Message, post: Post) -> bool:
    """Whether a message has the cards of a post, but for white space, which Discord trims."""
    shown = [f"{each.title or ''} {each.description or ''}".split() for each in message.embeds]
    return shown == [f"{card.title} {card.description}".split() for card in post.cards]


class Surface(ABC):
    """Where an answer is shown: a first message and as many after it as are needed."""

    def __init__(self) -> None:
        self._shown: list[Post] = []
        self._one_at_a_time = asyncio.Lock()
        self._under_way: set[asyncio.Task[None]] = set()

    async def show(self, posts: Sequence[Post]) -> None:
        """Bring what is shown to *posts*: change, add, take away only what differs. Raises Gone.

        Who is cancelled stops waiting, but what was begun is finished before the next posts are shown: a
        request of discord.py that is cancelled at its rate limit keeps that lock for ever.
        """
        task = asyncio.create_task(self._bring(posts))
        self._under_way.add(task)
        task.add_done_callback(self._brought)
        await asyncio.shield(task)

    def _brought(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # raised to who waits; nobody may

    async def _bring(self, posts: Sequence[Post]) -> None:
        async with self._one_at_a_time:
            await self._change_to(posts)

    async def _change_to(self, posts: Sequence[Post]) -> None:
        for index, post in enumerate(posts):
            if index >= len(self._shown):
                await self._add(post)
                self._shown.append(post)
            elif self._shown[index] != post:
                await self._change(index, post)
                self._shown[index] = post
        while len(self._shown) > len(posts):
            await self._remove(len(self._shown) - 1)
            self._shown.pop()

    @abstractmethod
    async def _add(self, post: Post) -> None: ...

    @abstractmethod
    async def _change(self, index: int, post: Post) -> None: ...

    @abstractmethod
    async def _remove(self, index: int) -> None: ...


class InteractionSurface(Surface):
    """The response to an interaction, deferred before or not, and its follow-ups."""

    def __init__(self, interaction: discord.Interaction, *, private: bool) -> None:
        super().__init__()
        self._interaction = interaction
        self._private = private
        self._deferred = False
        self._follow_ups: list[discord.WebhookMessage] = []

    async def _add(self, post: Post) -> None:
        if not self._shown:
            await self._respond(post)
            return
        send = self._interaction.followup.send
        message = await persistently(
            lambda: send(
                embeds=embeds(post),
                view=view(post),
                ephemeral=self._private,
                allowed_mentions=NONE,
                wait=True,
            ),
            lambda: self._arrived(post),
        )
        self._follow_ups.append(message)

    async def _arrived(self, post: Post) -> discord.WebhookMessage | None:
        """The follow-up with this post, if it is there although Discord's word for it was lost.

        Discord lists no follow-ups, and takes no nonce for them: they are looked for in the channel, where
        the bot may read it. What only one person sees stands in no list, and may come twice.
        """
        channel, granted = self._interaction.channel, self._interaction.app_permissions
        if self._private or not isinstance(channel, discord.abc.Messageable):
            return None
        if not granted.read_message_history:
            return None
        known = {each.id for each in self._follow_ups}
        after = discord.Object(self._interaction.id)
        with contextlib.suppress(discord.HTTPException, aiohttp.ClientError, OSError):
            async for message in channel.history(after=after, limit=_LOOKED_AT):
                if message.id not in known and _shows(message, post):
                    # Another's follow-up with the same words is not found by this interaction.
                    with contextlib.suppress(discord.NotFound):
                        return await self._interaction.followup.fetch_message(message.id)
        return None

    async def defer(self) -> None:
        """Tell Discord that a response will come, for it waits 3 s only. Raises Gone."""
        response = self._interaction.response
        await acknowledge(lambda: response.defer(ephemeral=self._private, thinking=True))
        self._deferred = True  # also when Discord's word for it was lost: then response.is_done() is False

    async def _respond(self, post: Post) -> None:
        response = self._interaction.response
        if self._deferred or response.is_done():
            await self._change(0, post)
            return
        await acknowledge(
            lambda: response.send_message(
                embeds=embeds(post), view=view(post), ephemeral=self._private, allowed_mentions=NONE
            )
        )

    async def _change(self, index: int, post: Post) -> None:
        if index == 0:
            edit = self._interaction.edit_original_response
            await persistently(lambda: edit(embeds=embeds(post), view=view(post), allowed_mentions=NONE))
        else:
            change = self._follow_ups[index - 1].edit
            await persistently(lambda: change(embeds=embeds(post), view=view(post), allowed_mentions=NONE))

    async def _remove(self, index: int) -> None:
        await persistently(self._follow_ups.pop(index - 1).delete)


class ChannelSurface(Surface):
    """Messages in a channel, the first a reply to the one that asked (when there is one to reply to)."""

    def __init__(self, channel: Messageable, reply_to: discord.Message | None = None) -> None:
        super().__init__()
        self._channel = channel
        self._reference = reply_to.to_reference(fail_if_not_exists=False) if reply_to else None
        self._messages: list[discord.Message] = []

    async def _add(self, post: Post) -> None:
        nonce = secrets.randbits(62)  # a message that got through is not sent again by the next try
        reference = self._reference if not self._messages else None

        async def send() -> discord.Message:
            if reference is None:
                return await self._channel.send(
                    embeds=embeds(post), view=view(post), nonce=nonce, allowed_mentions=NONE
                )
            return await self._channel.send(
                embeds=embeds(post), view=view(post), nonce=nonce, allowed_mentions=NONE, reference=reference
            )

        self._messages.append(await persistently(send))

    async def _change(self, index: int, post: Post) -> None:
        edit = self._messages[index].edit
        await persistently(lambda: edit(embeds=embeds(post), view=view(post), allowed_mentions=NONE))

    async def _remove(self, index: int) -> None:
        await persistently(self._messages.pop(index).delete)
