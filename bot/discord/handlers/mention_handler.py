"""Answers messages addressed to the bot, in a new thread or in place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.discord.handlers.channel_rules import (
    channel_ids,
    conversation_id,
    is_addressed,
    is_allowed,
    server_id,
)
from bot.discord.handlers.dispatcher import Refused
from bot.discord.handlers.message_intent import MessageIntent, intent_of
from bot.discord.journal.asked_question import Question
from bot.discord.journal.question_journal import QuestionJournal, save
from bot.discord.placement.answer_placement import Placement, placement
from bot.discord.posts.delivery import NO_MENTIONS, ChannelSurface
from bot.discord.posts.discord_requests import Gone, with_retries
from bot.discord.posts.escape_markdown import escape_for_discord
from bot.discord.posts.help_post import help_posts
from bot.discord.posts.message_requests import existing_thread, react, show_typing
from bot.discord.posts.post import Post, notice
from bot.discord.posts.split_markdown import shorten
from bot.localization import localized, set_language
from retrieval.hit import Filters

if TYPE_CHECKING:
    from bot.discord.additions.server_articles import ServerArticles
    from bot.discord.handlers.discord_store import DiscordStore
    from bot.discord.handlers.dispatcher import Dispatcher
    from bot.discord.handlers.server_settings import ServerSettings
    from bot.discord.placement.manager_notices import ManagerNotices

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
THREAD_NAME = "Question"  # of a thread whose message has no other text
_THREAD_EXISTS = 160004  # Discord's error code


class MentionHandler:
    """Answers messages addressed to the bot and ignores all others; *check* judges a text."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        store: DiscordStore,
        managers: ManagerNotices,
        journal: QuestionJournal,
        check: Callable[[str, Filters | None, str], Awaitable[list[Post]]],
        articles: ServerArticles,
    ) -> None:
        self._articles = articles
        self._journal = journal
        self._dispatcher = dispatcher
        self._managers = managers
        self._check = check
        self._store = store
        self._refused_at: dict[int, float] = {}

    async def handle(self, message: discord.Message, me: discord.ClientUser, *, missed: bool = False) -> None:
        """Answer a message if it is addressed to the bot and the server's settings allow it.

        *missed*: it was sent while the bot was not connected, and does not count for the rate limit.
        """
        if not is_addressed(message, me):
            return
        await self._handle(message, me, missed)
        direct = 0 if server_id(message) else message.channel.id
        await save(lambda: self._journal.handled(message.id, direct))

    async def _handle(self, message: discord.Message, me: discord.ClientUser, missed: bool) -> None:
        server = server_id(message)
        settings = self._store.server(server).at(channel_ids(message.channel))
        if server and not is_allowed(settings, message.channel, message.author):
            return
        set_language(settings.language or _locale(message) or self._store.language_of(message.author.id))
        intent = intent_of(message, me)
        if intent.kind in REACTIONS:
            await react(message, REACTIONS[intent.kind])
            return
        try:
            await self._respond(message, intent, settings, missed)
        except Gone as gone:
            log.info("given up: %s", gone)

    async def _respond(
        self, message: discord.Message, intent: MessageIntent, settings: ServerSettings, missed: bool
    ) -> None:
        place = placement(message)
        if place.missing:
            await self._managers.cannot_answer(message, place.missing)
        elif not place.embeds:
            await self._report_forbidden_embeds(message)
        elif intent.kind in UNREADABLE or intent.kind == "help":
            is_help, can_add = intent.kind == "help", self._articles.is_enabled
            posts = help_posts(can_add=can_add) if is_help else [notice(UNREADABLE[intent.kind])]
            await self._show(message, place, posts)
        else:
            # In servers that prefer answers in place, a thread is used only where nothing else is possible.
            threaded = place.thread and (settings.replies == "thread" or not place.channel)
            where = replace(place, thread=threaded)
            scope = self._articles.scope(server_id(message), settings.scope)
            await self._answer(message, intent, where, scope, missed=missed)

    async def _answer(
        self,
        message: discord.Message,
        intent: MessageIntent,
        place: Placement,
        scope: Filters | None,
        *,
        missed: bool,
    ) -> None:
        question = _question(message, intent, scope, threaded=place.thread)
        try:
            ticket = self._dispatcher.admit(question, limited=not missed)
        except Refused as refused:
            if self._can_refuse(message.author.id):
                await self._show(message, place, [notice(str(refused))])
            return
        try:
            thread = await self._create_thread(message, intent.text) if place.thread else None
        except BaseException:
            self._dispatcher.withdraw(ticket)
            raise
        if place.thread and not thread:
            question = _question(message, intent, scope, threaded=False)
        async with self._surface(message, place, thread) as surface:
            typing = asyncio.create_task(show_typing(thread or message.channel))
            if intent.kind == "check":
                await surface.show(
                    await self._dispatcher.run_queued(ticket, self._check(intent.text, scope, intent.link))
                )
            else:
                await self._dispatcher.answer(question, ticket, surface)
            typing.cancel()

    async def _show(self, message: discord.Message, place: Placement, posts: Sequence[Post]) -> None:
        """Show posts as a reply, or in a thread where nothing else is possible."""
        thread = None if place.channel else await self._create_thread(message, THREAD_NAME)
        async with self._surface(message, place, thread) as surface:
            await surface.show(posts)

    @asynccontextmanager
    async def _surface(
        self, message: discord.Message, place: Placement, thread: discord.Thread | None
    ) -> AsyncIterator[ChannelSurface]:
        """Where to answer a message; errors are shown there. If Discord refuses, the managers are told."""
        surface = ChannelSurface(place.targets(message, thread), str(message.id))
        async with self._dispatcher.error_boundary(lambda post: surface.show([post])):
            yield surface
        if surface.refused:
            await self._managers.cannot_answer(message, ())

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
                    lambda: message.channel.send(localized(EMBEDS_FORBIDDEN), allowed_mentions=NO_MENTIONS)
                )
            except (Gone, discord.HTTPException) as error:
                log.info("given up: %s", error)

    async def _create_thread(self, message: discord.Message, question: str) -> discord.Thread | None:
        """A thread created from a message; None if that is not possible. Raises Gone."""
        name = shorten(escape_for_discord(question), MAX_THREAD_NAME) or localized(THREAD_NAME)
        try:
            return await with_retries(lambda: message.create_thread(name=name))
        except Gone as gone:
            if isinstance(gone.__cause__, discord.Forbidden):
                return None
            raise
        except discord.HTTPException as error:
            if error.code == _THREAD_EXISTS:
                return await existing_thread(message)
            log.warning("cannot create a thread: %s", error)
            return None


def _locale(message: discord.Message) -> str:
    """The language of a message's server; "" for direct messages."""
    return str(message.guild.preferred_locale) if message.guild else ""


def _question(
    message: discord.Message, intent: MessageIntent, scope: Filters | None, *, threaded: bool
) -> Question:
    """The question in a message. *threaded*: the answer is in a thread created from the message.

    Such a thread has the id of its message, so its conversation is known in advance.
    """
    server, author = server_id(message), message.author.id
    in_place = conversation_id(server, message.channel, author)
    return Question(
        intent.text,
        author,
        server,
        message.id if threaded else message.channel.id,
        f"discord:{server}:{message.id}" if threaded else in_place,
        "check" if intent.kind == "check" else "mention",
        Filters(within=scope),
        in_thread=threaded or isinstance(message.channel, discord.Thread),
        context=intent.context,
        id=message.id,
        origin=message.channel.id,
    )
