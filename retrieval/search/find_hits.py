"""Hybrid search: dense and lexical retrieval in parallel, one ranking, near-duplicates merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from retrieval.hit import Filters, Hit
from retrieval.models.similarity_scale import SimilarityScale, similarity_scale
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
    from retrieval.models.embeddings import FootnoteEmbeddings, Matrix
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
    clauses = parts if len(parts := sub_questions(query.text)) > 1 else ()
    with _embedded(embeddings, [query.plain, *clauses]) as vectors:
        queries = [read_query(index, clause, as_of, sorted(query.publishers)) for clause in clauses]
        scale = similarity_scale(index, embeddings)
        candidates = _fused(index, query, filters, vectors, scale)
        passages = index.passages([candidate.id for candidate in candidates])
        passages = index.related_articles.current(passages, filters, as_of)
        hits = rank(query, candidates, passages)
        if reranker is not None:
            hits = reranker.rerank(query.text, hits)
        if queries:
            keys = {id(passage): key for key, passage in passages.items()}  # computing an id takes longer
            hits = _diversified(index, queries, vectors.result()[1:], hits, keys, limit)
    return index.related_articles.attach_related(deduplicate(hits[: 5 * limit], limit), filters.within)


def read_query(
    index: Index, question: str, as_of: date, publishers: Sequence[str] | None = None
) -> RankingQuery:
    """The question analyzed for ranking, with the document frequencies of *index*.

    *publishers* are those that it can name; None stands for all of the index.
    """
    lexical = index.lexical
    text, frequency = normalized(question), lexical.document_frequency
    language = question_language(text, lexical.languages())
    publishers = index.publishers if publishers is None else publishers
    return ranking_query(text, as_of, publishers, frequency, lexical.count(), language)


def find_candidates(
    index: Index, embeddings: FootnoteEmbeddings, query: RankingQuery, filters: Filters
) -> list[FusedCandidate]:
    """The fused results of both retrievers over all pools; best first."""
    with _embedded(embeddings, [query.plain]) as vectors:
        return _fused(index, query, filters, vectors, similarity_scale(index, embeddings))


@contextmanager
def _embedded(embeddings: FootnoteEmbeddings, texts: Sequence[str]) -> Iterator[Future[Matrix]]:
    """The vectors of the texts, computed in another thread while the block runs."""
    vectors = _threads().submit(embeddings.embed_questions, texts)
    try:
        yield vectors
    finally:
        wait([vectors])  # a thread in native code at the end of the process would abort it


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_name_prefix="search")


def _fused(
    index: Index, query: RankingQuery, filters: Filters, vectors: Future[Matrix], scale: SimilarityScale
) -> list[FusedCandidate]:
    """As `find_candidates`; the first of the *vectors* is the question's."""
    pools = list(_pools(query, filters))
    words = list(dict.fromkeys((*query.words, *stems_in_languages(query.plain, index.lexical.languages()))))
    lexical = [hit for pool, depth in pools for hit in index.lexical.search(words, depth, pool)]
    index.passages([passage_id for passage_id, _ in lexical])  # while the model runs
    vector = vectors.result()[0]
    found = (hit for pool, depth in pools for hit in index.nearest(vector, depth, pool))
    return fuse([(passage_id, scale(cosine)) for passage_id, cosine in found], lexical)


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
