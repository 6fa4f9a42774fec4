"""Diversifies the hits of a compound question, so that every sub-question gets evidence.

Greedy selection: the next passage maximizes its score, plus what it adds to the best evidence so far for
each sub-question (as in facility location), minus a penalty for each passage already selected from its
article. tests/benchmarks/ablation.md has the effect on each development set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from retrieval.hit import Hit
from retrieval.language_words import ENGLISH
from retrieval.search.ranking import RankingQuery
from retrieval.search.term_overlap import passage_stems

if TYPE_CHECKING:
    import numpy as np

    Matrix = np.ndarray[tuple[int, int], np.dtype[np.float32]]

MAX_CANDIDATES = 100  # hits to select from; the others follow in their old order
NEW_EVIDENCE_WEIGHT = 18.0  # relative to the ranking score
SAME_ARTICLE_PENALTY = 0.8  # per passage already selected from the article
WORD_COVERAGE_WEIGHT = 1.3  # share of the sub-question's words, by idf; relative to the cosine
PUBLISHER_BONUS = 0.2  # the sub-question names the publisher
DATE_BONUS = 0.2  # published on the days that the sub-question names
BASELINE_RANK = 10  # only evidence better than the tenth best adds anything


def diversify(hits: Sequence[Hit], relevance: Sequence[Sequence[float]], count: int) -> list[Hit]:
    """The hits, the first *count* selected to cover all sub-questions; ``relevance[sub_question][hit]``."""
    best_so_far = (
        [sorted(row, reverse=True)[min(BASELINE_RANK, len(row)) - 1] for row in relevance] if hits else []
    )
    remaining, articles = list(range(len(hits))), Counter[str]()
    selected: list[int] = []

    def gain(index: int) -> float:
        added = sum(max(0.0, row[index] - best) for row, best in zip(relevance, best_so_far, strict=True))
        hit = hits[index]
        penalty = SAME_ARTICLE_PENALTY * articles[hit.passage.article.id]
        return hit.score + NEW_EVIDENCE_WEIGHT * added - penalty

    while remaining and len(selected) < count:
        chosen = max(remaining, key=gain)
        selected.append(chosen)
        remaining.remove(chosen)
        articles[hits[chosen].passage.article.id] += 1
        best_so_far = [max(best, row[chosen]) for best, row in zip(best_so_far, relevance, strict=True)]
    return [hits[index] for index in (*selected, *remaining)]


def relevance(
    sub_questions: Sequence[RankingQuery], hits: Sequence[Hit], cosines: Matrix
) -> list[list[float]]:
    """How well each hit serves as evidence for each sub-question, from ``cosines[sub_question, hit]``, the
    share of its words, the publisher and the date.
    """
    language = sub_questions[0].language if sub_questions else ENGLISH
    stems = [passage_stems(hit.passage, language) for hit in hits]
    return [
        [
            float(cosine) + WORD_COVERAGE_WEIGHT * query.coverage(words) + _metadata_bonus(query, hit)
            for cosine, words, hit in zip(row, stems, hits, strict=True)
        ]
        for query, row in zip(sub_questions, cosines, strict=True)
    ]


def _metadata_bonus(query: RankingQuery, hit: Hit) -> float:
    article = hit.passage.article
    bonus = PUBLISHER_BONUS * (article.publisher in query.publishers)
    if query.windows and (day := article.day):
        bonus += DATE_BONUS * (min(window.distance(day) for window in query.windows) <= 1)
    return bonus
