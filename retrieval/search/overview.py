"""Answers overview questions: "What happened in March 2021?", "Any news from The Quay?", "latest headlines".

No passage is similar to such a question. It is answered with the opening passages of the articles from those
days or publishers, newest first.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from retrieval.hit import Filters, Hit
from retrieval.question_words import PRONOUNS, WH_WORDS
from retrieval.search.deduplicate import deduplicate
from retrieval.search.ranking import RankingQuery
from retrieval.text_analysis import stems, topic_stems

if TYPE_CHECKING:
    from retrieval.article import ArticleInfo
    from retrieval.index.index_reader import Index

_OVERFETCH = 3  # times *limit* articles are read, as some are copies or earlier versions
_CUE = re.compile(  # the question contains one of these words or a publisher
    r"\b(?:news|headlines?|happen(?:ed|s|ing)?|(?:going|went)\s+on|(?:top|main|latest|recent|new|all|the)\s+stories"
    r"|articles?|summari[sz]e|summary|overview|digest|developments|what(?:['’]?s|\s+is)\s+(?:new|the\s+latest|up)|anything\s+new|(?:corpus|library)\s+about)\b",
    re.IGNORECASE,
)
_NEWS = re.compile(r"\b(?:news|headlines|articles|stories)\b", re.IGNORECASE)
# Words for what happened to something that is not named here, except in these phrases.
_REFERS_TO_CONTEXT = (
    (WH_WORDS - {"what", "which"})
    | PRONOUNS
    | frozenset("next then afterwards afterward before else there".split())
)
_REFERS_TO_NOTHING = re.compile(r"\bhow\s+many\s+(?:articles|stories)\b|\bthere(?=\s+(?:is|are|any)\b|\W*$)")
_GENERIC_STEMS = frozenset(
    stem
    for word in (
        "news headline happen happened happening go going went story article piece text title new newest "
        "latest recent recently today currently give show list read see tell summary summarise summarize "
        "overview digest brief briefing main top important biggest big key interesting event thing topic "
        "subject theme cover covered coverage content corpus collection archive library report reported "
        "reporting write wrote written publish published say said know world lately now update "
        "development anything something everything what's whats up please current breaking find deal "
        "mention"
    ).split()
    for stem in stems(word)
)


def asks_overview(query: RankingQuery) -> bool:
    """True if a question names nothing but days and publishers of the index, and asks for an overview.

    "What happened?" does; "What happened next?" refers to its conversation.
    """
    text = query.plain
    for window in query.windows:
        text = text.replace(window.text, " ", 1)
    return bool(query.publishers or _CUE.search(text)) and _has_no_topic(text)


def asks_for_news(question: str) -> bool:
    """True if a question asks for the news or the articles in general, whatever the conversation is about.

    >>> asks_for_news("Show me the latest headlines"), asks_for_news("What happened?")
    (True, False)
    """
    return bool(_NEWS.search(question)) and _has_no_topic(question)


def _has_no_topic(text: str) -> bool:
    words = re.findall(r"\w+", _REFERS_TO_NOTHING.sub("", text.lower()))
    return _REFERS_TO_CONTEXT.isdisjoint(words) and frozenset(topic_stems(text)) <= _GENERIC_STEMS


def overview(index: Index, query: RankingQuery, filters: Filters, limit: int) -> list[Hit]:
    """The opening passages of the matching articles, newest first.

    Empty when no article is from the days that the question names. Articles from after the day of the
    question are listed only if there are no others.
    """
    matching = [info for info in index.articles() if filters.accept(info) and _matches(query, info)]
    articles = [info for info in matching if info.day is None or info.day <= query.as_of] or matching
    articles.sort(key=lambda info: (-(info.day or date.min).toordinal(), info.path))
    openings = {}
    for info in articles[: _OVERFETCH * limit]:
        openings.update({passage.id: passage for passage in index.article_passages(info.id)[:1]})
    current = index.related_articles.current(openings, filters, query.as_of)
    hits = [Hit(passage, 1 / rank, listed=len(articles)) for rank, passage in enumerate(current.values(), 1)]
    return index.related_articles.attach_related(deduplicate(hits, limit), filters.within)


def _matches(query: RankingQuery, info: ArticleInfo) -> bool:
    if query.publishers and info.publisher not in query.publishers:
        return False
    if not query.windows:
        return True
    day = info.day
    return day is not None and any(not window.distance(day) for window in query.windows)
