"""Quotes checked against the articles as they are now: an answer never shows one that is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from bot.answer import Answer, Citation, Sentence
from retrieval.article import Article, ArticleInfo
from retrieval.text_lines import line_at

State = Literal["unchanged", "moved", "changed", "deleted"]


@dataclass(frozen=True, slots=True)
class LocatedQuote:
    """A quote looked up in its article now; ``start`` and ``end`` are its place, -1 when it has none."""

    state: State
    article: Article | None
    start: int
    end: int


def locate(citation: Citation, article: Article | None) -> LocatedQuote:
    """Where the quote of a citation stands in its article now, which is None when it is gone."""
    if article is None:
        return LocatedQuote("deleted", None, -1, -1)
    if article.text[citation.start : citation.end] == citation.quote:
        return LocatedQuote("unchanged", article, citation.start, citation.end)
    start = _nearest(article.text, citation.quote, citation.start)
    if start < 0:
        return LocatedQuote("changed", article, -1, -1)
    return LocatedQuote("moved", article, start, start + len(citation.quote))


def _nearest(text: str, quote: str, start: int) -> int:
    """Where *quote* begins in *text*, the place nearest to *start*; -1 when it is not there."""
    after = text.find(quote, max(0, start))
    before = text.rfind(quote, 0, max(0, start) + len(quote))
    places = [place for place in (before, after) if place >= 0]
    return min(places, key=lambda place: abs(place - start), default=-1)


def without_lost_quotes(answer: Answer, find: Callable[[ArticleInfo], Article | None]) -> Answer:
    """The answer without the citations whose quote is not in its article now, and moved ones set right.

    A sentence that loses all its citations is dropped when it was a quote itself, else it is unsupported.
    """
    kept: dict[int, Citation] = {}
    for citation in answer.citations:
        place = locate(citation, find(citation.article))
        if place.article is not None and place.start >= 0:
            shift = place.start - citation.start
            kept[citation.number] = _moved(citation, shift, place.article.text) if shift else citation
    if len(kept) == len(answer.citations):
        return replace(answer, citations=tuple(kept.values()))
    sentences = tuple(
        left for sentence in answer.sentences if (left := _with_citations(sentence, kept, answer)) is not None
    )
    notice = (
        answer.notice or "An article has changed since the last sync; what it no longer says is left out."
    )
    status = answer.status if sentences else "not_found"
    return replace(answer, sentences=sentences, citations=tuple(kept.values()), notice=notice, status=status)


def _moved(citation: Citation, shift: int, text: str) -> Citation:
    start = citation.start + shift
    return replace(
        citation,
        start=start,
        end=citation.end + shift,
        line=line_at(text, start),
        passage_start=max(0, citation.passage_start + shift),
        passage_end=min(len(text), citation.passage_end + shift),
    )


def _with_citations(sentence: Sentence, kept: dict[int, Citation], answer: Answer) -> Sentence | None:
    numbers = tuple(number for number in sentence.citations if number in kept)
    if numbers == sentence.citations:
        return sentence
    if numbers:
        return replace(sentence, citations=numbers)
    return None if answer.mode == "extractive" else replace(sentence, citations=(), support="unsupported")
