"""Diversification of the hits of a compound question."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.search.diversify import diversify, relevance
from retrieval.search.ranking import ranking_query


def hit(article: str, score: float, text: str = "Text.", day: str | None = None) -> Hit:
    info = ArticleInfo(article, article, article, publisher=article.title(), published=day)
    return Hit(Passage(info, text, 0, len(text), 1, None, ((0, len(text)),)), score)


def ids(hits: list[Hit]) -> list[str]:
    return [hit.passage.article.id for hit in hits]


def test_every_sub_question_gets_evidence() -> None:
    """The only evidence for the second sub-question comes second, though it is ranked last."""
    hits = [hit("quay", 5.0), hit("quay", 4.9), hit("quay", 4.8), hit("ledger", 1.0)]
    rows = [[0.9, 0.8, 0.7, 0.1], [0.1, 0.1, 0.1, 0.9]]
    assert ids(diversify([*hits, *[hit("other", 0.0)] * 12], [row + [0.0] * 12 for row in rows], 2))[:2] == [
        "quay",
        "ledger",
    ]


def test_common_evidence_changes_nothing() -> None:
    """If all passages serve a sub-question equally well, the ranking is kept."""
    hits = [hit(f"a{n}", 9.0 - n) for n in range(12)]
    assert diversify(hits, [[0.5] * 12, [0.4] * 12], 10) == hits


def test_relevance_counts_words_publisher_and_date() -> None:
    """The passage with the words, publisher and date of a sub-question is the better evidence."""
    query = ranking_query(
        "the Quay report on drones of March 4, 2022", date(2022, 7, 1), ["Quay", "Ledger"], lambda stem: 1, 10
    )
    hits = [hit("quay", 0, "About drones.", "2022-03-04"), hit("ledger", 0, "About boats.", "2022-05-11")]
    (row,) = relevance([query], hits, np.full((1, 2), 0.5, dtype=np.float32))
    assert row[0] > row[1] + 0.4


@given(
    st.integers(0, 15).flatmap(
        lambda n: st.tuples(
            st.lists(st.floats(-5, 5), min_size=n, max_size=n),
            st.lists(st.lists(st.floats(0, 2), min_size=n, max_size=n), max_size=3),
        )
    ),
    st.integers(0, 20),
)
def test_hits_are_only_reordered(table: tuple[list[float], list[list[float]]], count: int) -> None:
    """Any scores: the same hits are returned, and those not selected keep their order."""
    scores, rows = table
    hits = [hit(f"a{number}", score) for number, score in enumerate(scores)]
    diversified = diversify(hits, rows, count)
    assert sorted(ids(diversified)) == sorted(ids(hits))
    rest = diversified[count:]
    assert rest == [hit for hit in hits if hit in rest]
