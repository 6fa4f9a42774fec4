"""The buttons that control an answer: stop it, ask again, delete it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.discord.handlers.dispatcher import Refused
from bot.discord.posts.answer_layout import answer_posts
from bot.discord.posts.discord_requests import Gone, acknowledge, delete
from bot.discord.posts.interaction_surface import InteractionSurface
from bot.discord.posts.post import notice
from bot.localization import localized

if TYPE_CHECKING:
    from bot.discord.handlers.dispatcher import Dispatcher
    from bot.discord.journal.question_journal import QuestionJournal
    from bot.records.answer_store import AnswerStore

NOT_YOURS = "Only the person who asked and moderators can do that."
DISMISS_OTHERS = (
    "I have deleted this answer. Discord does not let me remove its other messages, which only you can see: "
    "choose “Dismiss message” below them."
)
TOO_LATE = "This answer is already complete."
ASKED_ALREADY = "This question was already asked again, or it is too old."


class AnswerControls:
    """What the asker and moderators can do with an answer."""

    def __init__(self, dispatcher: Dispatcher, records: AnswerStore, journal: QuestionJournal) -> None:
        self._dispatcher = dispatcher
        self._records = records
        self._journal = journal

    async def stop(self, interaction: discord.Interaction, question: int) -> None:
        """Stop an answer that is being written; its complete part stays."""
        surface = InteractionSurface(interaction, private=True)
        async with self._dispatcher.error_boundary(lambda post: surface.show([post])):
            running = self._dispatcher.runner.running.find(question)
            if running and not _may_control(interaction, f"discord:{running.question.person}"):
                await surface.show([notice(localized(NOT_YOURS))])
            elif running and running.interrupt("stopped"):
                await acknowledge(interaction.response.defer)
            else:
                await surface.show([notice(localized(TOO_LATE))])

    async def ask_again(self, interaction: discord.Interaction, question: int) -> None:
        """Answer an interrupted question, in the place of the message with the button."""
        surface = InteractionSurface(interaction, private=True)
        async with self._dispatcher.error_boundary(lambda post: surface.show([post])):
            interrupted = await asyncio.to_thread(self._journal.interrupted, question)
            if interrupted is None:
                await surface.show([notice(localized(ASKED_ALREADY))])
                return
            if not _may_control(interaction, f"discord:{interrupted.person}"):
                await surface.show([notice(localized(NOT_YOURS))])
                return
            again = replace(interrupted, id=interaction.id, kind="again", origin=0)
            try:
                ticket = self._dispatcher.admit(again)
            except Refused as refused:
                await surface.show([notice(str(refused))])
                return
            reply = InteractionSurface(interaction, private=again.private)
            try:
                if not await asyncio.to_thread(self._journal.take, question):  # pressed twice
                    self._dispatcher.withdraw(ticket)
                    await surface.show([notice(localized(ASKED_ALREADY))])
                    return
                await reply.defer(in_place=True)
            except BaseException:
                self._dispatcher.withdraw(ticket)
                raise
            await self._dispatcher.answer(again, ticket, reply, interaction.token)

    async def delete(self, interaction: discord.Interaction, answer_id: str) -> None:
        """Delete the messages of an answer, and its record."""
        surface = InteractionSurface(interaction, private=True)
        async with self._dispatcher.error_boundary(lambda post: surface.show([post])):
            record = await asyncio.to_thread(self._records.load, answer_id)
            if not _may_control(interaction, record.person if record else ""):
                await surface.show([notice(localized(NOT_YOURS))])
                return
            await surface.defer(in_place=True)
            if await self._leaves_parts(interaction, answer_id):
                await surface.show([notice(DISMISS_OTHERS)])
            else:
                await delete(interaction.delete_original_response)
            parts = await asyncio.to_thread(self._journal.messages_of_answer, answer_id)
            shown = interaction.message.id if interaction.message else 0
            for channel, message in parts:
                if message != shown:
                    place = interaction.client.get_partial_messageable(channel)
                    await delete(place.get_partial_message(message).delete)
            await asyncio.to_thread(self._records.forget, [answer_id])

    async def _leaves_parts(self, interaction: discord.Interaction, answer_id: str) -> bool:
        """Delete a private answer; True if messages of it are left, which is so after 15 minutes.

        A private message can only be deleted through the interaction that it responds to.
        """
        surface = self._dispatcher.runner.private_answers.pop(answer_id, None)
        if surface is not None:
            try:
                await surface.show([])
            except Gone:
                return surface.parts > 1
            return False
        is_private = interaction.message is not None and interaction.message.flags.ephemeral
        record = await asyncio.to_thread(self._records.load, answer_id) if is_private else None
        return record is not None and len(answer_posts(record.answer)) > 1


def _may_control(interaction: discord.Interaction, asker: str) -> bool:
    """True for the asker ("discord:" and an id), and in servers for moderators."""
    permissions = interaction.permissions
    is_moderator = permissions.manage_messages or permissions.manage_guild or permissions.administrator
    return asker == f"discord:{interaction.user.id}" or (interaction.guild_id is not None and is_moderator)
