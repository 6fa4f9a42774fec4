"""Messages that speak to the bot: answered in a thread made from them, or where they stand."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.discord.handlers.channel_rules import conversation, is_addressed, is_allowed, question_of
from bot.discord.handlers.dispatcher import Refused
from bot.discord.handlers.question_task import Question
from bot.discord.posts.delivery import NONE, ChannelSurface
from bot.discord.posts.discord_requests import Gone, persistently
from bot.discord.posts.escape_markdown import escape_for_discord
from bot.discord.posts.post import notice
from bot.discord.posts.split_markdown import shorten

if TYPE_CHECKING:
    from discord.abc import MessageableChannel

    from bot.discord.handlers.discord_store import DiscordStore
    from bot.discord.handlers.dispatcher import Dispatcher

log = logging.getLogger("footnote.discord")
THREAD_NAME = 100  # Discord's limit, in characters
GREETING = "Mention me together with a question, or use /ask. /help says what else I can do."
UNREADABLE = "I can only read messages that mention me. Please reply with the mention on, or use /ask."
CANNOT_SHOW = "I may not show cards in this channel: give me the permission “Embed Links”, or use /ask."
_EXISTS = 160004  # a thread was already made from this message
_THREADED = (discord.ChannelType.text, discord.ChannelType.news)


class MentionHandler:
    """Takes messages that are meant for the bot to the desk; leaves all others alone."""

    def __init__(self, dispatcher: Dispatcher, store: DiscordStore) -> None:
        self._dispatcher = dispatcher
        self._store = store
        self._told: dict[int, float] = {}

    async def take(self, message: discord.Message, me: discord.ClientUser) -> None:
        """Answer a message if it speaks to us and its server lets us."""
        if not is_addressed(message, me):
            return
        server = message.guild.id if message.guild else 0
        settings = self._store.server(server)
        if server and not is_allowed(settings, message.channel, message.author):
            return
        if message.guild and not message.channel.permissions_for(message.guild.me).embed_links:
            await self._cannot_show(message)
            return
        text = question_of(message.content, me.id, _names(message))
        in_place = ChannelSurface(message.channel, message)
        async with self._dispatcher.error_boundary(lambda post: in_place.show([post])):
            if not text:
                await in_place.show([notice(GREETING if message.content else UNREADABLE)])
                return
            await self._ask(message, text, server, settings.replies == "thread")

    async def _ask(self, message: discord.Message, text: str, server: int, threaded: bool) -> None:
        threaded = threaded and message.channel.type in _THREADED
        author = message.author.id
        here = conversation(server, message.channel, author)
        # A thread made from a message bears its id: the talk can be named before the thread is there.
        place, talk = (
            (message.id, f"discord:{server}:{message.id}") if threaded else (message.channel.id, here)
        )
        lasting = threaded or isinstance(message.channel, discord.Thread)
        question = Question(text, author, server, place, talk, "mention", lasting=lasting)
        try:
            turn = self._dispatcher.admit(question)
        except Refused as refused:
            await self._tell_once(message, str(refused))
            return
        try:
            thread = await self._thread(message, text) if threaded else None
        except BaseException:
            self._dispatcher.withdraw(turn)
            raise
        if threaded and thread is None:
            question = replace(question, channel=message.channel.id, conversation=here, lasting=False)
        surface = ChannelSurface(thread) if thread else ChannelSurface(message.channel, message)
        typing = asyncio.create_task(_typing(thread or message.channel))
        await self._dispatcher.see_through(question, turn, surface)
        typing.cancel()

    async def _tell_once(self, message: discord.Message, text: str) -> None:
        """Refuse in the channel, but not each time: refusals must not become noise themselves."""
        if self._is_told(message.author.id):
            await ChannelSurface(message.channel, message).show([notice(text)])

    def _is_told(self, person: int) -> bool:
        """Whether a person may be refused aloud now; not again within a minute."""
        now = asyncio.get_running_loop().time()
        self._told = {other: at for other, at in self._told.items() if now - at < 60.0}
        return self._told.setdefault(person, now) == now

    async def _cannot_show(self, message: discord.Message) -> None:
        """Say in plain words that cards may not be shown here: Discord would drop them without a word."""
        if self._is_told(message.author.id):
            try:
                await persistently(lambda: message.channel.send(CANNOT_SHOW, allowed_mentions=NONE))
            except (Gone, discord.HTTPException) as error:
                log.info("given up: %s", error)

    async def _thread(self, message: discord.Message, question: str) -> discord.Thread | None:
        """A thread made from a message; None where none can be made, so that it is answered in place."""
        name = shorten(escape_for_discord(question), THREAD_NAME) or "Question"
        try:
            return await persistently(lambda: message.create_thread(name=name))
        except Gone as gone:
            if isinstance(gone.__cause__, discord.Forbidden):
                return None
            raise
        except discord.HTTPException as error:
            if error.code == _EXISTS:
                return message.thread
            log.warning("no thread could be made: %s", error)
            return None


def _names(message: discord.Message) -> dict[int, str]:
    """What the mentions in a message read as."""
    names = {user.id: user.display_name for user in message.mentions}
    names |= {role.id: role.name for role in message.role_mentions}
    return names | {channel.id: channel.name for channel in message.channel_mentions}


async def _typing(channel: MessageableChannel) -> None:
    """Show that an answer is on its way; not worth a word when it fails."""
    try:
        await channel.typing()
    except (discord.HTTPException, OSError):
        log.debug("no sign of typing could be given")
