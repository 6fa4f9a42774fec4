"""Warns about filters on publishers, authors, tags and paths that match no article, with suggestions."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.rendering.sanitize import sanitize_line
from retrieval.path_glob import matches_path
from retrieval.tags import folded_tag, with_parents

if TYPE_CHECKING:
    from retrieval.article import ArticleInfo
    from retrieval.hit import Filters
    from retrieval.library import Library


def unknown_name_lines(filters: Filters, library: Library) -> list[str]:
    """One warning for each publisher, author, tag and path in *filters* that no article of *library* has."""
    if not (filters.publishers or filters.authors or filters.tags or filters.paths):
        return []
    return [*_unknown(filters, library.articles())]


def _unknown(filters: Filters, articles: Sequence[ArticleInfo]) -> Iterator[str]:
    publishers = {info.publisher for info in articles if info.publisher}
    authors = {info.author for info in articles if info.author}
    tags = {tag for info in articles for tag in with_parents(info.tags)}
    for kind, names, known in (
        ("publisher", filters.publishers, publishers),
        ("author", filters.authors, authors),
        ("tag", tuple(map(folded_tag, filters.tags)), tags),
    ):
        for name in names:
            if name.casefold() not in {known_name.casefold() for known_name in known}:
                yield f"Unknown {kind}: {sanitize_line(name)!r}.{_suggestion(name, known)}"
    for path in filters.paths:
        if not any(matches_path(info.path, (path,)) for info in articles):
            yield f"No article has the path {sanitize_line(path)!r}. `footnote articles` lists them."


def _suggestion(name: str, known: set[str]) -> str:
    by_folded = {known_name.casefold(): known_name for known_name in sorted(known)}
    folded = name.casefold().strip()
    containing = [candidate for candidate in by_folded if folded and folded in candidate]
    similar = containing or difflib.get_close_matches(folded, by_folded, 1)
    return f" Did you mean {sanitize_line(by_folded[similar[0]])!r}?" if similar else ""
