"""Shows posts on Discord as messages in a channel, and what all ways of showing them share."""

from __future__ import annotations

import asyncio
import secrets
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord

from bot.discord.posts.buttons import view
from bot.discord.posts.discord_requests import Gone, delete, with_retries
from bot.discord.posts.post import Card, Post

if TYPE_CHECKING:
    from discord.abc import Messageable


NO_MENTIONS = discord.AllowedMentions.none()
_COLOURS = {
    "blue": discord.Colour(0x3B82F6),
    "green": discord.Colour(0x2E9E5B),
    "grey": discord.Colour(0x8A8F98),
    "orange": discord.Colour(0xE08A1E),
    "red": discord.Colour(0xD64545),
}


def embeds(post: Post) -> list[discord.Embed]:
    """The cards of a post as embeds of discord.py."""
    return [_embed(card) for card in post.cards]


def _embed(card: Card) -> discord.Embed:
    embed = discord.Embed(
        title=card.title or None, description=card.description or None, colour=_COLOURS[card.colour]
    )
    if card.footer:
        embed.set_footer(text=card.footer)
    return embed


def shows(message: discord.Message, post: Post) -> bool:
    """True if a message has the cards of a post, ignoring white space, which Discord trims."""
    shown = [f"{embed.title or ''} {embed.description or ''}".split() for embed in message.embeds]
    return shown == [f"{card.title} {card.description}".split() for card in post.cards]


class OutcomeUnknown(Exception):
    """A message was sent, and nobody can tell whether it arrived."""


class Surface(ABC):
    """Where an answer is shown: one message or several."""

    def __init__(self) -> None:
        self._shown: list[Post] = []
        self._lock = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self.message_ids: set[int] = set()  # of the public messages
        self.on_message: Callable[[discord.Message], Awaitable[None]] | None = None  # called for each of them

    @property
    def parts(self) -> int:
        """The number of messages."""
        return len(self._shown)

    async def show(self, posts: Sequence[Post]) -> None:
        """Edit, add and delete messages until they show *posts*. Raises Gone.

        A cancelled caller stops waiting, but the update finishes before the next one starts: a request of
        discord.py that is cancelled while waiting for its rate limit never releases that lock.
        """
        task = asyncio.create_task(self._update(posts))
        self._tasks.add(task)
        task.add_done_callback(self._on_done)
        await asyncio.shield(task)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # mark as retrieved: the caller may have been cancelled

    async def _update(self, posts: Sequence[Post]) -> None:
        async with self._lock:
            for index, post in enumerate(posts):
                if index >= len(self._shown):
                    try:
                        message = await self._add(post)
                    except OutcomeUnknown:
                        self._shown[-1] = await self._offer_rest(index - 1, self._shown[-1], posts[index:])
                        return
                    self._shown.append(post)
                    if message is not None:
                        self.message_ids.add(message.id)
                        await self._report(message)
                elif self._shown[index] != post:
                    await self._edit(index, post)
                    self._shown[index] = post
            while len(self._shown) > len(posts):
                await self._delete(len(self._shown) - 1)
                self._shown.pop()

    async def _report(self, message: discord.Message) -> None:
        if self.on_message is not None:
            await self.on_message(message)

    @abstractmethod
    async def _add(self, post: Post) -> discord.Message | None:
        """Send a post; return its message if it is public and known."""

    async def _offer_rest(self, index: int, shown: Post, rest: Sequence[Post]) -> Post:
        """Add a button for the *rest* to the message *index*, which shows *shown*; return what it shows.

        Here there is no such button: messages in channels can be sent again. Raises Gone.
        """
        raise Gone

    @abstractmethod
    async def _edit(self, index: int, post: Post) -> object: ...

    @abstractmethod
    async def _delete(self, index: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Target:
    """A place for messages; the first one is a reply to *reference* if given."""

    channel: Messageable
    reference: discord.MessageReference | None = None


class ChannelSurface(Surface):
    """Messages in the first of some places that accepts them.

    *nonce* identifies them: Discord drops a message with the nonce of one sent a few minutes before.
    """

    def __init__(self, targets: Sequence[Target], nonce: str | None = None) -> None:
        super().__init__()
        self._nonce = nonce or secrets.token_hex(8)
        self._targets = list(targets)
        self._messages: list[discord.Message] = []
        self.refused = False  # no place accepted the first message

    async def _add(self, post: Post) -> discord.Message:
        while True:
            try:
                self._messages.append(await self._send(self._targets[0], post))
                return self._messages[-1]
            except Gone as gone:
                if self._messages or not isinstance(gone.__cause__, discord.Forbidden):
                    raise
                if len(self._targets) == 1:
                    self.refused = True
                    raise
                self._targets.pop(0)

    async def _send(self, target: Target, post: Post) -> discord.Message:
        nonce = f"{self._nonce}.{len(self._messages)}"
        send, reference = target.channel.send, target.reference if not self._messages else None
        content: dict[str, Any] = {"embeds": embeds(post), "view": view(post), "nonce": nonce}
        if reference is not None:
            content["reference"] = reference
        return await with_retries(lambda: send(**content, allowed_mentions=NO_MENTIONS))

    async def _edit(self, index: int, post: Post) -> None:
        edit = self._messages[index].edit
        await with_retries(lambda: edit(embeds=embeds(post), view=view(post), allowed_mentions=NO_MENTIONS))

    async def _delete(self, index: int) -> None:
        message = self._messages.pop(index)
        self.message_ids.discard(message.id)  # the event of its deletion is no reason to stop
        await delete(message.delete)
