"""Searches the passages that a language model reads for a question: those that can help, best first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Citation
from bot.evidence.merged_hits import merge_best, merge_overlapping
from bot.evidence.query_search import search_query
from bot.evidence.whole_articles import needs_whole_articles, with_whole_articles
from bot.looks.look import SearchLook
from retrieval.hit import Filters, Hit
from retrieval.library import Library
from retrieval.search.sub_questions import sub_questions

if TYPE_CHECKING:
    from retrieval.passage import Passage
    from retrieval.search.typos import SpellingCorrection

DEPTH = 50  # passages for a question
QUERY_DEPTH = 30  # for each further query: a clause of the question, or what a model wants to know
# Below the best passage of its search. On realtimeqa_2022 this leaves 12 passages of the 25 in the default
# budget, on xquad_en 4 of 26, and loses no evidence on either.
MAX_SCORE_GAP = 10.0
MIN_HITS = 3  # of a search, whatever their scores
FUSION_CONSTANT = 10  # of reciprocal rank fusion; small, as the first ranks of each query matter most


@dataclass(frozen=True, slots=True)
class Evidence:
    """``best`` are the closest passages to the corrected question; a model reads ``hits``, best first.

    ``ranking`` has the passages of all searches, of which ``hits`` are merged.
    """

    correction: SpellingCorrection
    best: tuple[Hit, ...]
    hits: tuple[Hit, ...]
    ranking: tuple[Hit, ...] = ()


def find_evidence(
    library: Library,
    question: str,
    filters: Filters | None,
    as_of: date,
    tokens: int,
    queries: Sequence[SearchLook] = (),
    also: Sequence[Hit] = (),
) -> Evidence:
    """The evidence for a standalone *question* asked on the day *as_of*, up to some *tokens*.

    *queries* are searched too; *also* is the ranking of another search for it. Raises RetrievalError.
    """
    best, correction = library.search_corrected(question, DEPTH, filters, as_of)
    clauses = sub_questions(correction.text)
    found = [promising(best), also]
    if len(clauses) > 1:
        found += [promising(library.search(clause, QUERY_DEPTH, filters, as_of)) for clause in clauses]
    for query in queries:
        found.append(promising(search_query(library, query, QUERY_DEPTH, filters or Filters(), as_of)))
    hits = fuse_ranks(found)
    if needs_whole_articles(question):
        hits = whole_articles(library, hits)
    return Evidence(correction, tuple(best), tuple(merge_best(hits, tokens)), tuple(hits))


def promising(hits: Sequence[Hit]) -> list[Hit]:
    """The first hits, and those whose score is not far below the best one; all articles of an overview."""
    least = max((hit.score for hit in hits), default=0.0) - MAX_SCORE_GAP
    return [hit for rank, hit in enumerate(hits) if rank < MIN_HITS or hit.listed or hit.score >= least]


def fuse_ranks(rankings: Sequence[Sequence[Hit]]) -> list[Hit]:
    """The hits of several searches in one order, by reciprocal rank fusion (Cormack et al., 2009)."""
    hits: dict[tuple[str, int], Hit] = {}
    scores: defaultdict[tuple[str, int], float] = defaultdict(float)
    for ranking in rankings:
        for rank, hit in enumerate(ranking, 1):
            key = (hit.passage.article.id, hit.passage.start)
            hits.setdefault(key, hit)
            scores[key] += 1 / (FUSION_CONSTANT + rank)
    return sorted(hits.values(), key=lambda hit: -scores[hit.passage.article.id, hit.passage.start])


def whole_articles(library: Library, hits: Sequence[Hit]) -> list[Hit]:
    """The hits with the openings of their articles and the rest of the closest ones."""
    with library.index() as index:
        texts: dict[str, Sequence[Passage]] = {}

        def passages_of(article_id: str) -> Sequence[Passage]:
            if article_id not in texts:
                texts[article_id] = index.article_passages(article_id)
            return texts[article_id]

        return with_whole_articles(hits, passages_of)


def cited_passages(library: Library, citations: Sequence[Citation]) -> tuple[Hit, ...]:
    """The passages that contain the quotes of an answer, as they are indexed now, in their order."""
    with library.index() as index:
        hits = [
            Hit(passage, 0.0)
            for citation in citations
            for passage in index.article_passages(citation.article.id)
            if passage.start < citation.passage_end and citation.passage_start < passage.end
        ]
    return tuple(merge_overlapping(hits))
