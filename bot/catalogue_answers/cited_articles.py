"""Finds the articles that the last answer of a conversation cites."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Citation
from bot.catalogue_answers.article_selection import Selection
from bot.question.conversation import Turn
from bot.question.conversation_mentions import without_markers
from retrieval.passage import Passage
from retrieval.text_analysis import content_stems

if TYPE_CHECKING:
    from retrieval.index.index_reader import Index
    from retrieval.library import Library

MIN_QUOTED = 0.8  # share of the words of an answer without citations that its source must contain


def cited_articles(library: Library, index: Index, turns: Sequence[Turn], as_of: date) -> Selection:
    """The articles that the last turn cites, in its order, each with its first quote.

    A turn without citations (read from a file) is searched for. Without turns, it is the only article.
    """
    if not turns:
        articles = index.articles()
        return Selection(((articles[0], None),) if len(articles) == 1 else ())
    if turns[-1].citations:
        quotes: dict[str, Passage] = {}
        for citation in turns[-1].citations:
            quotes.setdefault(citation.article.id, _quoted(citation))
        found = ((index.article(key), quote) for key, quote in quotes.items())
        return Selection(tuple((info, quote) for info, quote in found if info))
    said = without_markers(turns[-1].answer)
    words = set(content_stems(said))
    for hit in library.search(said, 3, None, as_of) if words else ():
        if len(words & set(content_stems(hit.passage.text))) >= MIN_QUOTED * len(words):
            return Selection(((hit.passage.article, hit.passage),))
    return Selection()


def _quoted(citation: Citation) -> Passage:
    span = (citation.start, citation.end)
    return Passage(citation.article, citation.quote, *span, citation.line, citation.section, (span,))
