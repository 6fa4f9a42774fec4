"""Locates quotes in the articles as they are now, so that an answer shows none that is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from bot.answer import Answer, Citation, Sentence
from bot.localization import localized
from retrieval.article import Article, ArticleInfo
from retrieval.hit import Hit
from retrieval.text_lines import line_at

LOST_QUOTES = "An article has changed since the last sync; quotes it no longer has are left out."
QuoteState = Literal["unchanged", "moved", "changed", "deleted"]


@dataclass(frozen=True, slots=True)
class LocatedQuote:
    """A quote in its article as it is now; ``start`` and ``end`` are -1 if the article does not have it."""

    state: QuoteState
    article: Article | None
    start: int
    end: int


def locate(citation: Citation, article: Article | None) -> LocatedQuote:
    """Locate the quote of a citation in *article*, None if the article was deleted."""
    if article is None:
        return LocatedQuote("deleted", None, -1, -1)
    if article.text[citation.start : citation.end] == citation.quote:
        return LocatedQuote("unchanged", article, citation.start, citation.end)
    start = _nearest(article.text, citation.quote, citation.start)
    if start < 0:
        return LocatedQuote("changed", article, -1, -1)
    return LocatedQuote("moved", article, start, start + len(citation.quote))


def _nearest(text: str, quote: str, start: int) -> int:
    """The offset of *quote* in *text* that is nearest to *start*; -1 if it is not there."""
    after = text.find(quote, max(0, start))
    before = text.rfind(quote, 0, max(0, start) + len(quote))
    offsets = [offset for offset in (before, after) if offset >= 0]
    return min(offsets, key=lambda offset: abs(offset - start), default=-1)


def without_lost_quotes(answer: Answer, find: Callable[[ArticleInfo], Article | None]) -> Answer:
    """The answer without citations whose quote is no longer in its article; moved quotes are relocated.

    A sentence that loses all its citations is dropped if it is a quote itself, else it becomes unsupported.
    """
    kept: dict[int, Citation] = {}
    for citation in answer.citations:
        quote = locate(citation, find(citation.article))
        if quote.article is not None and quote.start >= 0:
            shift = quote.start - citation.start
            kept[citation.number] = _moved(citation, shift, quote.article.text) if shift else citation
    if len(kept) == len(answer.citations):
        return replace(answer, citations=tuple(kept.values()))
    sentences = tuple(
        left for sentence in answer.sentences if (left := _with_citations(sentence, kept, answer)) is not None
    )
    notice = answer.notice or localized(LOST_QUOTES)
    status = answer.status if sentences else "not_found"
    return replace(
        answer,
        sentences=sentences,
        citations=tuple(kept.values()),
        contradictions=tuple(c for c in answer.contradictions if kept.keys() >= set(c.citations)),
        notice=notice,
        status=status,
    )


def present_hits(
    hits: Iterable[Hit], find: Callable[[ArticleInfo], Article | None], limit: int
) -> tuple[Hit, ...]:
    """The first *limit* hits whose passage is still in its article; moved passages are relocated."""
    found = (present for hit in hits if (present := _present(hit, find(hit.passage.article))) is not None)
    return tuple(islice(found, limit))


def _present(hit: Hit, article: Article | None) -> Hit | None:
    passage = hit.passage
    start = _nearest(article.text, passage.text, passage.start) if article is not None else -1
    if article is None or start < 0:
        return None
    shift = start - passage.start
    if not shift:
        return hit
    moved = replace(
        passage,
        start=start,
        end=passage.end + shift,
        line=line_at(article.text, start),
        sentences=tuple((first + shift, last + shift) for first, last in passage.sentences),
    )
    return replace(hit, passage=moved)


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
