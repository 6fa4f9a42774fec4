"""Explains what an answer is based on: the passages read and cited, and the articles that contradict it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.answer import Answer, Citation
from bot.answer_json import article_json, hit_json
from bot.rendering.sanitize import sanitize_line
from retrieval.hit import Hit
from retrieval.passage import place_of

if TYPE_CHECKING:
    from retrieval.index.generation_state import IndexStatus


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage that was read, and the numbers of the citations that quote it."""

    hit: Hit
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an answer is based on.

    ``differing``: the quotes of other articles that give another figure or date, each with the number of the
    citation that it differs from. ``independent`` counts the cited articles, copies once.
    """

    generation: int
    articles: int
    passages: int
    read: tuple[ReadPassage, ...]
    differing: tuple[tuple[int, Citation], ...]
    independent: int


def explain_answer(answer: Answer, status: IndexStatus) -> Explanation:
    """The explanation of a complete answer, made from the index that *status* describes."""
    return Explanation(
        generation=status.generation,
        articles=status.articles,
        passages=status.passages,
        read=tuple(ReadPassage(hit, _cited_numbers(hit, answer)) for hit in answer.read),
        differing=tuple(_differing(answer)),
        independent=independent_sources(answer),
    )


def independent_sources(answer: Answer) -> int:
    """The number of cited articles, with copies of the same text counted once."""
    copies: dict[str, set[str]] = {}
    for hit in answer.read:
        copies.setdefault(hit.passage.article.id, set()).update(info.id for info in hit.also_in)
    groups: list[set[str]] = []
    for citation in answer.citations:
        group = {citation.article.id} | copies.get(citation.article.id, set())
        overlapping = [other for other in groups if other & group]
        groups = [other for other in groups if not other & group] + [group.union(*overlapping)]
    return len(groups)


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    """The explanation for `footnote ask --explain --json`."""
    return {
        "generation": explanation.generation,
        "articles_searched": explanation.articles,
        "passages_searched": explanation.passages,
        "independent_sources": explanation.independent,
        "read": [{**hit_json(passage.hit), "cited": list(passage.cited)} for passage in explanation.read],
        "dissenting": [
            {"citation": number, "article": article_json(citation.article), "text": citation.quote}
            for number, citation in explanation.differing
        ],
    }


def explanation_lines(explanation: Explanation) -> list[str]:
    """The explanation as lines of text."""
    from bot.rendering.text_rendering import article_line, excerpt

    sources = "source" if explanation.independent == 1 else "sources"
    lines = [
        f"Searched {explanation.articles:,} articles ({explanation.passages:,} passages, generation "
        f"{explanation.generation:,}), read {len(explanation.read)} passages, "
        f"cited {explanation.independent} independent {sources}."
    ]
    for rank, passage in enumerate(explanation.read, 1):
        lines += _passage_lines(rank, passage)
    for number, citation in explanation.differing:
        lines += [f"Differs from [{number}]: {article_line(citation.article)}"]
        lines += [f"     {excerpt(citation.quote)}"]
    return lines


def _passage_lines(rank: int, read: ReadPassage) -> Iterator[str]:
    from bot.rendering.text_rendering import article_line

    passage, hit = read.hit.passage, read.hit
    numbers = "".join(f"[{number}]" for number in read.cited) or "not cited"
    place = place_of(passage.article.path, passage.line, passage.section)
    yield f"{rank:3}. {article_line(passage.article)} · {sanitize_line(place)}"
    ranks = f"rank by meaning {hit.dense or '-'}, by words {hit.lexical or '-'}, score {hit.score:.3f}"
    yield f"     {numbers}; {'among the newest' if hit.listed else ranks}"
    for info in hit.also_in:
        yield f"     {'earlier version' if info.id in hit.earlier else 'also in'}: {article_line(info)}"


def _cited_numbers(hit: Hit, answer: Answer) -> tuple[int, ...]:
    passage = hit.passage
    return tuple(
        citation.number
        for citation in answer.citations
        if citation.article.id == passage.article.id
        and passage.start <= citation.start
        and citation.end <= passage.end
    )


def _differing(answer: Answer) -> Iterator[tuple[int, Citation]]:
    """From the contradictions between articles, whose first citation is the answer's own."""
    citations = {citation.number: citation for citation in answer.citations}
    for contradiction in answer.contradictions:
        if contradiction.kind == "articles":
            own, *others = contradiction.citations
            yield from ((own, citations[number]) for number in others)
