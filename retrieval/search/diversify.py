"""Diversifies the hits of a compound question, so that every sub-question gets evidence.

Greedy selection: the next passage maximizes its score, plus what it adds to the best evidence so far for
each sub-question (as in facility location), minus a penalty for each passage already selected from its
article. tests/benchmarks/ablation.md has the effect on each development set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.language_words import ENGLISH
from retrieval.search.ranking import RankingQuery
from retrieval.search.term_overlap import words_found

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Matrix = NDArray[np.float32]

MAX_CANDIDATES = 100  # hits to select from; the others follow in their old order
NEW_EVIDENCE_WEIGHT = 24.0  # relative to the ranking score
SAME_ARTICLE_PENALTY = 0.8  # per passage already selected from the article
PUBLISHER_BONUS = 0.2  # the sub-question names the publisher
DATE_BONUS = 0.2  # published on the days that the sub-question names
BASELINE_RANK = 10  # only evidence better than the tenth best adds anything


def diversify(hits: Sequence[Hit], relevance: ArrayLike, count: int) -> list[Hit]:
    """The hits, the first *count* selected to cover all sub-questions; ``relevance[sub_question, hit]``."""
    if not hits:
        return []
    rows = np.asarray(relevance, np.float64).reshape(-1, len(hits))
    best_so_far = np.sort(rows, axis=1)[:, -min(BASELINE_RANK, len(hits))]
    scores = np.array([hit.score for hit in hits])
    numbers: dict[str, int] = {}
    articles = np.array([numbers.setdefault(hit.passage.article.id, len(numbers)) for hit in hits])
    repeats = np.zeros(len(hits))  # passages already selected from the article of each hit
    selected: list[int] = []
    while len(selected) < min(count, len(hits)):
        added = np.maximum(0.0, rows - best_so_far[:, None]).sum(axis=0)
        gains = scores + NEW_EVIDENCE_WEIGHT * added - SAME_ARTICLE_PENALTY * repeats
        gains[selected] = -np.inf
        chosen = int(gains.argmax())
        selected.append(chosen)
        repeats += articles == articles[chosen]
        best_so_far = np.maximum(best_so_far, rows[:, chosen])
    remaining = sorted(set(range(len(hits))) - set(selected))
    return [hits[index] for index in (*selected, *remaining)]


def relevance(
    sub_questions: Sequence[RankingQuery], hits: Sequence[Hit], cosines: Matrix
) -> NDArray[np.float64]:
    """How well each hit serves as evidence for each sub-question, from ``cosines[sub_question, hit]``, the
    share of its words, the publisher and the date.
    """
    language = sub_questions[0].language if sub_questions else ENGLISH
    words = list(dict.fromkeys(stem for query in sub_questions for stem in query.weights))
    weights = np.array(
        [[query.weights.get(stem, 0.0) / query.total for stem in words] for query in sub_questions]
    )
    found = words_found([hit.passage for hit in hits], words, language)
    rows: NDArray[np.float64] = cosines.astype(np.float64) + weights @ found.T
    rows += [[_metadata_bonus(query, hit.passage.article) for hit in hits] for query in sub_questions]
    return rows


def _metadata_bonus(query: RankingQuery, article: ArticleInfo) -> float:
    bonus = PUBLISHER_BONUS * (article.publisher in query.publishers)
    if query.windows and (day := article.day):
        bonus += DATE_BONUS * (min(window.distance(day) for window in query.windows) <= 1)
    return bonus
