"""Conditional and binary logit fitted with Adam, and folds for cross-validation."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Group = tuple[Array, NDArray[np.bool_], float]  # features (n, k), labels (n,), weight

STEPS = 600
RATE = 0.05


def _minimise(gradient: Callable[[Array], Array], size: int, steps: int = STEPS) -> Array:
    """Adam (Kingma and Ba 2015) with a learning rate that falls linearly to 0."""
    theta, first, second = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, steps + 1):
        slope = gradient(theta)
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        rate = RATE * (1 - step / steps)
        theta -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return theta


def conditional(groups: Sequence[Group], decay: float = 0.002) -> Array:
    """Weights of a softmax over the rows of each group that maximize the right rows (McFadden 1974)."""
    together = np.concatenate([rows for rows, _, _ in groups])
    spread = together.std(axis=0) + 1e-9
    scaled = together / spread
    right = np.concatenate([labels for _, labels, _ in groups]).astype(float)
    sizes = [len(rows) for rows, _, _ in groups]
    starts = np.cumsum([0, *sizes[:-1]])
    weights = np.repeat([weight for _, _, weight in groups], sizes)
    total = sum(weight for _, _, weight in groups)

    def shares(values: Array) -> Array:
        shared: Array = values / np.repeat(np.add.reduceat(values, starts), sizes)
        return shared

    def gradient(theta: Array) -> Array:
        scores = scaled @ theta
        likely = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        pull: Array = (weights * (shares(likely) - shares(likely * right))) @ scaled
        return pull / total + 2 * decay * theta

    fitted: Array = _minimise(gradient, spread.size, 5 * STEPS) / spread
    return fitted


def binary(rows: Array, right: NDArray[np.bool_], weights: Array, decay: float = 0.02) -> tuple[Array, float]:
    """Weights and bias of P(right) = 1 / (1 + exp(-(rows @ weights + bias)))."""
    centre, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    scaled = np.c_[(rows - centre) / spread, np.ones(len(rows))]

    def gradient(theta: Array) -> Array:
        off = 1 / (1 + np.exp(-scaled @ theta)) - right
        slope: Array = scaled.T @ (weights * off) + 2 * decay * np.r_[theta[:-1], 0.0]
        return slope

    theta = _minimise(gradient, scaled.shape[1])
    found = theta[:-1] / spread
    return found, float(theta[-1] - centre @ found)


def folds(count: int, of: int, seed: int = 0) -> NDArray[np.int64]:
    """The test fold, 0 to *of* - 1, of each of *count* questions."""
    return np.random.default_rng(seed).integers(0, of, count)
