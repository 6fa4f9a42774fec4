"""Finds other articles that support a sentence, to be cited as further sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from bot.checking.unsupported_facts import unsupported_facts
from bot.citations import best_span
from retrieval.calendar_terms import WEEKDAYS, any_of
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.text_analysis import content_stems

MAX_SOURCES = 2  # further sources
MIN_OVERLAP = 0.6  # share of the sentence's stems that a quote must contain to be judged at all
MIN_STEMS = 5  # content stems of a sentence; a shorter one could be about anything
_NAME = re.compile(rf"\b(?!{any_of(day.title() for day in WEEKDAYS)})[A-Z][\w’'-]+")


def corroborations(sentence: str, article_id: str, hits: Sequence[Hit]) -> list[tuple[Passage, int, int]]:
    """Spans of articles other than *article_id* that fully support the sentence, one span per article.

    Spans are offsets in the article's text. Reprints, copies and other versions do not count as sources.
    """
    return list(islice(_supporting_spans(sentence, article_id, hits), MAX_SOURCES))


def _supporting_spans(
    sentence: str, article_id: str, hits: Sequence[Hit]
) -> Iterator[tuple[Passage, int, int]]:
    stems = frozenset(content_stems(sentence))
    names = frozenset(content_stems(" ".join(_NAME.findall(sentence))))
    seen = _copies(article_id, hits)
    for hit in hits if len(stems) >= MIN_STEMS else ():
        passage = hit.passage
        if passage.article.id in seen:
            continue
        start, end = best_span(sentence, passage)
        quote = passage.text[start - passage.start : end - passage.start]
        quote_stems = frozenset(content_stems(quote))
        if len(stems & quote_stems) < MIN_OVERLAP * len(stems) or not names <= quote_stems:
            continue
        if not unsupported_facts(sentence, [quote, passage.head]):
            seen |= _copies(passage.article.id, hits)
            yield passage, start, end


def _copies(article_id: str, hits: Sequence[Hit]) -> set[str]:
    """The ids of an article and of its reprints, copies and versions among the hits."""
    groups = [{hit.passage.article.id, *(info.id for info in hit.also_in)} for hit in hits]
    return {article_id}.union(*(group for group in groups if article_id in group))
