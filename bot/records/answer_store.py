"""Answers as records: kept with their citations, found again, forgotten; and what people thought of them."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from bot.answer import Answer
from bot.question.conversation import Turn
from bot.records.record import Feedback, Record, as_document, from_document, quote_hash
from bot.records.record_database import RecordDatabase

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another
_ID_LENGTH = 10  # 31 ** 10 ids: one in a million answers meets another with p < 10 ** -9


class AnswerStore:
    """The kept answers of one file. All methods may be called from any thread, and by many processes.

    All raise RecordsFailure when the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._file = RecordDatabase(path)

    def add(self, answer: Answer, *, as_of: date, conversation: str = "", person: str = "") -> str:
        """Keep a complete answer under a new id, which is returned."""
        kept = replace(answer, id=_new_id())
        with self._file.writing() as connection:
            cursor = connection.execute(
                "INSERT INTO answers (id, asked_at, as_of, conversation, person, status, mode, document)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    kept.id,
                    _now(),
                    as_of.isoformat(),
                    conversation,
                    person,
                    kept.status,
                    kept.mode,
                    as_document(kept),
                ),
            )
            number = cursor.lastrowid
            connection.executemany(
                "INSERT INTO citations VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (number, each.number, each.article.id, each.start, each.end, quote_hash(each.quote))
                    for each in kept.citations
                ],
            )
            quotes = "\n".join(each.quote for each in kept.citations)
            connection.execute(
                "INSERT INTO words (rowid, question, answer, quotes) VALUES (?, ?, ?, ?)",
                (number, kept.question, kept.text, quotes),
            )
        return kept.id

    def load(self, id: str) -> Record | None:
        """The answer with this id, or whose id alone begins so (four letters at least); else None."""
        with self._file.reading() as connection:
            rows = connection.execute(_SELECT + " WHERE id = ?", (id,)).fetchall()
            if not rows and len(id) >= 4:
                rows = connection.execute(_SELECT + " WHERE substr(id, 1, ?) = ?", (len(id), id)).fetchall()
            return _record(connection, rows[0]) if len(rows) == 1 else None

    def latest(self, limit: int = 20, *, conversation: str | None = None) -> Sequence[Record]:
        """The last answers, the newest first; of one conversation when it is named; -1 means all."""
        where, values = ("", ()) if conversation is None else (" WHERE conversation = ?", (conversation,))
        with self._file.reading() as connection:
            rows = connection.execute(f"{_SELECT}{where} ORDER BY number DESC LIMIT ?", (*values, limit))
            return [_record(connection, row) for row in rows.fetchall()]

    def search(self, words: str, limit: int = 20) -> Sequence[Record]:
        """Answers whose question, text or quotes hold all the words: stems of words, the last may be cut."""
        query = _full_text_query(words)
        if not query:
            return []
        with self._file.reading() as connection:
            found = _SELECT + _JOIN_FOUND + " ORDER BY rank, number DESC LIMIT ?"
            rows = connection.execute(found, (query, limit))
            return [_record(connection, row) for row in rows.fetchall()]

    def turns(self, conversation: str, limit: int = 8) -> tuple[Turn, ...]:
        """The last turns of a conversation, the oldest first: it can go on after a restart."""
        answers = [record.answer for record in reversed(self.latest(limit, conversation=conversation))]
        return tuple(Turn(each.question, each.text, each.standalone_question) for each in answers)

    def forget(
        self, ids: Iterable[str] = (), *, conversation: str | None = None, before: datetime | None = None
    ) -> int:
        """Delete answers and what belongs to them: by full id, of a conversation, asked before an instant.

        What was deleted is overwritten in the file. Returns how many answers there were.
        """
        with self._file.writing() as connection:
            numbers = _numbers(connection, ids, conversation, before)
            for number in numbers:
                connection.execute("DELETE FROM words WHERE rowid = ?", (number,))
                connection.execute("DELETE FROM answers WHERE number = ?", (number,))
            if numbers:  # the full-text index only marks rows as deleted until it is merged
                connection.execute("INSERT INTO words (words) VALUES ('optimize')")
        with self._file.reading() as connection:
            if numbers:
                connection.execute("PRAGMA wal_checkpoint (TRUNCATE)")
        return len(numbers)

    def add_feedback(self, feedback: Feedback) -> bool:
        """Keep an opinion; False when there is no such answer (any more)."""
        with self._file.writing() as connection:
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
        """All opinions, or those on one answer; the newest first."""
        where, values = ("", ()) if answer_id is None else (" WHERE id = ?", (answer_id,))
        with self._file.reading() as connection:
            rows = connection.execute(
                _SELECT_FEEDBACK + where + " ORDER BY given_at DESC, number DESC", values
            ).fetchall()
        return [Feedback(row[0], row[1], bool(row[2]), *row[3:]) for row in rows]

    def count(self) -> int:
        """How many answers are kept."""
        with self._file.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM answers").fetchone()[0])

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def records_path(state: Path) -> Path:
    """The file of the kept answers in the user's state folder."""
    return state.expanduser() / "answers.sqlite3"


_SELECT = "SELECT number, id, asked_at, as_of, conversation, person, document FROM answers"
_JOIN_FOUND = " JOIN (SELECT rowid AS found, rank FROM words WHERE words MATCH ?) ON number = found"
_SELECT_FEEDBACK = (
    "SELECT id, feedback.person, helpful, reason, words, given_at"
    " FROM feedback JOIN answers ON feedback.answer = answers.number"
)


def _record(connection: sqlite3.Connection, row: Sequence[object]) -> Record:
    number, name, asked_at, as_of, conversation, person, document = row
    hashes = connection.execute(
        "SELECT quote_sha256 FROM citations WHERE answer = ? ORDER BY number", (number,)
    )
    return Record(
        id=str(name),
        asked_at=str(asked_at),
        as_of=date.fromisoformat(str(as_of)),
        conversation=str(conversation),
        person=str(person),
        answer=from_document(str(document)),
        quote_hashes=tuple(row[0] for row in hashes.fetchall()),
    )


def _numbers(
    connection: sqlite3.Connection, ids: Iterable[str], conversation: str | None, before: datetime | None
) -> Sequence[int]:
    found: set[int] = set()
    for each in ids:
        rows = connection.execute("SELECT number FROM answers WHERE id = ?", (each,))
        found.update(row[0] for row in rows)
    if conversation is not None:
        rows = connection.execute("SELECT number FROM answers WHERE conversation = ?", (conversation,))
        found.update(row[0] for row in rows)
    if before is not None:
        moment = before.astimezone(UTC).isoformat(timespec="milliseconds")
        rows = connection.execute("SELECT number FROM answers WHERE asked_at < ?", (moment,))
        found.update(row[0] for row in rows)
    return sorted(found)


def _full_text_query(words: str) -> str:
    terms = [f'"{term}"' for term in re.findall(r"\w+", words)]
    return " ".join(terms) + "*" if terms else ""


def _new_id() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_ID_LENGTH))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
