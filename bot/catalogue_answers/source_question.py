"""Answers the part of a question that asks about its own answer: "How many came, and who reported it?"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation
from bot.catalogue_answers.catalogue_answer import catalogue_answer
from bot.catalogue_answers.catalogue_names import Sources
from bot.catalogue_answers.catalogue_request import catalogue_request
from bot.question.conversation import turn_of
from bot.question.parsed_question import parse_question

if TYPE_CHECKING:
    from retrieval.library import Library


def split_source_question(question: str) -> tuple[str, str]:
    """The question without a last part about its answer, and that part; "" if it has none.

    >>> split_source_question("How many came, and who reported it?")
    ('How many came', 'who reported it?')
    """
    *parts, last = parse_question(question).parts
    request = catalogue_request(last, Sources(), date.max) if parts else None
    if request is None or not request.of_answer:
        return question, ""
    return question[: question.rindex(parts[-1]) + len(parts[-1])], last


def with_sources(library: Library, answer: Answer, part: str, as_of: date) -> Answer:
    """A complete answer with the answer to *part*, which asks about the articles that it cites."""
    found = catalogue_answer(library, part, (turn_of(answer),), None, as_of)
    if answer.status != "answered" or found is None or not found.sentences:
        return answer
    numbers = {_span(citation): citation.number for citation in answer.citations}
    renumbered = {
        citation.number: numbers.setdefault(_span(citation), len(numbers) + 1) for citation in found.citations
    }
    cited = (replace(citation, number=renumbered[citation.number]) for citation in found.citations)
    new = (citation for citation in cited if citation.number > len(answer.citations))
    sentences = tuple(
        replace(
            sentence,
            citations=tuple(renumbered[number] for number in sentence.citations),
            lead=sentence.lead or "\n\n",
        )
        for sentence in found.sentences
    )
    return replace(answer, sentences=answer.sentences + sentences, citations=(*answer.citations, *new))


def _span(citation: Citation) -> tuple[str, int, int]:
    return citation.article.id, citation.start, citation.end
