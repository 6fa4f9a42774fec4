"""Finds articles by search: those that fit a description, and the one that the last answer quotes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.catalogue_answers.article_selection import Selection
from bot.question.conversation_mentions import without_markers
from retrieval.hit import Filters
from retrieval.search.ranking import idf
from retrieval.text_analysis import content_stems

if TYPE_CHECKING:
    from retrieval.article import ArticleInfo
    from retrieval.index.index_reader import Index
    from retrieval.library import Library
    from retrieval.passage import Passage

MIN_DESCRIBED = 0.6  # share of a description's words, by idf, that an article must contain
MIN_OF_BEST = 0.8  # share of the best article's score that further articles must reach
MIN_QUOTED = 0.8  # share of the words of the last answer that its source must contain


def described_articles(
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


def quoted_article(
    library: Library, index: Index, history: Sequence[tuple[str, str]], as_of: date
) -> Selection | None:
    """The article that the last answer quotes; the only article if nothing was asked before; else None."""
    if not history:
        articles = index.articles()
        return Selection(((articles[0], None),)) if len(articles) == 1 else None
    said = without_markers(history[-1][1])
    words = set(content_stems(said)) if said.strip() else set()
    for hit in library.search(said, 3, None, as_of) if words else ():
        if len(words & set(content_stems(hit.passage.text))) >= MIN_QUOTED * len(words):
            return Selection(((hit.passage.article, hit.passage),))
    return None
