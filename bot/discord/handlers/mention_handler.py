"""Answers messages addressed to the bot, in a new thread or in place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.discord.handlers.channel_rules import conversation_id, is_addressed, is_allowed, server_id
from bot.discord.handlers.dispatcher import Refused
from bot.discord.handlers.message_intent import MessageIntent, intent_of
from bot.discord.handlers.question_task import Question
from bot.discord.posts.delivery import NO_MENTIONS, ChannelSurface
from bot.discord.posts.discord_requests import Gone, with_retries
from bot.discord.posts.escape_markdown import escape_for_discord
from bot.discord.posts.help_post import help_posts
from bot.discord.posts.post import Post, notice
from bot.discord.posts.split_markdown import shorten

if TYPE_CHECKING:
    from discord.abc import MessageableChannel

    from bot.discord.handlers.discord_store import DiscordStore
    from bot.discord.handlers.dispatcher import Dispatcher

log = logging.getLogger("footnote.discord")
MAX_THREAD_NAME = 100  # characters; Discord's limit
REACTIONS: dict[str, str] = {"greeting": "👋", "thanks": "😊"}
UNREADABLE: dict[str, str] = {
    "unreadable": "I can only read messages that mention me. Please reply with the mention turned on, or use "
    "`/ask`.",
    "unreadable reply": "Discord does not let me read that message. Open its menu, choose Apps, then "
    "*Check this*.",
}
EMBEDS_FORBIDDEN = (
    "I cannot show answers in this channel. Please give me the permission “Embed Links”, or use /ask."
)
REFUSAL_INTERVAL = 60.0  # seconds between two refusals shown to the same person
_THREAD_EXISTS = 160004  # Discord's error code
_CAN_HAVE_THREADS = (discord.ChannelType.text, discord.ChannelType.news)


class MentionHandler:
    """Answers messages addressed to the bot and ignores all others; *check* judges a text."""

    def __init__(
        self, dispatcher: Dispatcher, store: DiscordStore, check: Callable[[str], Awaitable[list[Post]]]
    ) -> None:
        self._dispatcher = dispatcher
        self._check = check
        self._store = store
        self._refused_at: dict[int, float] = {}

    async def handle(self, message: discord.Message, me: discord.ClientUser) -> None:
        """Answer a message if it is addressed to the bot and the server's settings allow it."""
        if not is_addressed(message, me):
            return
        server = server_id(message)
        settings = self._store.server(server)
        if server and not is_allowed(settings, message.channel, message.author):
            return
        intent = intent_of(message, me)
        if intent.kind in REACTIONS:
            await _react(message, REACTIONS[intent.kind])
            return
        if message.guild and not message.channel.permissions_for(message.guild.me).embed_links:
            await self._report_forbidden_embeds(message)
            return
        in_place = ChannelSurface(message.channel, message)
        async with self._dispatcher.error_boundary(lambda post: in_place.show([post])):
            if intent.kind == "help":
                await in_place.show(help_posts())
            elif intent.kind in UNREADABLE:
                await in_place.show([notice(UNREADABLE[intent.kind])])
            else:
                await self._answer(message, intent, server, settings.replies == "thread")

    async def _answer(
        self, message: discord.Message, intent: MessageIntent, server: int, threaded: bool
    ) -> None:
        threaded = threaded and message.channel.type in _CAN_HAVE_THREADS
        author = message.author.id
        channel, conversation = message.channel.id, conversation_id(server, message.channel, author)
        in_place = Question(
            intent.text,
            author,
            server,
            channel,
            conversation,
            "mention",
            in_thread=isinstance(message.channel, discord.Thread),
            context=intent.context,
        )
        # A thread has the id of the message it was created from, so its conversation is known in advance.
        in_thread = replace(
            in_place, channel=message.id, conversation=f"discord:{server}:{message.id}", in_thread=True
        )
        try:
            ticket = self._dispatcher.admit(in_thread if threaded else in_place)
        except Refused as refused:
            await self._refuse(message, str(refused))
            return
        try:
            thread = await self._create_thread(message, intent.text) if threaded else None
        except BaseException:
            self._dispatcher.withdraw(ticket)
            raise
        surface = ChannelSurface(thread) if thread else ChannelSurface(message.channel, message)
        typing = asyncio.create_task(_show_typing(thread or message.channel))
        if intent.kind == "check":
            await surface.show(await self._dispatcher.run_queued(ticket, self._check(intent.text)))
        else:
            await self._dispatcher.answer(in_thread if thread else in_place, ticket, surface)
        typing.cancel()

    async def _refuse(self, message: discord.Message, text: str) -> None:
        """Refuse in the channel, unless the person was refused shortly before."""
        if self._can_refuse(message.author.id):
            await ChannelSurface(message.channel, message).show([notice(text)])

    def _can_refuse(self, person: int) -> bool:
        """True at most once per REFUSAL_INTERVAL and person."""
        now = asyncio.get_running_loop().time()
        self._refused_at = {
            other: time for other, time in self._refused_at.items() if now - time < REFUSAL_INTERVAL
        }
        return self._refused_at.setdefault(person, now) == now

    async def _report_forbidden_embeds(self, message: discord.Message) -> None:
        """Say as plain text that embeds are forbidden here: Discord would drop them silently."""
        if self._can_refuse(message.author.id):
            try:
                await with_retries(
                    lambda: message.channel.send(EMBEDS_FORBIDDEN, allowed_mentions=NO_MENTIONS)
                )
            except (Gone, discord.HTTPException) as error:
                log.info("given up: %s", error)

    async def _create_thread(self, message: discord.Message, question: str) -> discord.Thread | None:
        """A thread created from a message; None if that is not possible. Raises Gone."""
        name = shorten(escape_for_discord(question), MAX_THREAD_NAME) or "Question"
        try:
            return await with_retries(lambda: message.create_thread(name=name))
        except Gone as gone:
            if isinstance(gone.__cause__, discord.Forbidden):
                return None
            raise
        except discord.HTTPException as error:
            if error.code == _THREAD_EXISTS:
                return message.thread
            log.warning("cannot create a thread: %s", error)
            return None


async def _react(message: discord.Message, emoji: str) -> None:
    """React to small talk; where reactions are forbidden, say nothing."""
    try:
        await with_retries(lambda: message.add_reaction(emoji))
    except (Gone, discord.HTTPException) as error:
        log.info("cannot react: %s", error)


async def _show_typing(channel: MessageableChannel) -> None:
    try:
        await channel.typing()
    except (discord.HTTPException, OSError):
        log.debug("cannot show the typing indicator")
