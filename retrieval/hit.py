"""A hit: a passage found for a question, and how it was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from retrieval.article import ArticleInfo
from retrieval.passage import Passage


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may answer. Days are inclusive; names match whole, without case; empty means any.

    An article without a date passes no date filter.
    """

    since: date | None = None
    until: date | None = None
    publishers: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()

    def accept(self, info: ArticleInfo) -> bool:
        """Whether an article may answer."""
        return (
            self._in_window(info.date)
            and _named(info.publisher, self.publishers)
            and _named(info.author, self.authors)
        )

    def _in_window(self, day: str | None) -> bool:
        if self.since is None and self.until is None:
            return True
        if day is None:
            return False
        first = self.since.isoformat() if self.since else ""
        last = self.until.isoformat() if self.until else "9999-12-31"
        return first <= day <= last


def _named(name: str | None, wanted: Sequence[str]) -> bool:
    if not wanted:
        return True
    return name is not None and name.casefold() in {each.casefold() for each in wanted}


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its fused ``score`` (higher is better) and its 1-based ranks, None where not found.

    ``similarity`` is the cosine between question and passage, when known. ``also_in`` are the
    articles that hold the same text (reprints, copies) and were folded into this hit, and the earlier
    versions of its article; ``earlier`` are the ids of the latter. ``listed``: it was not looked for by
    its words, but is the opening of one of so many articles that an overview was asked of.
    """

    passage: Passage
    score: float
    dense: int | None = None
    lexical: int | None = None
    similarity: float | None = None
    also_in: tuple[ArticleInfo, ...] = field(default=())
    earlier: frozenset[str] = frozenset()
    listed: int = 0
