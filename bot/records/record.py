"""A stored answer, feedback on it, and its JSON serialization."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Literal

from bot.answer import Answer

if TYPE_CHECKING:
    from pydantic import TypeAdapter

# A verdict of older versions. Within a JSON string the quotation marks would be escaped.
_FORMER_SUPPORT = re.compile(r'("support":\s*)"partly"')
FeedbackReason = Literal["wrong citation", "outdated", "missing", "other"]
FEEDBACK_REASONS: tuple[FeedbackReason, ...] = ("wrong citation", "outdated", "missing", "other")


@dataclass(frozen=True, slots=True)
class Record:
    """A stored answer. ``answer.id`` is ``id``; ``asked_at`` is ISO 8601 in UTC.

    ``conversation`` and ``person`` are the adapter's names for where and by whom it was asked, or "".
    ``quote_hashes`` are the SHA-256 of the quotes when the answer was stored, in the order of the citations.
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
        """True if no quote was altered since the answer was stored."""
        return self.quote_hashes == tuple(quote_hash(citation.quote) for citation in self.answer.citations)


@dataclass(frozen=True, slots=True)
class Feedback:
    """One person's feedback on one answer; ``words`` is a free-text comment.

    ``given_at`` (ISO 8601, UTC) is set when it is stored.
    """

    answer_id: str
    person: str
    helpful: bool
    reason: FeedbackReason | None = None
    words: str | None = None
    given_at: str = ""


def quote_hash(quote: str) -> str:
    """SHA-256 of a quote as a hexadecimal string."""
    return hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()


def answer_to_json(answer: Answer) -> str:
    """Serialize a complete answer."""
    return _adapter().dump_json(answer).decode()


def answer_from_json(document: str) -> Answer:
    """Read the output of ``answer_to_json``, also of older versions; unknown fields are ignored."""
    return _adapter().validate_json(_FORMER_SUPPORT.sub(r'\1"unsupported"', document))


@cache
def _adapter() -> TypeAdapter[Answer]:
    from pydantic import TypeAdapter

    return TypeAdapter(Answer)
