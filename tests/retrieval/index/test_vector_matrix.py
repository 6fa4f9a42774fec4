"""The vector matrix: selecting the highest scores equals a stable sort."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.index.vector_matrix import _top_indices


@given(
    scores=st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.5, 1.0, -1.0]), max_size=30),
    limit=st.integers(1, 40),
)
@settings(deadline=None)
def test_the_highest_scores_come_first_and_ties_keep_their_order(scores: list[float], limit: int) -> None:
    """As in a stable sort."""
    found = _top_indices(np.array(scores, np.float32), limit).tolist()
    assert found == sorted(range(len(scores)), key=lambda index: -scores[index])[:limit]
