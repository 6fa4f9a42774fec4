"""Searches for what a model asks for, within the days and the publisher that it names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.looks.look import ListLook, SearchLook
from retrieval.hit import Filters, Hit
from retrieval.library import Library
from retrieval.search.publisher_scope import is_publisher_named


def search_query(library: Library, look: SearchLook, depth: int, filters: Filters, as_of: date) -> list[Hit]:
    """The *depth* best hits; those of any day and publisher if there are none within the ones named."""
    narrowed = narrowed_filters(library, look, filters)
    hits = library.search(look.query, depth, narrowed, as_of)
    return hits or (library.search(look.query, depth, filters, as_of) if narrowed != filters else [])


def narrowed_filters(library: Library, look: SearchLook | ListLook, filters: Filters) -> Filters:
    """The filters with the days and the publisher of a look; an unknown publisher is ignored."""
    since = max(filter(None, (look.since, filters.since)), default=None)
    until = min(filter(None, (look.until, filters.until)), default=None)
    name = look.publisher or ""
    named = [known for known in library.publishers() if known.casefold() == name.casefold()]
    named = named or [known for known in library.publishers() if name and is_publisher_named(known, name)]
    narrowed = replace(filters, since=since, until=until)
    return replace(narrowed, publishers=tuple(named)) if named and not filters.publishers else narrowed
