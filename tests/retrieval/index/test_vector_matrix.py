"""The vectors of a generation: the greatest scores are picked as a stable sort would."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.index.vector_matrix import _greatest


@given(
    scores=st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.5, 1.0, -1.0]), max_size=30),
    limit=st.integers(1, 40),
)
@settings(deadline=None)
def test_the_greatest_scores_come_first_and_ties_in_their_order(scores: list[float], limit: int) -> None:
    """As a stable sort would have it."""
    found = _greatest(np.array(scores, np.float32), limit).tolist()
    assert found == sorted(range(len(scores)), key=lambda place: -scores[place])[:limit]
