"""Hybrid search: dense and lexical retrieval in parallel, one ranking, near-duplicates merged."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from retrieval.hit import Filters, Hit
from retrieval.question_language import question_language
from retrieval.search.deduplicate import deduplicate
from retrieval.search.diversify import MAX_CANDIDATES, diversify, relevance
from retrieval.search.overview import asks_overview, overview
from retrieval.search.ranking import RankingQuery, rank, ranking_query
from retrieval.search.score_fusion import FusedCandidate, fuse
from retrieval.search.sub_questions import sub_questions
from retrieval.text_analysis import stems_in_languages
from retrieval.text_normalization import normalized

if TYPE_CHECKING:
    from retrieval.index.index_reader import Index
    from retrieval.models.embeddings import FootnoteEmbeddings
    from retrieval.models.reranker import Reranker

DEPTH = 100  # passages from each of the two retrievers
RECENT_DEPTH = 50  # additional ones from recent articles, if the question is about news
PUBLISHER_DEPTH = 30  # additional ones from each publisher that the question names
RECENT_DAYS = 21  # before the day of the question
MIN_NEWS_RECENCY = 0.5  # recency from which a question is about news
MAX_QUESTION_LENGTH = 2_000  # characters; the rest is ignored


def search(
    index: Index,
    embeddings: FootnoteEmbeddings,
    question: str,
    limit: int,
    filters: Filters,
    as_of: date,
    reranker: Reranker | None = None,
) -> list[Hit]:
    """The *limit* passages of *index* that best answer *question*, asked on the day *as_of*; best first.

    *reranker*, if any, reranks the first hits before they are diversified for a compound question.
    """
    query = read_query(index, question[:MAX_QUESTION_LENGTH], as_of)
    if asks_overview(query) and (overview_hits := overview(index, query, filters, limit)):
        return overview_hits
    candidates = find_candidates(index, embeddings, query, filters)
    passages = index.passages([candidate.id for candidate in candidates])
    passages = index.related_articles.current(passages, filters, as_of)
    hits = rank(query, candidates, passages)
    if reranker is not None:
        hits = reranker.rerank(query.text, hits)
    hits = _diversified(index, embeddings, query, hits, limit)
    return index.related_articles.attach_related(deduplicate(hits[: 5 * limit], limit), filters.within)


def read_query(index: Index, question: str, as_of: date) -> RankingQuery:
    """The question analyzed for ranking, with the publishers and document frequencies of *index*."""
    lexical = index.lexical
    text, frequency = normalized(question), lexical.document_frequency
    language = question_language(text, lexical.languages())
    return ranking_query(text, as_of, index.publishers, frequency, lexical.count(), language)


def find_candidates(
    index: Index, embeddings: FootnoteEmbeddings, query: RankingQuery, filters: Filters
) -> list[FusedCandidate]:
    """The fused results of both retrievers over all pools; best first."""
    pools = list(_pools(query, filters))
    words = list(dict.fromkeys((*query.words, *stems_in_languages(query.plain, index.lexical.languages()))))
    with ThreadPoolExecutor(1) as executor:
        lexical = executor.submit(
            lambda: [hit for pool, depth in pools for hit in index.lexical.search(words, depth, pool)]
        )
        vector = embeddings.embed_questions([query.plain])[0]
        dense = [hit for pool, depth in pools for hit in index.nearest(vector, depth, pool)]
        return fuse(dense, lexical.result())


def _diversified(
    index: Index, embeddings: FootnoteEmbeddings, query: RankingQuery, hits: list[Hit], limit: int
) -> list[Hit]:
    """The hits of a compound question, reordered so that the first ones cover all of its sub-questions."""
    clauses = sub_questions(query.text)
    candidates = hits[: max(MAX_CANDIDATES, 2 * limit)]
    if len(clauses) < 2 or len(candidates) <= limit:
        return hits
    vectors = index.vectors([hit.passage.id for hit in candidates])
    cosines = embeddings.embed_questions(list(clauses)) @ vectors.T
    queries = [read_query(index, clause, query.as_of) for clause in clauses]
    return diversify(candidates, relevance(queries, candidates, cosines), 2 * limit) + hits[len(candidates) :]


def _pools(query: RankingQuery, filters: Filters) -> Iterator[tuple[Filters, int]]:
    """Filters and depths of the candidate pools: all articles, recent ones, those of named publishers."""
    yield filters, DEPTH
    if query.recency >= MIN_NEWS_RECENCY and filters.since is None and filters.until is None:
        since, until = query.as_of - timedelta(days=RECENT_DAYS), query.as_of + timedelta(days=1)
        yield replace(filters, since=since, until=until), RECENT_DEPTH
    if not filters.publishers:
        for name in sorted(query.publishers):
            yield replace(filters, publishers=(name,)), PUBLISHER_DEPTH
