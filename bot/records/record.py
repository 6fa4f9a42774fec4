"""A kept answer and what people thought of it; the answer as JSON and back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Literal

from bot.answer import Answer

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Reason = Literal["wrong citation", "outdated", "missing", "other"]
REASONS: tuple[Reason, ...] = ("wrong citation", "outdated", "missing", "other")


@dataclass(frozen=True, slots=True)
class Record:
    """A kept answer. ``answer.id`` is ``id``; ``asked_at`` is ISO 8601 in UTC.

    ``conversation`` and ``person`` are the adapter's names for where and by whom it was asked, or "".
    ``quote_hashes`` are the SHA-256 of the quotes, in the order of the citations, as they were when kept.
    """

    id: str
    asked_at: str
    as_of: date
    conversation: str
    person: str
    answer: Answer
    quote_hashes: tuple[str, ...] = ()

    @property
    def intact(self) -> bool:
        """Whether all quotes are still those that were kept."""
        return self.quote_hashes == tuple(quote_hash(each.quote) for each in self.answer.citations)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one person thought of one answer; a later opinion replaces the earlier.

    ``given_at`` (ISO 8601, UTC) is set when it is kept.
    """

    answer_id: str
    person: str
    helpful: bool
    reason: Reason | None = None
    words: str | None = None
    given_at: str = ""


def quote_hash(quote: str) -> str:
    """SHA-256 of a quote, in hexadecimal digits."""
    return hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()


def as_document(answer: Answer) -> str:
    """The whole answer as JSON."""
    return _answers().dump_json(answer).decode()


def from_document(document: str) -> Answer:
    """The answer of ``as_document``; fields unknown to this version are passed over."""
    return _answers().validate_json(document)


@cache
def _answers() -> TypeAdapter[Answer]:
    from pydantic import TypeAdapter

    return TypeAdapter(Answer)
