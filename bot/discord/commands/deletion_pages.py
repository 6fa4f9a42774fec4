"""/forget: deletes what is stored of conversations or of a person, and says what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.discord.posts.post import Post, notice
from bot.localization import localized_count

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.discord.handlers.discord_store import DiscordStore
    from bot.discord.journal.question_journal import QuestionJournal
    from bot.records.answer_store import AnswerStore

KEPT = (
    "The messages in Discord stay until someone deletes them there. I keep the settings of servers, who "
    "added articles to them, and how many tokens were used per day."
)


class DeletionPages:
    """Deletes answers, their questions, and what else is stored about a person."""

    def __init__(
        self, assistant: Assistant, records: AnswerStore, store: DiscordStore, journal: QuestionJournal
    ) -> None:
        self._assistant = assistant
        self._records = records
        self._store = store
        self._journal = journal

    async def forget(self, conversations: Sequence[str], person: int | None) -> list[Post]:
        """Delete questions and answers of some conversations: a person's, or everybody's (None)."""
        count = await asyncio.to_thread(self._delete_records, conversations, person)
        await asyncio.to_thread(self._journal.forget, person, conversations)
        for conversation in conversations:
            self._assistant.forget(conversation)
        return [_forgotten(count)]

    async def forget_person(self, person: int) -> list[Post]:
        """Delete all questions of a person and the answers, in all servers and direct messages."""
        count = await asyncio.to_thread(self._delete_person, person)
        await asyncio.to_thread(self._journal.forget, person)
        await asyncio.to_thread(self._store.forget_person, person)
        return [_forgotten(count)]

    def _delete_person(self, person: int) -> int:
        records = [record for record in self._records.latest(-1) if record.person == _id_of(person)]
        for conversation in {record.conversation for record in records}:
            self._assistant.forget(conversation)
        return self._records.forget([record.id for record in records])

    def _delete_records(self, conversations: Sequence[str], person: int | None) -> int:
        records = [
            record
            for conversation in conversations
            for record in self._records.latest(-1, conversation=conversation)
        ]
        return self._records.forget(
            [record.id for record in records if person is None or record.person == _id_of(person)]
        )


def _id_of(person: int) -> str:
    """A person in the stored answers."""
    return f"discord:{person}"


def _forgotten(count: int) -> Post:
    """What was deleted, and what was not."""
    deleted = localized_count("Deleted {count} answer.", "Deleted {count} answers.", count)
    return notice(deleted, help=KEPT)
