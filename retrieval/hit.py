"""A hit: a passage found for a question, with its scores and ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from retrieval.article import ArticleInfo
from retrieval.passage import Passage
from retrieval.path_glob import matches_path
from retrieval.tags import matches_tag


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles to search. Dates are inclusive; names match in full, ignoring case; empty matches any.

    Articles without a date never pass a date filter. ``paths`` are patterns as in ``path_glob``, ``tags`` are
    tags or those above them; ``without_paths`` are patterns that do not pass, ``own_paths`` those that pass
    whatever the other fields say. Every article must also pass ``within``, such as the limits of a Discord
    server.
    """

    since: date | None = None
    until: date | None = None
    publishers: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    within: Filters | None = None
    without_paths: tuple[str, ...] = ()
    own_paths: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()

    def accept(self, info: ArticleInfo) -> bool:
        """True if the article passes all filters."""
        passes = matches_path(info.path, self.own_paths) or (
            self._in_window(info.date)
            and _matches_name(info.publisher, self.publishers)
            and _matches_name(info.author, self.authors)
            and (not self.paths or matches_path(info.path, self.paths))
            and (not self.tags or matches_tag(info.tags, self.tags))
            and not matches_path(info.path, self.without_paths)
        )
        return passes and (self.within is None or self.within.accept(info))

    def _in_window(self, day: str | None) -> bool:
        if self.since is None and self.until is None:
            return True
        if day is None:
            return False
        first = self.since.isoformat() if self.since else ""
        last = self.until.isoformat() if self.until else "9999-12-31"
        return first <= day <= last


def _matches_name(name: str | None, wanted: Sequence[str]) -> bool:
    if not wanted:
        return True
    return name is not None and name.casefold() in {candidate.casefold() for candidate in wanted}


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its fused ``score`` (higher is better) and its 1-based ranks; None where not ranked.

    ``similarity`` is the cosine between question and passage, if known. ``also_in`` are the articles with
    the same text (reprints, copies) that were deduplicated into this hit, and the earlier versions of its
    article; ``earlier`` are the ids of the latter. ``listed`` is nonzero if the question asked for an
    overview: the passage is then the opening of one of ``listed`` matching articles.
    """

    passage: Passage
    score: float
    dense: int | None = None
    lexical: int | None = None
    similarity: float | None = None
    also_in: tuple[ArticleInfo, ...] = field(default=())
    earlier: frozenset[str] = frozenset()
    listed: int = 0
