"""A look: one thing that a model asks to look up in the articles before it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SearchLook:
    """Search the passages, within the days (inclusive) and the publisher, if given."""

    query: str
    since: date | None = None
    until: date | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class ReadLook:
    """Read the passages around passage *number* (as in the prompt, from 1), or its whole article."""

    number: int
    whole: bool = False


@dataclass(frozen=True, slots=True)
class ListLook:
    """List the articles of a publisher, of some days (inclusive) or on a topic; the newest without one."""

    topic: str | None = None
    since: date | None = None
    until: date | None = None
    publisher: str | None = None


Look = SearchLook | ReadLook | ListLook
