"""The ledger of an answer: which passages were read for it, which are cited, and which say otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.answer import Answer, Citation, article_json, hit_json
from bot.rendering.text_rendering import sanitize_line
from retrieval.article import ArticleInfo
from retrieval.hit import Hit

if TYPE_CHECKING:
    from retrieval.index.index_reader import IndexStatus

_ALIKE = 0.5  # share of the shorter sentence's stems: above it two sentences speak of the same thing
_LEAST = 4  # stems shared, at least
_RANGE = 2.0  # figures that differ by a greater factor are of different things
_NOUN = re.compile(r"\W*(?:(?:hundred|thousand|million|billion|trillion)\W+)?([^\W\d_]+)")


@dataclass(frozen=True, slots=True)
class Dissent:
    """A sentence that gives another figure than the quote with this number."""

    number: int
    article: ArticleInfo
    text: str


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage that was read, and the numbers of the citations that quote it; () when none does."""

    hit: Hit
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an answer rests on. ``independent`` counts the cited articles, reprints folded."""

    generation: int
    articles: int
    passages: int
    entries: tuple[ReadPassage, ...]
    dissents: tuple[Dissent, ...]
    independent: int


def explain_answer(answer: Answer, status: IndexStatus) -> Explanation:
    """The ledger of a complete answer, from the index that *status* describes."""
    return Explanation(
        generation=status.generation,
        articles=status.articles,
        passages=status.passages,
        entries=tuple(ReadPassage(hit, _numbers(hit, answer.citations)) for hit in answer.read),
        dissents=tuple(_dissents(answer)),
        independent=independent_sources(answer),
    )


def independent_sources(answer: Answer) -> int:
    """How many articles are cited, those that hold the same text counted once."""
    copies: dict[str, set[str]] = {}
    for hit in answer.read:
        copies.setdefault(hit.passage.article.id, set()).update(info.id for info in hit.also_in)
    groups: list[set[str]] = []
    for citation in answer.citations:
        one = {citation.article.id} | copies.get(citation.article.id, set())
        joined = [group for group in groups if group & one]
        groups = [group for group in groups if not group & one] + [one.union(*joined)]
    return len(groups)


def differing_figures(one: str, other: str) -> bool:
    """Whether two sentences speak of the same thing and give another figure for it.

    >>> differing_figures("The court fined the mill 40 crowns for smoke.", "It sold the mill for 35 crowns.")
    False
    >>> differing_figures("A court fined the mill 40 crowns.", "The mill was fined 35 crowns by a court.")
    True
    """
    from retrieval.text_analysis import content_stems

    first, second = set(_words(content_stems(one))), set(_words(content_stems(other)))
    shared = len(first & second)
    if shared < _LEAST or shared < _ALIKE * min(len(first), len(second)):
        return False
    ours, theirs = _counted(one), _counted(other)
    return any(
        not mine & theirs[noun] and any(_near(value, theirs[noun]) for value in mine)
        for noun, mine in ours.items()
        if noun in theirs
    )


def explanation_json(ledger: Explanation) -> dict[str, Any]:
    """The ledger as `footnote ask --explain --json` shows it."""
    return {
        "generation": ledger.generation,
        "articles_searched": ledger.articles,
        "passages_searched": ledger.passages,
        "independent_sources": ledger.independent,
        "read": [{**hit_json(entry.hit), "cited": list(entry.cited)} for entry in ledger.entries],
        "dissenting": [
            {"citation": each.number, "article": article_json(each.article), "text": each.text}
            for each in ledger.dissents
        ],
    }


def explanation_lines(ledger: Explanation) -> list[str]:
    """The ledger for a person."""
    from bot.rendering.text_rendering import article_line, excerpt

    sources = "source" if ledger.independent == 1 else "sources"
    lines = [
        f"Searched {ledger.articles:,} articles ({ledger.passages:,} passages, generation "
        f"{ledger.generation:,}), read {len(ledger.entries)} passages, "
        f"cited {ledger.independent} independent {sources}."
    ]
    for rank, entry in enumerate(ledger.entries, 1):
        lines += _entry_lines(rank, entry)
    for each in ledger.dissents:
        lines += [f"Another figure than [{each.number}]: {article_line(each.article)}"]
        lines += [f"     {excerpt(each.text)}"]
    return lines


def _entry_lines(rank: int, entry: ReadPassage) -> Iterator[str]:
    from bot.rendering.text_rendering import article_line

    passage, hit = entry.hit.passage, entry.hit
    numbers = "".join(f"[{number}]" for number in entry.cited) or "not cited"
    yield f"{rank:3}. {article_line(passage.article)} · {sanitize_line(passage.article.path)}:{passage.line}"
    ranks = f"rank by meaning {hit.dense or '-'}, by words {hit.lexical or '-'}, score {hit.score:.3f}"
    yield f"     {numbers}; {'among the newest' if hit.listed else ranks}"
    for info in hit.also_in:
        yield f"     {'earlier version' if info.id in hit.earlier else 'also in'}: {article_line(info)}"


def _numbers(hit: Hit, citations: Iterable[Citation]) -> tuple[int, ...]:
    passage = hit.passage
    return tuple(
        each.number
        for each in citations
        if each.article.id == passage.article.id and passage.start <= each.start and each.end <= passage.end
    )


def _dissents(answer: Answer) -> Iterator[Dissent]:
    seen: set[tuple[int, str]] = set()
    for citation in answer.citations:
        for hit in answer.read:
            if hit.passage.article.id == citation.article.id:
                continue
            for text in _sentences(hit):
                if (citation.number, text) not in seen and differing_figures(citation.quote, text):
                    seen.add((citation.number, text))
                    yield Dissent(citation.number, hit.passage.article, text)


def _sentences(hit: Hit) -> list[str]:
    passage = hit.passage
    return [passage.text[start - passage.start : end - passage.start] for start, end in passage.sentences]


def _counted(sentence: str) -> dict[str, set[float]]:
    """What is counted -> its figures: {"crowns": {412000000.0}}."""
    from bot.checking.figures import figures

    found: dict[str, set[float]] = {}
    for figure in figures(sentence):
        noun = _NOUN.match(sentence, figure.end)
        unit = figure.unit or (noun[1].lower() if noun else "")
        if unit and not figure.loose:
            found.setdefault(unit, set()).add(figure.value)
    return found


def _near(value: float, others: Iterable[float]) -> bool:
    return any(1 / _RANGE <= other / value <= _RANGE for other in others if value and other)


def _words(stems: Sequence[str]) -> list[str]:
    return [stem for stem in stems if not stem[:1].isdigit()]
