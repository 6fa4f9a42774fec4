"""Adds contradictions to an answer, each with exact quotes that are checked in their articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from bot.answer import Answer, Citation, Contradiction, ContradictionKind
from bot.checking.quote_location import locate
from retrieval.article import Article, ArticleInfo


@dataclass(frozen=True, slots=True)
class FoundContradiction:
    """A contradiction with its quotes, in the order of its text; their numbers are ignored."""

    kind: ContradictionKind
    text: str
    quotes: tuple[Citation, ...]


def with_contradictions(
    answer: Answer, found: Iterable[FoundContradiction | None], find: Callable[[ArticleInfo], Article | None]
) -> Answer:
    """The answer with the contradictions, except those with a quote that is no longer in its article."""
    for contradiction in found:
        if contradiction is not None and all(
            locate(quote, find(quote.article)).state == "unchanged" for quote in contradiction.quotes
        ):
            answer = _with_contradiction(answer, contradiction)
    return answer


def _with_contradiction(answer: Answer, found: FoundContradiction) -> Answer:
    numbers = {_span_key(citation): citation.number for citation in answer.citations}
    citations = list(answer.citations)
    for quote in found.quotes:
        if _span_key(quote) not in numbers:
            numbers[_span_key(quote)] = max(numbers.values(), default=0) + 1
            citations.append(replace(quote, number=numbers[_span_key(quote)]))
    cited = tuple(dict.fromkeys(numbers[_span_key(quote)] for quote in found.quotes))
    contradiction = Contradiction(found.kind, found.text, cited)
    return replace(answer, citations=tuple(citations), contradictions=(*answer.contradictions, contradiction))


def _span_key(citation: Citation) -> tuple[str, int, int]:
    return citation.article.id, citation.start, citation.end
