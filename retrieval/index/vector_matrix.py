"""The vectors of one generation as a memory-mapped file, one row per passage, searched exactly.

It is a replica of Chroma's vectors for readers: processes share its memory pages, it needs no loading, and
results are exact. ``vectors.f32`` has rows of 32-bit floats of length 1; ``rows.i64`` has (passage key,
article key) for each row, in ascending order of passage keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import IndexFailure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Rows = NDArray[np.int64]

VECTORS, ROWS = "vectors.f32", "rows.i64"
_BACKGROUND_PAIRS = 1_000


class VectorMatrix:
    """The vectors in a generation's folder. Immutable, and therefore thread-safe."""

    def __init__(self, folder: Path) -> None:
        try:
            rows = np.fromfile(folder / ROWS, np.int64).reshape(-1, 2)
            size = (folder / VECTORS).stat().st_size
            self.passage_keys: Rows = np.ascontiguousarray(rows[:, 0])
            self.article_keys: Rows = np.ascontiguousarray(rows[:, 1])
            self.vectors = _map_vectors(folder / VECTORS, len(rows), size)
        except (OSError, ValueError) as error:
            raise IndexFailure(f"The vectors in {folder} cannot be read: {error}.") from error

    def __len__(self) -> int:
        return len(self.passage_keys)

    @property
    def dimension(self) -> int:
        """The length of a vector; 0 if there are no vectors."""
        return int(self.vectors.shape[1])

    def nearest(self, vector: Vectors, limit: int, rows: Rows | None = None) -> list[tuple[int, float]]:
        """(row, cosine) of the *limit* nearest rows, best first; only among *rows* if given. Exact."""
        if limit < 1 or not len(self.vectors if rows is None else rows):
            return []
        if rows is None:
            scores = _cosines(self.vectors, vector)
        elif len(rows) * 4 < len(self):
            scores = _cosines(self.vectors[rows], vector)
        else:  # copying that many rows would take longer than comparing all
            scores = _cosines(self.vectors, vector)[rows]
        best = _top_indices(scores, limit)
        best_rows = best if rows is None else rows[best]
        return [(int(row), float(score)) for row, score in zip(best_rows, scores[best], strict=True)]

    def background(self) -> float:
        """The cosine of unrelated passages: of the pairs of passages of different articles, a tenth is below
        it. -1 if there are no such pairs. Takes a sample, always the same."""
        if not len(self):
            return -1.0
        first, second = np.random.default_rng(0).integers(0, len(self), (2, _BACKGROUND_PAIRS))
        unrelated = self.article_keys[first] != self.article_keys[second]
        pairs = self.vectors[first[unrelated]], self.vectors[second[unrelated]]
        return float(np.quantile(np.einsum("ij,ij->i", *pairs), 0.1)) if unrelated.any() else -1.0

    def rows(self, passage_keys: Sequence[int]) -> Rows:
        """The rows of passages. Raises IndexFailure if one is missing."""
        wanted = np.asarray(passage_keys, np.int64)
        found = np.searchsorted(self.passage_keys, wanted)
        if len(wanted) and (
            found.max() >= len(self.passage_keys) or (self.passage_keys[found] != wanted).any()
        ):
            raise IndexFailure("The vectors of some passages are missing in the index.")
        return found

    def has(self, passage_keys: Rows) -> NDArray[np.bool_]:
        """For each of *passage_keys*, True if it has a row."""
        return np.isin(passage_keys, self.passage_keys)


def _cosines(vectors: Vectors, vector: Vectors) -> Vectors:
    # Not "@": BLAS would split this over threads, and on a busy machine wait 20 ms for them.
    cosines: Vectors = np.einsum("ij,j->i", vectors, vector)
    return cosines


def _top_indices(scores: Vectors, limit: int) -> NDArray[np.intp]:
    """The indices of the *limit* highest scores, highest first; ties in their order."""
    if limit >= len(scores):
        return np.argsort(-scores, kind="stable")
    threshold = np.partition(scores, len(scores) - limit)[len(scores) - limit]
    candidates = np.flatnonzero(scores >= threshold)
    return candidates[np.argsort(-scores[candidates], kind="stable")][:limit]


def _map_vectors(path: Path, count: int, size: int) -> Vectors:
    if not count:
        return np.empty((0, 0), np.float32)
    dimension = size // 4 // count
    if not dimension or size != count * dimension * 4:
        raise ValueError(f"{path.name} has {size} bytes for {count} rows")
    return np.memmap(path, np.float32, "r", shape=(count, dimension))
