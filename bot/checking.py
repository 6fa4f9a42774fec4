"""Quotes checked against the articles as they are now: an answer never shows one that is not there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

from bot.answer import Answer, Citation, Sentence
from retrieval.article import Article, ArticleInfo
from retrieval.lines import line_at

State = Literal["unchanged", "moved", "changed", "deleted"]
_ITEM = re.compile(r"\n\s*(?:[-*+•]|\d{1,2}[.)])\s")  # in the white space before an item of a list
_WORTH = {"supported": 1.0, "partly": 0.5, "unsupported": 0.0}


@dataclass(frozen=True, slots=True)
class Located:
    """A quote looked up in its article now; ``start`` and ``end`` are its place, -1 when it has none."""

    state: State
    article: Article | None
    start: int
    end: int


def locate(citation: Citation, article: Article | None) -> Located:
    """Where the quote of a citation stands in its article now, which is None when it is gone."""
    if article is None:
        return Located("deleted", None, -1, -1)
    if article.text[citation.start : citation.end] == citation.quote:
        return Located("unchanged", article, citation.start, citation.end)
    start = _nearest(article.text, citation.quote, citation.start)
    if start < 0:
        return Located("changed", article, -1, -1)
    return Located("moved", article, start, start + len(citation.quote))


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


def confident(answer: Answer) -> Answer:
    """A model's answer with its confidence: the mean worth of its sentences' verdicts."""
    if answer.mode != "model":
        return answer
    if answer.status == "not_found" or not answer.sentences:
        return replace(answer, confidence=0.0)
    worth = sum(_WORTH[sentence.support] for sentence in answer.sentences)
    return replace(answer, confidence=worth / len(answer.sentences))


def settled(answer: Answer) -> Answer:
    """A growing answer without its last sentence, which may still grow and get citations."""
    return answer if answer.complete else replace(answer, sentences=answer.sentences[:-1])


def without_unsupported(answer: Answer) -> Answer:
    """The answer without its unsupported sentences, and without citations and leads that were theirs alone.

    A complete answer says in ``notice`` how many were left out; without a sentence left it is not found.
    """
    said = answer.sentences
    count = sum(sentence.support == "unsupported" for sentence in said)
    kept = tuple(
        sentence
        for place, sentence in enumerate(said)
        if sentence.support != "unsupported" and not _leads_nowhere(sentence, said[place + 1 :])
    )
    left = replace(answer, sentences=kept)
    if answer.complete and count:
        notice = " ".join(filter(None, (answer.notice, left_out(count))))
        left = replace(left, notice=notice, status=answer.status if kept else "not_found")
    return renumbered(left)


def _leads_nowhere(sentence: Sentence, following: Sequence[Sentence]) -> bool:
    """Whether a line such as "The companies:" has lost all that it leads to."""
    if sentence.citations or not sentence.text.rstrip(" *_").endswith(":"):
        return False
    items = tuple(takewhile(lambda each: _ITEM.search(each.lead), following)) or following[:1]
    return all(each.support == "unsupported" for each in items)


def left_out(count: int) -> str:
    """What a person is told of sentences that were left out."""
    if count == 1:
        return "1 sentence was left out because the articles do not support it."
    return f"{count} sentences were left out because the articles do not support them."


def renumbered(answer: Answer) -> Answer:
    """The answer with the citations that are used, numbered anew from 1 in the order of their first use."""
    used = [number for sentence in answer.sentences for number in sentence.citations]
    used += [number for each in answer.contradictions for number in each.citations]
    numbers = {old: new for new, old in enumerate(dict.fromkeys(used), 1)}
    cited = {citation.number: citation for citation in answer.citations}
    return replace(
        answer,
        sentences=tuple(
            replace(each, citations=tuple(numbers[n] for n in each.citations)) for each in answer.sentences
        ),
        contradictions=tuple(
            replace(each, citations=tuple(numbers[n] for n in each.citations))
            for each in answer.contradictions
        ),
        citations=tuple(replace(cited[old], number=new) for old, new in numbers.items()),
    )
