"""Says which publishers and authors that were asked for no article has, and which were perhaps meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.rendering.text_rendering import sanitize_line

if TYPE_CHECKING:
    from retrieval.article import ArticleInfo
    from retrieval.hit import Filters
    from retrieval.library import Library


def unknown_lines(filters: Filters, library: Library) -> list[str]:
    """A line for each publisher and author of *filters* that no article of *library* has; articles are read
    only when there is such a filter.
    """
    if not (filters.publishers or filters.authors):
        return []
    return [*_unknown(filters, library.articles())]


def _unknown(filters: Filters, articles: Sequence[ArticleInfo]) -> Iterator[str]:
    publishers = {info.publisher for info in articles if info.publisher}
    authors = {info.author for info in articles if info.author}
    for kind, wanted, known in (
        ("publisher", filters.publishers, publishers),
        ("author", filters.authors, authors),
    ):
        for name in wanted:
            if name.casefold() not in {each.casefold() for each in known}:
                yield f"No article has the {kind} {sanitize_line(name)!r}.{_hint(name, known)}"


def _hint(name: str, known: set[str]) -> str:
    folded = {each.casefold(): each for each in sorted(known)}
    wanted = name.casefold().strip()
    within = [each for each in folded if wanted and wanted in each]
    near = within or difflib.get_close_matches(wanted, folded, 1)
    return f" Did you mean {sanitize_line(folded[near[0]])!r}?" if near else ""
