"""Hybrid search: dense and lexical retrieval in parallel, one ranking, near-duplicates merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from retrieval.hit import Filters, Hit
from retrieval.models.question_vectors import question_vectors
from retrieval.models.similarity_scale import SimilarityScale, similarity_scale
from retrieval.question_language import question_language
from retrieval.search.deduplicate import deduplicate
from retrieval.search.diversify import MAX_CANDIDATES, diversify, relevance
from retrieval.search.overview import asks_overview, overview
from retrieval.search.ranking import RankingQuery, rank, ranking_query
from retrieval.search.score_fusion import FusedCandidate, fuse
from retrieval.search.sub_questions import clause_spans
from retrieval.text_analysis import stems_in_languages
from retrieval.text_normalization import normalized

if TYPE_CHECKING:
    from retrieval.index.index_reader import Index
    from retrieval.models.embeddings import FootnoteEmbeddings, Matrix
    from retrieval.models.reranker import Reranker

_T = TypeVar("_T")

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
    clauses = spans if len(spans := clause_spans(query.text)) > 1 else []
    with _in_thread(lambda: _search_words(index, query, filters, clauses)) as found:
        vectors = question_vectors(embeddings, query.plain, clauses)
    lexical, queries = found.result()
    candidates = _fused(index, query, filters, vectors[0], lexical, similarity_scale(index, embeddings))
    passages = index.passages([candidate.id for candidate in candidates])
    passages = index.related_articles.current(passages, filters, as_of)
    hits = rank(query, candidates, passages)
    if reranker is not None:
        hits = reranker.rerank(query.text, hits)
    if queries:
        keys = {id(passage): key for key, passage in passages.items()}  # computing an id takes longer
        hits = _diversified(index, queries, vectors[1:], hits, keys, limit)
    hits = deduplicate(hits[: 5 * limit], limit, query.language)
    return index.related_articles.attach_related(hits, filters.within)


def read_query(index: Index, question: str, as_of: date) -> RankingQuery:
    """The question analyzed for ranking, with the document frequencies of *index*."""
    text, lexical = normalized(question), index.lexical
    language = question_language(text, lexical.languages())
    return ranking_query(text, as_of, index.publishers, lexical.document_frequency, lexical.count(), language)


def _read_clause(index: Index, clause: str, query: RankingQuery) -> RankingQuery:
    """A clause of *query*, which can name only its publishers, analyzed in its language."""
    frequency, documents = index.lexical.document_frequency, index.lexical.count()
    return ranking_query(clause, query.as_of, sorted(query.publishers), frequency, documents, query.language)


def find_candidates(
    index: Index, embeddings: FootnoteEmbeddings, query: RankingQuery, filters: Filters
) -> list[FusedCandidate]:
    """The fused results of both retrievers over all pools; best first."""
    lexical, _ = _search_words(index, query, filters, ())
    vector = question_vectors(embeddings, query.plain, ())[0]
    return _fused(index, query, filters, vector, lexical, similarity_scale(index, embeddings))


@contextmanager
def _in_thread(task: Callable[[], _T]) -> Iterator[Future[_T]]:
    """The result of *task*, which runs in another thread while the block runs."""
    future = _threads().submit(task)
    try:
        yield future
    finally:
        wait([future])  # a thread in native code at the end of the process would abort it


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_name_prefix="search")


def _search_words(
    index: Index, query: RankingQuery, filters: Filters, clauses: Sequence[tuple[int, int]]
) -> tuple[list[tuple[str, float]], list[RankingQuery]]:
    """What needs no vectors: ids and scores of the lexical hits, and the *clauses*, analyzed."""
    words = list(dict.fromkeys((*query.words, *stems_in_languages(query.plain, index.lexical.languages()))))
    pools = _pools(query, filters)
    found = [hit for pool, depth in pools for hit in index.lexical.search(words, depth, pool)]
    index.passages([passage_id for passage_id, _ in found])  # reads them while the model runs
    return found, [_read_clause(index, query.text[start:end], query) for start, end in clauses]


def _fused(
    index: Index,
    query: RankingQuery,
    filters: Filters,
    vector: Matrix,
    lexical: Sequence[tuple[str, float]],
    scale: SimilarityScale,
) -> list[FusedCandidate]:
    """The nearest passages of all pools, fused with the *lexical* ones; best first."""
    pools = _pools(query, filters)
    nearest = (hit for pool, depth in pools for hit in index.nearest(vector, depth, pool))
    return fuse([(passage_id, scale(cosine)) for passage_id, cosine in nearest], lexical)


def _diversified(
    index: Index,
    queries: Sequence[RankingQuery],
    vectors: Matrix,
    hits: list[Hit],
    keys: Mapping[int, str],
    limit: int,
) -> list[Hit]:
    """The hits of a compound question, reordered so that the first ones cover all of its sub-questions.

    *queries* and *vectors* are those of the sub-questions; *keys*: id() of a hit's passage -> its id.
    """
    candidates = hits[: max(MAX_CANDIDATES, 2 * limit)]
    if len(candidates) <= limit:
        return hits
    cosines = vectors @ index.vectors([keys[id(hit.passage)] for hit in candidates]).T
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
