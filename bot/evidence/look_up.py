"""Carries out the looks of a model in the library: nothing else can be reached by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.evidence.evidence_search import fuse_ranks, promising
from bot.evidence.merged_hits import merge_best
from bot.evidence.query_search import narrowed_filters, search_query
from bot.evidence.whole_articles import around
from bot.localization import in_language, localized
from bot.looks.look import ListLook, Look, ReadLook, SearchLook
from retrieval.hit import Filters, Hit
from retrieval.library import Library

LOOK_DEPTH = 50  # passages of a search, beside those that the model has read
MAX_LISTED = 20  # articles of a list
LISTED_DEPTH = 40  # passages whose articles are listed for a topic


def look_up(
    library: Library,
    looks: Sequence[Look],
    read: Sequence[Hit],
    filters: Filters | None,
    as_of: date,
    tokens: int,
) -> tuple[list[Hit], list[str]]:
    """The new hits of the looks, up to some *tokens*, and a line about each; *read* are what the model has.

    *filters* are those of the reader, which a look can only narrow. Raises RetrievalError.
    """
    found: list[list[Hit]] = []
    lines = []
    for look in looks:
        hits = _carry_out(library, look, read, filters or Filters(), as_of)
        new = [hit for hit in hits if not any(_contains(known, hit) for known in read)]
        found.append(promising(new) if isinstance(look, SearchLook) else new)
        with in_language("en"):  # the language of the prompts
            lines.append(f"- {described(look)}: {'new passages' if new else 'nothing new'}")
    return merge_best(fuse_ranks(found), tokens), lines


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
        case SearchLook():
            return search_query(library, look, LOOK_DEPTH + len(read), filters, as_of)
        case ReadLook(number, whole):
            return _read_on(library, read[number - 1], whole) if 1 <= number <= len(read) else ()
        case ListLook(topic):
            narrowed = narrowed_filters(library, look, filters)
            if topic:
                return _openings(library, library.search(topic, LISTED_DEPTH, narrowed, as_of))
            return _newest(library, narrowed, as_of)


def _read_on(library: Library, hit: Hit, whole: bool) -> list[Hit]:
    with library.index() as index:
        passages = index.article_passages(hit.passage.article.id)
    first = [place for place, passage in enumerate(passages) if passage.start >= hit.passage.start]
    last = [place for place, passage in enumerate(passages) if passage.end <= hit.passage.end]
    if first and last and not whole:
        passages = passages[max(0, first[0] - 1) : last[-1] + 2]
    elif first:  # the lead, then on from the passage: long articles do not fit
        passages = [*dict.fromkeys([passages[0], *passages[first[0] :], *passages])]
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
