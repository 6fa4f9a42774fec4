"""The vectors of one generation as a memory-mapped file, one row for each passage, searched exactly.

A replica of Chroma's vectors for readers: several processes share its pages, nothing is loaded to ask a
first question, and the result is exact. ``vectors.f32`` holds rows of 32-bit floats of length 1;
``rows.i64`` holds (passage key, article key) for each row, passage keys growing.
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


class VectorMatrix:
    """The vectors in a generation's folder. Thread-safe: nothing here changes."""

    def __init__(self, folder: Path) -> None:
        try:
            rows = np.fromfile(folder / ROWS, np.int64).reshape(-1, 2)
            size = (folder / VECTORS).stat().st_size
            self.passage_keys: Rows = np.ascontiguousarray(rows[:, 0])
            self.article_keys: Rows = np.ascontiguousarray(rows[:, 1])
            self.vectors = _map(folder / VECTORS, len(rows), size)
        except (OSError, ValueError) as error:
            raise IndexFailure(f"The vectors in {folder} cannot be read: {error}.") from error

    def __len__(self) -> int:
        return len(self.passage_keys)

    @property
    def dimension(self) -> int:
        """The length of a vector; 0 when there is none."""
        return int(self.vectors.shape[1])

    def nearest(self, vector: Vectors, limit: int, rows: Rows | None = None) -> list[tuple[int, float]]:
        """The *limit* rows (of *rows*, when given) with the greatest cosine, best first; exact."""
        if limit < 1 or not len(self.vectors if rows is None else rows):
            return []
        if rows is None:
            scores = _cosines(self.vectors, vector)
        elif len(rows) * 4 < len(self):
            scores = _cosines(self.vectors[rows], vector)
        else:  # to copy so many would take longer than to compare all
            scores = _cosines(self.vectors, vector)[rows]
        best = _greatest(scores, limit)
        places = best if rows is None else rows[best]
        return [(int(row), float(score)) for row, score in zip(places, scores[best], strict=True)]

    def rows(self, passage_keys: Sequence[int]) -> Rows:
        """The rows of passages, which must all be there."""
        wanted = np.asarray(passage_keys, np.int64)
        found = np.searchsorted(self.passage_keys, wanted)
        if len(wanted) and (
            found.max() >= len(self.passage_keys) or (self.passage_keys[found] != wanted).any()
        ):
            raise IndexFailure("The vectors of some passages are missing in the index.")
        return found

    def has(self, passage_keys: Rows) -> NDArray[np.bool_]:
        """Which of *passage_keys* have a row."""
        return np.isin(passage_keys, self.passage_keys)


def _cosines(vectors: Vectors, vector: Vectors) -> Vectors:
    # Not "@": BLAS would share this out to threads, and on a busy machine wait 20 ms for them.
    cosines: Vectors = np.einsum("ij,j->i", vectors, vector)
    return cosines


def _greatest(scores: Vectors, limit: int) -> NDArray[np.intp]:
    """The places of the greatest scores, greatest first; of equal ones the first."""
    if limit >= len(scores):
        return np.argsort(-scores, kind="stable")
    edge = np.partition(scores, len(scores) - limit)[len(scores) - limit]
    candidates = np.flatnonzero(scores >= edge)
    return candidates[np.argsort(-scores[candidates], kind="stable")][:limit]


def _map(path: Path, count: int, size: int) -> Vectors:
    if not count:
        return np.empty((0, 0), np.float32)
    dimension = size // 4 // count
    if not dimension or size != count * dimension * 4:
        raise ValueError(f"{path.name} has {size} bytes for {count} rows")
    return np.memmap(path, np.float32, "r", shape=(count, dimension))
