"""A question asked on Discord, with its origin."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from retrieval.hit import Filters

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its origin. ``id`` is that of its message or interaction; ``server`` 0: direct messages.

    ``kind`` is "ask", "mention", "again", "check" or "search". ``origin`` is the channel of its message, 0
    for interactions. ``private``: only the asker sees the answer. ``in_thread``: the conversation does not
    time out. ``context``: the message of another person that it replies to.
    """

    text: str
    person: int
    server: int
    channel: int
    conversation: str
    kind: str
    filters: Filters = field(default_factory=Filters)
    private: bool = False
    in_thread: bool = False
    context: str = ""
    id: int = 0
    origin: int = 0


def question_to_json(question: Question) -> str:
    """Serialize a question."""
    return _adapter().dump_json(question).decode()


def question_from_json(document: str) -> Question:
    """Read the output of ``question_to_json``, also of older versions; unknown fields are ignored."""
    return _adapter().validate_json(document)


@cache
def _adapter() -> TypeAdapter[Question]:
    from pydantic import TypeAdapter

    return TypeAdapter(Question)
