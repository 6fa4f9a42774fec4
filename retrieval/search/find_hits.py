"""A question becomes hits: by meaning and by words at once, ranked together, near-duplicates folded."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from retrieval.hit import Filters, Hit
from retrieval.search.deduplicate import deduplicate
from retrieval.search.diversify import CONSIDERED, diversify, relevance
from retrieval.search.overview import asks_overview, overview
from retrieval.search.ranking import RankingQuery, rank, ranking_query
from retrieval.search.score_fusion import FusedCandidate, fuse
from retrieval.search.sub_questions import sub_questions

if TYPE_CHECKING:
    from retrieval.index.index_reader import Index
    from retrieval.models.embeddings import FootnoteEmbeddings
    from retrieval.models.reranker import Reranker

DEPTH = 100  # passages asked of each ranking
DEPTH_NEW = 50  # further ones of each among the newest articles, if the question is about events
DEPTH_NAMED = 30  # further ones of each among the articles of each publisher that it names
NEW_DAYS = 21  # before the question
NEWS = 0.5  # how much newness counts for a question that is about events, at least
LONGEST_QUESTION = 2_000  # characters that are searched for


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

    *reranker* reads the first hits once more, before the parts of a compound question are covered.
    """
    query = read(index, question[:LONGEST_QUESTION], as_of)
    if asks_overview(query) and (listed := overview(index, query, filters, limit)):
        return listed
    candidates = find(index, embeddings, query, filters)
    passages = index.passages([candidate.id for candidate in candidates])
    passages = index.related_articles.current(passages, filters, as_of)
    hits = rank(query, candidates, passages)
    if reranker is not None:
        hits = reranker.rerank(query.text, hits)
    hits = _covering(index, embeddings, query, hits, limit)
    return index.related_articles.name_others(deduplicate(hits[: 5 * limit], limit))


def read(index: Index, question: str, as_of: date) -> RankingQuery:
    """The question as the ranking reads it, with the publishers and word frequencies of *index*."""
    lexical = index.lexical
    return ranking_query(question, as_of, index.publishers, lexical.document_frequency, lexical.count())


def find(
    index: Index, embeddings: FootnoteEmbeddings, query: RankingQuery, filters: Filters
) -> list[FusedCandidate]:
    """What both rankings find for a question, everywhere and where it points; the best first."""
    pools = list(_pools(query, filters))
    with ThreadPoolExecutor(1) as beside:
        by_words = beside.submit(
            lambda: [hit for pool, depth in pools for hit in index.lexical.search(query.words, depth, pool)]
        )
        vector = embeddings.embed_matrix([query.plain])[0]
        by_meaning = [hit for pool, depth in pools for hit in index.nearest(vector, depth, pool)]
        return fuse(by_meaning, by_words.result())


def _covering(
    index: Index, embeddings: FootnoteEmbeddings, query: RankingQuery, hits: list[Hit], limit: int
) -> list[Hit]:
    """The hits, those first that together are evidence for every part of a compound question."""
    clauses = sub_questions(query.text)
    near = hits[: max(CONSIDERED, 2 * limit)]
    if len(clauses) < 2 or len(near) <= limit:
        return hits
    vectors = index.vectors([hit.passage.id for hit in near])
    cosines = embeddings.embed_matrix(list(clauses)) @ vectors.T
    asked = [read(index, clause, query.as_of) for clause in clauses]
    return diversify(near, relevance(asked, near, cosines), 2 * limit) + hits[len(near) :]


def _pools(query: RankingQuery, filters: Filters) -> Iterator[tuple[Filters, int]]:
    """Where to look for candidates, and how many: everywhere, and where the question points."""
    yield filters, DEPTH
    if query.newness >= NEWS and filters.since is None and filters.until is None:
        since, until = query.as_of - timedelta(days=NEW_DAYS), query.as_of + timedelta(days=1)
        yield replace(filters, since=since, until=until), DEPTH_NEW
    if not filters.publishers:
        for name in sorted(query.publishers):
            yield replace(filters, publishers=(name,)), DEPTH_NAMED
