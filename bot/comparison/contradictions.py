"""What speaks against an answer is added to it, each with its exact quotes, checked in their articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from bot.answer import Answer, Citation, Contradiction, ContradictionKind
from bot.checking.quote_location import locate
from retrieval.article import Article, ArticleInfo


@dataclass(frozen=True, slots=True)
class FoundContradiction:
    """A contradiction with its quotes, in the order of its text; their numbers are not used."""

    kind: ContradictionKind
    text: str
    quotes: tuple[Citation, ...]


def with_contradictions(
    answer: Answer, found: Iterable[FoundContradiction | None], find: Callable[[ArticleInfo], Article | None]
) -> Answer:
    """The answer with what was found; left out is what rests on a quote that is not in its article now."""
    for each in found:
        if each is not None and all(
            locate(quote, find(quote.article)).state == "unchanged" for quote in each.quotes
        ):
            answer = _with(answer, each)
    return answer


def _with(answer: Answer, found: FoundContradiction) -> Answer:
    numbers = {_place(citation): citation.number for citation in answer.citations}
    citations = list(answer.citations)
    for quote in found.quotes:
        if _place(quote) not in numbers:
            numbers[_place(quote)] = max(numbers.values(), default=0) + 1
            citations.append(replace(quote, number=numbers[_place(quote)]))
    cited = tuple(dict.fromkeys(numbers[_place(quote)] for quote in found.quotes))
    contradiction = Contradiction(found.kind, found.text, cited)
    return replace(answer, citations=tuple(citations), contradictions=(*answer.contradictions, contradiction))


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.article.id, citation.start, citation.end
