"""Carries out the looks of a model in the library: nothing else can be reached by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.evidence.evidence_search import promising
from bot.evidence.merged_hits import merge_overlapping
from bot.evidence.whole_articles import around
from bot.localization import in_language, localized
from bot.looks.look import ListLook, Look, ReadLook, SearchLook
from retrieval.hit import Filters, Hit
from retrieval.library import Library
from retrieval.search.publisher_scope import is_publisher_named

LOOK_DEPTH = 15  # passages of a search
MAX_LISTED = 20  # articles of a list
LISTED_DEPTH = 40  # passages whose articles are listed for a topic


def look_up(
    library: Library, looks: Sequence[Look], read: Sequence[Hit], filters: Filters | None, as_of: date
) -> tuple[list[Hit], list[str]]:
    """The new hits of the looks, merged, and a line about each; *read* are the hits that the model has.

    *filters* are those of the reader, which a look can only narrow. Raises RetrievalError.
    """
    found: list[Hit] = []
    lines = []
    for look in looks:
        hits = _carry_out(library, look, read, filters or Filters(), as_of)
        new = [hit for hit in hits if not any(_contains(known, hit) for known in (*read, *found))]
        found += new
        with in_language("en"):  # the language of the prompts
            lines.append(f"- {described(look)}: {len(new) or 'nothing'} new")
    return merge_overlapping(found), lines


def described(look: Look) -> str:
    """A look in words: "ferry fares, The Quay, since 2022-01-01"."""
    match look:
        case ReadLook(number, whole):
            text = "the whole article of passage {number}" if whole else "the text around passage {number}"
            return localized(text, number=number)
        case SearchLook(what, since, until, publisher) | ListLook(what, since, until, publisher):
            days = (
                localized("since {day}", day=since) if since else None,
                localized("until {day}", day=until) if until else None,
            )
            return ", ".join(filter(None, (what or localized("articles"), publisher, *days)))


def _carry_out(
    library: Library, look: Look, read: Sequence[Hit], filters: Filters, as_of: date
) -> Sequence[Hit]:
    match look:
        case SearchLook(query):
            narrowed = _narrowed(library, look, filters)
            hits = library.search(query, LOOK_DEPTH, narrowed, as_of)
            if not hits and narrowed != filters:  # the model is wrong about the days or the publisher
                hits = library.search(query, LOOK_DEPTH, filters, as_of)
            return promising(hits)
        case ReadLook(number, whole):
            return _read_on(library, read[number - 1], whole) if 1 <= number <= len(read) else ()
        case ListLook(topic):
            narrowed = _narrowed(library, look, filters)
            if topic:
                return _openings(library, library.search(topic, LISTED_DEPTH, narrowed, as_of))
            return _newest(library, narrowed, as_of)


def _narrowed(library: Library, look: SearchLook | ListLook, filters: Filters) -> Filters:
    """The filters with the days and the publisher of a look; an unknown publisher is ignored."""
    since = max(filter(None, (look.since, filters.since)), default=None)
    until = min(filter(None, (look.until, filters.until)), default=None)
    name = look.publisher or ""
    named = [known for known in library.publishers() if known.casefold() == name.casefold()]
    named = named or [known for known in library.publishers() if name and is_publisher_named(known, name)]
    narrowed = replace(filters, since=since, until=until)
    return replace(narrowed, publishers=tuple(named)) if named and not filters.publishers else narrowed


def _read_on(library: Library, hit: Hit, whole: bool) -> list[Hit]:
    with library.index() as index:
        passages = index.article_passages(hit.passage.article.id)
    first = [place for place, passage in enumerate(passages) if passage.end > hit.passage.start]
    last = [place for place, passage in enumerate(passages) if passage.start < hit.passage.end]
    if not whole and first and last:
        passages = passages[max(0, first[0] - 1) : last[-1] + 2]
    return [around(hit, passage) for passage in passages]


def _openings(library: Library, hits: Sequence[Hit]) -> list[Hit]:
    """The opening passage of each article of the hits."""
    of_article = {hit.passage.article.id: hit for hit in reversed(hits)}
    with library.index() as index:
        openings = [
            (hit, index.article_passages(article_id)[:1]) for article_id, hit in reversed(of_article.items())
        ]
    return [around(hit, passage) for hit, passages in openings[:MAX_LISTED] for passage in passages]


def _newest(library: Library, filters: Filters, as_of: date) -> list[Hit]:
    with library.index() as index:
        articles = [
            info for info in index.articles() if filters.accept(info) and (info.day or as_of) <= as_of
        ]
        articles.sort(key=lambda info: info.date or "", reverse=True)
        return [
            Hit(passage, 0.0)
            for info in articles[:MAX_LISTED]
            for passage in index.article_passages(info.id)[:1]
        ]


def _contains(outer: Hit, inner: Hit) -> bool:
    a, b = outer.passage, inner.passage
    return a.article.id == b.article.id and a.start <= b.start and b.end <= a.end
