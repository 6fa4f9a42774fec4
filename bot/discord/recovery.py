"""After a restart: no question stays unanswered, and no message stays at "Answering…"."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import discord

from bot.discord.backfill import with_member
from bot.discord.handlers.interruption import interrupted_posts
from bot.discord.posts.buttons import view
from bot.discord.posts.delivery import NO_MENTIONS, embeds
from bot.discord.posts.discord_requests import Gone, delete, with_retries
from bot.errors import BotError
from bot.localization import in_language

if TYPE_CHECKING:
    from bot.discord.journal.asked_question import Question
    from bot.discord.journal.question_journal import QuestionJournal, Unfinished

log = logging.getLogger("footnote.discord")
TOKEN_AGE = timedelta(minutes=14)  # the token of an interaction is valid for 15 minutes


class Recovery:
    """Passes unanswered messages to *handle*, and replaces unfinished answers by a button to ask again."""

    def __init__(
        self,
        client: discord.Client,
        journal: QuestionJournal,
        handle: Callable[[discord.Message], object],
        max_age: timedelta,
        language_of: Callable[[Question], str],
    ) -> None:
        self._language_of = language_of
        self._client = client
        self._journal = journal
        self._handle = handle
        self._max_age = max_age
        self._unfinished = journal.unfinished()  # now: new questions are not among them
        self._is_done = False

    async def run(self) -> None:
        """Recover what was unfinished at the start, once."""
        if self._is_done:
            return
        self._is_done = True
        for unfinished in self._unfinished:
            try:
                await self._recover(unfinished)
            except (Gone, discord.HTTPException, BotError, OSError) as error:
                log.info("an unfinished answer cannot be recovered: %s", error)
        await asyncio.to_thread(self._journal.delete_old)

    async def _recover(self, unfinished: Unfinished) -> None:
        question = unfinished.question
        age = datetime.now(UTC) - discord.utils.snowflake_time(question.id)
        if unfinished.messages:
            await self._replace(unfinished)
        elif unfinished.token and age < TOKEN_AGE:
            await self._show(self._original(unfinished.token), question)
        elif question.origin and age < self._max_age:
            self._handle(await with_member(await self._fetch_message(question)))
            return
        else:
            await asyncio.to_thread(self._journal.finish, question.id)
            return
        await asyncio.to_thread(self._journal.finish, question.id, "interrupted")

    async def _fetch_message(self, question: Question) -> discord.Message:
        known = self._client.get_channel(question.origin)
        place: discord.abc.Messageable
        if isinstance(known, discord.abc.Messageable):
            place = known
        else:  # a direct message, or an archived thread
            place = self._client.get_partial_messageable(question.origin, guild_id=question.server or None)
        return await with_retries(lambda: place.fetch_message(question.id))

    async def _replace(self, unfinished: Unfinished) -> None:
        """Show the button in the first message of an answer, and delete its other messages."""
        first, *others = [
            self._client.get_partial_messageable(channel).get_partial_message(message)
            for channel, message in unfinished.messages
        ]
        await self._show(first.edit, unfinished.question)
        for message in others:
            await delete(message.delete)

    def _original(self, token: str) -> Callable[..., Any]:
        """Edits the response to an earlier interaction."""
        assert self._client.application_id is not None
        webhook: Any = discord.Webhook.partial(self._client.application_id, token, client=self._client)
        return lambda **content: webhook.edit_message("@original", **content)

    async def _show(self, edit: Callable[..., Any], question: Question) -> None:
        with in_language(self._language_of(question)):
            (post,) = interrupted_posts("restart", question.id)
        await with_retries(lambda: edit(embeds=embeds(post), view=view(post), allowed_mentions=NO_MENTIONS))
