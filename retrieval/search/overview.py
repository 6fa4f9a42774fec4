"""Questions for what there is: "What happened in March 2021?", "Any news from The Quay?", "latest headlines".

No passage is near to such a question. What answers it are the openings of the articles of those days or
publishers, the newest first.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from retrieval.hit import Filters, Hit
from retrieval.search.deduplicate import deduplicate
from retrieval.search.ranking import RankingQuery
from retrieval.text_analysis import stems, without_stop_words

if TYPE_CHECKING:
    from retrieval.article import ArticleInfo
    from retrieval.index.index_reader import Index

_SPARE = 3  # times as many articles are opened as are wanted, as some are copies or earlier versions
_CUE = re.compile(  # one of these words must stand in the question, or a publisher's name
    r"\b(?:news|headlines?|happen(?:ed|s|ing)?|(?:going|went)\s+on|(?:top|main|latest|recent|new|all|the)\s+stories"
    r"|articles?|summari[sz]e|summary|overview|digest|developments|what(?:['’]?s|\s+is)\s+(?:new|the\s+latest|up)|anything\s+new|(?:corpus|library)\s+about)\b",
    re.IGNORECASE,
)
_NEWS = re.compile(r"\b(?:news|headlines|articles|stories)\b", re.IGNORECASE)
_OF_SOMETHING = re.compile(  # what happened, but to something that is not said here
    r"\b(?:why|how(?!\s+many\s+(?:articles|stories)\b)|who|whom|whose|where|when|next|then|afterwards?|before|else"
    r"|it|its|he|she|they|him|her|them|his|their|there(?!\s+(?:is|are|any)\b|\W*$))\b",
    re.IGNORECASE,
)
_SAYS_NOTHING = frozenset(
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
    """Whether a question names nothing but days and publishers of the index, and asks what there is.

    "What happened?" does; "What happened next?" leans on something that was said.
    """
    rest = query.plain
    for window in query.windows:
        rest = rest.replace(window.text, " ", 1)
    return bool(query.publishers or _CUE.search(rest)) and _names_nothing(rest)


def asks_for_news(question: str) -> bool:
    """Whether a question asks for the news or the articles as such, whatever was spoken of before.

    >>> asks_for_news("Show me the latest headlines"), asks_for_news("What happened?")
    (True, False)
    """
    return bool(_NEWS.search(question)) and _names_nothing(question)


def _names_nothing(text: str) -> bool:
    return not _OF_SOMETHING.search(text) and frozenset(without_stop_words(stems(text))) <= _SAYS_NOTHING


def overview(index: Index, query: RankingQuery, filters: Filters, limit: int) -> list[Hit]:
    """The openings of the articles that an overview is asked of, the newest first; none when no article is
    of the days that the question names."""
    chosen = [info for info in index.articles() if filters.accept(info) and _is_meant(query, info)]
    there = [info for info in chosen if info.day is None or info.day <= query.as_of] or chosen
    there.sort(key=lambda info: (-(info.day or date.min).toordinal(), info.path))
    openings = {}
    for info in there[: _SPARE * limit]:
        openings.update({passage.id: passage for passage in index.article_passages(info.id)[:1]})
    current = index.related_articles.current(openings, filters, query.as_of)
    hits = [Hit(passage, 1 / place, listed=len(there)) for place, passage in enumerate(current.values(), 1)]
    return index.related_articles.name_others(deduplicate(hits, limit))


def _is_meant(query: RankingQuery, info: ArticleInfo) -> bool:
    if query.publishers and info.publisher not in query.publishers:
        return False
    if not query.windows:
        return True
    day = info.day
    return day is not None and any(not window.distance(day) for window in query.windows)
