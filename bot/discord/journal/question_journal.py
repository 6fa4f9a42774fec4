"""The latest questions, what became of them and the messages that answer them, so that a restart loses none.

States: "open" until it is answered, "interrupted" as long as it can be asked again by a button, "done".
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.discord.journal.asked_question import Question, question_from_json, question_to_json
from bot.discord.journal.state_database import StateDatabase
from bot.errors import RecordsFailure

log = logging.getLogger("footnote.discord")
State = Literal["open", "interrupted", "done"]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS started (id INTEGER PRIMARY KEY CHECK (id = 1), time REAL NOT NULL);
CREATE TABLE IF NOT EXISTS questions (
    id INTEGER PRIMARY KEY, state TEXT NOT NULL, direct INTEGER NOT NULL, answer TEXT NOT NULL DEFAULT '',
    token TEXT NOT NULL DEFAULT '', document TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS messages (
    question INTEGER NOT NULL, channel INTEGER NOT NULL, message INTEGER PRIMARY KEY
);
CREATE INDEX IF NOT EXISTS questions_by_answer ON questions (answer);
"""
MAX_QUESTIONS = 50_000  # older ones are deleted
MAX_DIRECT_CHANNELS = 200  # the most recently active ones


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A question that was not answered when the bot ended. ``messages``: (channel, message) sent for it.

    ``token`` is that of its interaction, "" for messages.
    """

    question: Question
    token: str
    messages: tuple[tuple[int, int], ...]


class QuestionJournal(StateDatabase):
    """One SQLite file. Thread-safe; all methods can block on the disk and raise RecordsFailure."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _SCHEMA)
        self._write("INSERT OR IGNORE INTO started VALUES (1, ?)", time.time())
        ((started,),) = self._rows("SELECT time FROM started")
        self.started = float(str(started))  # when the journal was created, in seconds since 1970

    def handled(self, event: int, direct_channel: int = 0) -> None:
        """Note that a message was handled. A question in it is not finished by this.

        *direct_channel* is that of a direct message, 0 in servers.
        """
        self._write(
            "INSERT INTO questions (id, state, direct) VALUES (?, 'done', ?) ON CONFLICT DO NOTHING",
            event,
            direct_channel,
        )

    def knows(self, event: int) -> bool:
        """True if a message was handled, or its question is being answered or unfinished."""
        return bool(self._rows("SELECT 1 FROM questions WHERE id = ?", event))

    def begin(self, question: Question, token: str = "") -> None:
        """Save a question that is about to be answered."""
        self._write(
            "INSERT INTO questions (id, state, direct, token, document) VALUES (?, 'open', ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET token = excluded.token, document = excluded.document, state = 'open'",
            question.id,
            0 if question.server else question.origin,
            token,
            question_to_json(question),
        )

    def add_message(self, question: int, channel: int, message: int) -> None:
        """Save where a question is answered."""
        self._write("INSERT OR REPLACE INTO messages VALUES (?, ?, ?)", question, channel, message)

    def finish(self, question: int, state: State = "done", answer: str = "") -> None:
        """Save what became of a question; *answer* is the id of its stored answer."""
        self._write(
            "UPDATE questions SET state = ?, answer = ?, token = '',"
            " document = CASE WHEN ? = 'done' THEN '' ELSE document END WHERE id = ?",
            state,
            answer,
            state,
            question,
        )

    def delete_old(self) -> None:
        """Delete all but the latest questions."""
        rows = self._rows("SELECT id FROM questions ORDER BY id DESC LIMIT 1 OFFSET ?", MAX_QUESTIONS - 1)
        for (oldest,) in rows:
            self.delete_before(int(str(oldest)))

    def delete_before(self, oldest: int) -> None:
        """Delete the questions with ids below *oldest*; ids of Discord grow with time."""
        self._write("DELETE FROM questions WHERE id < ?", oldest)
        self._write("DELETE FROM messages WHERE question < ?", oldest)

    def interrupted(self, question: int) -> Question | None:
        """A question that can be asked again."""
        rows = self._rows("SELECT document FROM questions WHERE id = ? AND state = 'interrupted'", question)
        return question_from_json(str(rows[0][0])) if rows else None

    def take(self, question: int) -> bool:
        """Note that an interrupted question is asked again; False if it was before."""
        statement = (
            "UPDATE questions SET state = 'done', document = '' WHERE id = ? AND state = 'interrupted'"
        )
        return self._write(statement, question) > 0

    def forget(self, person: int | None, conversations: Collection[str] | None = None) -> None:
        """Delete the texts of interrupted questions: of a person or of everybody (None), in some
        conversations or in all (None). They can no longer be asked again.

        Deleted texts are overwritten in the file.
        """
        rows = self._rows("SELECT id, document FROM questions WHERE state = 'interrupted'")
        for id_, document in rows:
            question = question_from_json(str(document))
            is_theirs = person is None or question.person == person
            if is_theirs and (conversations is None or question.conversation in conversations):
                self.take(int(str(id_)))
        self._rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def unfinished(self) -> list[Unfinished]:
        """The questions that were not answered when the bot ended, oldest first."""
        rows = self._rows("SELECT id, token, document FROM questions WHERE state = 'open' ORDER BY id")
        return [
            Unfinished(question_from_json(str(document)), str(token), self.messages(int(str(id_))))
            for id_, token, document in rows
        ]

    def messages(self, question: int) -> tuple[tuple[int, int], ...]:
        """The channel and id of each message that answers a question, in order."""
        rows = self._rows(
            "SELECT channel, message FROM messages WHERE question = ? ORDER BY message", question
        )
        return tuple((int(str(channel)), int(str(message))) for channel, message in rows)

    def messages_of_answer(self, answer: str) -> tuple[tuple[int, int], ...]:
        """The channel and id of each message that shows a stored answer, in order."""
        rows = self._rows("SELECT id FROM questions WHERE answer = ?", answer)
        return tuple(message for (id_,) in rows for message in self.messages(int(str(id_))))

    def direct_channels(self) -> list[int]:
        """The channels of the latest direct messages, those with the newest first."""
        rows = self._rows(
            "SELECT direct FROM questions WHERE direct <> 0 GROUP BY direct ORDER BY max(id) DESC LIMIT ?",
            MAX_DIRECT_CHANNELS,
        )
        return [int(str(channel)) for (channel,) in rows]


async def save(change: Callable[[], None]) -> None:
    """Make a change in a thread. Failures are logged: questions are answered without a journal."""
    try:
        await asyncio.to_thread(change)
    except RecordsFailure as error:
        log.warning("%s %s", error, error.help)


def journal_path(state: Path) -> Path:
    """The journal's file in the state folder."""
    return state.expanduser() / "discord_questions.sqlite3"
