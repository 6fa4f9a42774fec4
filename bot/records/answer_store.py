"""Stores, finds and deletes answers with their citations, and feedback on them."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from bot.answer import Answer
from bot.question.conversation import MAX_KEPT_TURNS, Turn, turn_of
from bot.records.record import Feedback, Record, answer_from_json, answer_to_json, quote_hash
from bot.records.record_database import RecordDatabase

_ID_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without characters that are easily confused
_ID_LENGTH = 10  # 31 ** 10 ids: with a million answers, the next one collides with p < 10 ** -8


class AnswerStore:
    """Stored answers in one SQLite file, safe for concurrent use by threads and processes.

    Every method raises RecordsFailure if the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._database = RecordDatabase(path)

    def add(self, answer: Answer, *, as_of: date, conversation: str = "", person: str = "") -> str:
        """Store a complete answer; returns its new id."""
        stored = replace(answer, id=_new_id())
        with self._database.writing() as connection:
            cursor = connection.execute(
                "INSERT INTO answers (id, asked_at, as_of, conversation, person, status, mode, document)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    stored.id,
                    _now(),
                    as_of.isoformat(),
                    conversation,
                    person,
                    stored.status,
                    stored.mode,
                    answer_to_json(stored),
                ),
            )
            answer_number = cursor.lastrowid
            connection.executemany(
                "INSERT INTO citations VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (
                        answer_number,
                        citation.number,
                        citation.article.id,
                        citation.start,
                        citation.end,
                        quote_hash(citation.quote),
                    )
                    for citation in stored.citations
                ],
            )
            quotes = "\n".join(citation.quote for citation in stored.citations)
            connection.execute(
                "INSERT INTO words (rowid, question, answer, quotes) VALUES (?, ?, ?, ?)",
                (answer_number, stored.question, stored.text, quotes),
            )
        return stored.id

    def load(self, id: str) -> Record | None:
        """The answer with this id or unique id prefix (at least four characters); else None."""
        with self._database.reading() as connection:
            rows = connection.execute(_SELECT + " WHERE id = ?", (id,)).fetchall()
            if not rows and len(id) >= 4:
                rows = connection.execute(_SELECT + " WHERE substr(id, 1, ?) = ?", (len(id), id)).fetchall()
            return _record(connection, rows[0]) if len(rows) == 1 else None

    def latest(self, limit: int = 20, *, conversation: str | None = None) -> Sequence[Record]:
        """The latest answers, newest first, optionally of one conversation; a *limit* of -1 returns all."""
        where, parameters = ("", ()) if conversation is None else (" WHERE conversation = ?", (conversation,))
        with self._database.reading() as connection:
            rows = connection.execute(f"{_SELECT}{where} ORDER BY number DESC LIMIT ?", (*parameters, limit))
            return [_record(connection, row) for row in rows.fetchall()]

    def search(self, words: str, limit: int = 20) -> Sequence[Record]:
        """Full-text search: answers whose question, text or quotes contain all words.

        Words are stemmed; the last one also matches as a prefix. Best matches first.
        """
        query = _full_text_query(words)
        if not query:
            return []
        with self._database.reading() as connection:
            statement = _SELECT + _JOIN_MATCHES + " ORDER BY rank, number DESC LIMIT ?"
            rows = connection.execute(statement, (query, limit))
            return [_record(connection, row) for row in rows.fetchall()]

    def turns(self, conversation: str, limit: int = MAX_KEPT_TURNS) -> tuple[Turn, ...]:
        """The last turns of a conversation, oldest first, so that it survives a restart."""
        answers = [record.answer for record in reversed(self.latest(limit, conversation=conversation))]
        return tuple(map(turn_of, answers))

    def forget(
        self, ids: Iterable[str] = (), *, conversation: str | None = None, before: datetime | None = None
    ) -> int:
        """Delete answers with their citations and feedback: by full id, by conversation, or by age.

        Deleted data is overwritten in the file. Returns the number of deleted answers.
        """
        with self._database.writing() as connection:
            numbers = _matching_numbers(connection, ids, conversation, before)
            for number in numbers:
                connection.execute("DELETE FROM words WHERE rowid = ?", (number,))
                connection.execute("DELETE FROM answers WHERE number = ?", (number,))
            if numbers:  # the full-text index keeps deleted rows until it is merged
                connection.execute("INSERT INTO words (words) VALUES ('optimize')")
        with self._database.reading() as connection:
            if numbers:
                connection.execute("PRAGMA wal_checkpoint (TRUNCATE)")
        return len(numbers)

    def add_feedback(self, feedback: Feedback) -> bool:
        """Store feedback, replacing that person's earlier feedback; False if the answer does not exist."""
        with self._database.writing() as connection:
            row = connection.execute(
                "SELECT number FROM answers WHERE id = ?", (feedback.answer_id,)
            ).fetchone()
            if row is None:
                return False
            connection.execute(
                "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?)",
                (row[0], feedback.person, feedback.helpful, feedback.reason, feedback.words, _now()),
            )
            return True

    def feedback(self, answer_id: str | None = None) -> Sequence[Feedback]:
        """All feedback, or the feedback on one answer; newest first."""
        where, parameters = ("", ()) if answer_id is None else (" WHERE id = ?", (answer_id,))
        with self._database.reading() as connection:
            rows = connection.execute(
                _SELECT_FEEDBACK + where + " ORDER BY given_at DESC, number DESC", parameters
            ).fetchall()
        return [Feedback(row[0], row[1], bool(row[2]), *row[3:]) for row in rows]

    def count(self) -> int:
        """Number of stored answers."""
        with self._database.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM answers").fetchone()[0])

    def close(self) -> None:
        """Close the file; it is reopened when needed."""
        self._database.close()


def records_path(state: Path) -> Path:
    """Path of the answer store in the state folder."""
    return state.expanduser() / "answers.sqlite3"


_SELECT = "SELECT number, id, asked_at, as_of, conversation, person, document FROM answers"
_JOIN_MATCHES = " JOIN (SELECT rowid AS found, rank FROM words WHERE words MATCH ?) ON number = found"
_SELECT_FEEDBACK = (
    "SELECT id, feedback.person, helpful, reason, words, given_at"
    " FROM feedback JOIN answers ON feedback.answer = answers.number"
)


def _record(connection: sqlite3.Connection, row: Sequence[object]) -> Record:
    number, answer_id, asked_at, as_of, conversation, person, document = row
    hashes = connection.execute(
        "SELECT quote_sha256 FROM citations WHERE answer = ? ORDER BY number", (number,)
    )
    return Record(
        id=str(answer_id),
        asked_at=str(asked_at),
        as_of=date.fromisoformat(str(as_of)),
        conversation=str(conversation),
        person=str(person),
        answer=answer_from_json(str(document)),
        quote_hashes=tuple(row[0] for row in hashes.fetchall()),
    )


def _matching_numbers(
    connection: sqlite3.Connection, ids: Iterable[str], conversation: str | None, before: datetime | None
) -> Sequence[int]:
    numbers: set[int] = set()
    for answer_id in ids:
        rows = connection.execute("SELECT number FROM answers WHERE id = ?", (answer_id,))
        numbers.update(row[0] for row in rows)
    if conversation is not None:
        rows = connection.execute("SELECT number FROM answers WHERE conversation = ?", (conversation,))
        numbers.update(row[0] for row in rows)
    if before is not None:
        limit = before.astimezone(UTC).isoformat(timespec="milliseconds")
        rows = connection.execute("SELECT number FROM answers WHERE asked_at < ?", (limit,))
        numbers.update(row[0] for row in rows)
    return sorted(numbers)


def _full_text_query(words: str) -> str:
    terms = [f'"{term}"' for term in re.findall(r"\w+", words)]
    return " ".join(terms) + "*" if terms else ""


def _new_id() -> str:
    return "".join(secrets.choice(_ID_ALPHABET) for _ in range(_ID_LENGTH))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
