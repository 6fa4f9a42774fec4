"""A question becomes hits: by meaning and by words at once, fused, near-duplicates folded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING

from retrieval.fold import fold
from retrieval.fusion import fuse
from retrieval.hit import Filters, Hit
from retrieval.lexical import content_stems

if TYPE_CHECKING:
    from retrieval.embeddings import FootnoteEmbeddings
    from retrieval.index import Index

DEPTH = 100  # passages asked of each ranking
LONGEST_QUESTION = 2_000  # characters that are searched for


def search(
    index: Index,
    embeddings: FootnoteEmbeddings,
    question: str,
    limit: int,
    filters: Filters,
    as_of: date,
) -> list[Hit]:
    """The *limit* passages of *index* that best answer *question*, asked on the day *as_of*; best first."""
    question = question[:LONGEST_QUESTION]
    with ThreadPoolExecutor(1) as beside:
        lexical = beside.submit(index.lexical.search, content_stems(question), DEPTH, filters)
        vector = embeddings.embed_matrix([question])[0]
        dense = index.nearest(vector, DEPTH, filters)
        candidates = fuse(dense, lexical.result())[: max(3 * limit, 30)]
    passages = index.passages([candidate.id for candidate in candidates])
    hits = [
        Hit(passages[c.id], c.score, c.dense, c.lexical, c.similarity) for c in candidates if c.id in passages
    ]
    return fold(hits, limit)
