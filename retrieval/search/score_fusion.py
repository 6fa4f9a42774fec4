"""Fuses the dense and the lexical ranking of passages into one list of candidates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Weight of the lexical score relative to the cosine. On the five development sets that it was tuned on, .3 to
# .5 differ little.
LEXICAL_WEIGHT = 0.45


@dataclass(frozen=True, slots=True)
class FusedCandidate:
    """A passage id with its 1-based ranks and its cosine, each None where it was not retrieved.

    ``similarity`` is the cosine, or the lowest one retrieved if the passage was not retrieved by it;
    ``lexical_score`` is BM25 relative to the best, 0 if not retrieved; ``score`` fuses the two.
    """

    id: str
    score: float
    similarity: float
    lexical_score: float
    dense: int | None
    lexical: int | None
    cosine: float | None


def fuse(
    dense: Iterable[tuple[str, float]], lexical: Iterable[tuple[str, float]], weight: float = LEXICAL_WEIGHT
) -> list[FusedCandidate]:
    """All passages of both rankings (ids with cosines, ids with BM25 scores), best first.

    The score is cosine + weight * BM25 / best BM25. Relative scores carry more information than ranks: on
    every development set this beats reciprocal rank fusion.
    """
    cosines, scores = dict(dense), dict(lexical)
    dense_ranks, lexical_ranks = _ranks(cosines), _ranks(scores)
    floor = min(cosines.values(), default=0.0)
    best = max(scores.values(), default=0.0) or 1.0
    candidates = []
    for key in dict.fromkeys([*cosines, *scores]):
        similarity, lexical_score = cosines.get(key, floor), scores.get(key, 0.0) / best
        score = similarity + weight * lexical_score
        ranks = dense_ranks.get(key), lexical_ranks.get(key)
        candidates.append(FusedCandidate(key, score, similarity, lexical_score, *ranks, cosines.get(key)))
    return sorted(candidates, key=lambda candidate: -candidate.score)


def _ranks(scores: dict[str, float]) -> dict[str, int]:
    return {key: rank for rank, key in enumerate(sorted(scores, key=scores.__getitem__, reverse=True), 1)}
