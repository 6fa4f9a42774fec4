"""Finds the articles that a question is about: by subject, publisher, author and day, or by a description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from bot.catalogue_answers.article_selection import Selection, select_articles
from bot.catalogue_answers.catalogue_names import Sources, names_of
from bot.catalogue_answers.catalogue_request import CatalogueRequest, catalogue_request
from retrieval.article import ArticleInfo
from retrieval.hit import Filters
from retrieval.search.ranking import idf
from retrieval.tags import count_tags
from retrieval.text_analysis import content_stems

if TYPE_CHECKING:
    from retrieval.index.index_reader import Index
    from retrieval.library import Library
    from retrieval.passage import Passage

MIN_DESCRIBED = 0.6  # share of a description's words, by idf, that an article must contain
MIN_OF_BEST = 0.8  # share of the best article's score that further articles must reach
_SOURCES: WeakKeyDictionary[Index, Sources] = WeakKeyDictionary()


def requested_articles(
    library: Library, index: Index, request: CatalogueRequest, filters: Filters, as_of: date
) -> Selection:
    """The articles that *request* names, newest first.

    If none is about its subject, they are the articles that fit it as a description, best first.
    """
    window = request.window
    chosen = replace(
        filters,
        since=(window.since if window else None) or filters.since,
        until=(window.until if window else None) or filters.until,
        publishers=request.publishers or filters.publishers,
        tags=request.tags or filters.tags,
    )
    selection = select_articles(index, request.subject, chosen, as_of, mention=request.mention)
    if request.authors:
        written = tuple(pair for pair in selection.articles if _is_by(pair[0], request.authors))
        selection = replace(selection, articles=written)
    one = request.fact in ("author", "date")
    if request.subject and not request.mention and (not selection.articles or (one and selection.mentioned)):
        return _described(library, index, request.subject, chosen, as_of, one=one) or selection
    return selection


def listed_articles(
    library: Library, words: str, as_of: date, filters: Filters | None = None
) -> list[ArticleInfo]:
    """The articles that *words* describe ("mentioning ferries", "by Ines Haldane in 2021"); all for "".

    Words that do not describe articles in that way must all be in their metadata, ignoring case.
    """
    filters = filters or Filters()
    infos = [info for info in library.articles() if filters.accept(info)]
    request = catalogue_request(f"list articles {words}", sources_of(infos), as_of) if words else None
    if request is None or request.fact != "list" or request.of_answer:
        wanted = words.casefold().split()
        return [info for info in infos if all(word in _metadata(info) for word in wanted)]
    with library.index() as index:
        return [info for info, _ in requested_articles(library, index, request, filters, as_of).articles]


def _metadata(info: ArticleInfo) -> str:
    names = (info.title, info.publisher, info.author, info.id, info.date, *(f"#{tag}" for tag in info.tags))
    return " ".join(filter(None, names)).casefold()


def listing_words(request: CatalogueRequest, sources: Sources, as_of: date) -> str | None:
    """The words for which `listed_articles` finds the same articles; None if there are none."""
    parts = (
        f"{'mentioning' if request.mention else 'about'} {request.subject}" if request.subject else "",
        *(f"from {publisher}" for publisher in request.publishers),
        *(f"by {author}" for author in request.authors),
        *(f"tagged {tag}" for tag in request.tags),
        f"in {request.window.text}" if request.window else "",
    )
    words = " ".join(filter(None, parts))
    parsed = catalogue_request(f"list articles {words}", sources, as_of)
    return words if parsed and _criteria(parsed) == _criteria(request) else None


def _criteria(request: CatalogueRequest) -> tuple[object, ...]:
    """What decides which articles are found for a request."""
    days = (request.window.since, request.window.until) if request.window else None
    named = (request.publishers, request.authors, request.tags)
    return (request.subject, request.mention, *named, days, request.of_answer)


def indexed_sources(index: Index) -> Sources:
    """The publishers, authors and tags of all articles; they are collected once for each generation."""
    return _SOURCES.get(index) or _SOURCES.setdefault(index, sources_of(index.articles()))


def sources_of(infos: Sequence[ArticleInfo]) -> Sources:
    """The publishers, authors and tags of articles."""
    publishers = dict.fromkeys(info.publisher for info in infos if info.publisher)
    authors = dict.fromkeys(names_of(info.author for info in infos if info.author))
    tags = tuple(tag for tag, _ in count_tags(info.tags for info in infos))
    return Sources(tuple(publishers), tuple(authors), tags)


def _is_by(info: ArticleInfo, authors: Sequence[str]) -> bool:
    return info.author is not None and not set(authors).isdisjoint(names_of([info.author]))


def _described(
    library: Library, index: Index, description: str, filters: Filters, as_of: date, *, one: bool
) -> Selection | None:
    """The articles that a description fits ("the apology of the council"), or the best *one*; else None.

    The score is the share of its words in the article plus the share in the title.
    """
    lexical = index.lexical
    weights = idf(content_stems(description), lexical.document_frequency, lexical.count())
    total = sum(weights.values()) or 1.0

    def share(text: str) -> float:
        contained = set(content_stems(text))
        return sum(weight for word, weight in weights.items() if word in contained) / total

    found: dict[str, tuple[ArticleInfo, Passage | None]] = {}
    for hit in library.search(description, 10, filters, as_of):
        found.setdefault(hit.passage.article.id, (hit.passage.article, hit.passage))
    scores: dict[str, float] = {}
    for key, (info, _) in found.items():
        text = " ".join(passage.text for passage in index.article_passages(key))
        if (covered := share(f"{info.title} {text}")) >= MIN_DESCRIBED:
            scores[key] = covered + share(info.title)
    if not scores:
        return None
    ordered = sorted(scores, key=lambda key: -scores[key])
    keys = [key for key in ordered if scores[key] >= MIN_OF_BEST * scores[ordered[0]]]
    return Selection(tuple(found[key] for key in (keys[:1] if one else keys)))
