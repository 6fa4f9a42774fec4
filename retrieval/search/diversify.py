"""Passages for a compound question: each part of it gets its own evidence, and no article fills the page.

A greedy choice: the next passage is the one with the best score, plus what it adds to the best evidence
that some part has so far (as in facility location), less a little for each passage already chosen of its
article. What the parts bring on each development set is in tests/benchmarks/ablation.md.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from retrieval.hit import Hit
from retrieval.search.ranking import RankingQuery
from retrieval.search.term_overlap import overlap_of_stems

if TYPE_CHECKING:
    import numpy as np

    Matrix = np.ndarray[tuple[int, int], np.dtype[np.float32]]

CONSIDERED = 100  # hits that may be chosen from; the others keep their places behind
NEW_EVIDENCE = 18.0  # weight of what a passage adds for a part, against the score of the ranking
SAME_ARTICLE = 0.8  # taken off for each passage of the article that was chosen before
WORDS = 1.3  # share of a part's words, by idf, against the cosine
SOURCE = 0.2  # a publisher that the part names
WINDOW = 0.2  # published in the days that the part names
COMMON = 10  # evidence as good as the tenth best is not worth choosing a passage for


def diversify(hits: Sequence[Hit], relevance: Sequence[Sequence[float]], count: int) -> list[Hit]:
    """The hits, the first *count* chosen to cover all parts; ``relevance[part][hit]`` as of ``relevance``."""
    held = [sorted(row, reverse=True)[min(COMMON, len(row)) - 1] for row in relevance] if hits else []
    left, articles = list(range(len(hits))), Counter[str]()
    chosen: list[int] = []
    while left and len(chosen) < count:
        best = max(left, key=lambda at: _gain(hits[at], at, relevance, held, articles))
        chosen.append(best)
        left.remove(best)
        articles[hits[best].passage.article.id] += 1
        held = [max(old, row[best]) for old, row in zip(held, relevance, strict=True)]
    return [hits[at] for at in (*chosen, *left)]


def _gain(
    hit: Hit, at: int, relevance: Sequence[Sequence[float]], held: Sequence[float], articles: Counter[str]
) -> float:
    added = sum(max(0.0, row[at] - old) for row, old in zip(relevance, held, strict=True))
    return hit.score + NEW_EVIDENCE * added - SAME_ARTICLE * articles[hit.passage.article.id]


def relevance(parts: Sequence[RankingQuery], hits: Sequence[Hit], cosines: Matrix) -> list[list[float]]:
    """How well each hit is evidence for each part: cosine, share of words, source and days.

    ``cosines[part, hit]`` are those of the vectors.
    """
    held = [overlap_of_stems(hit.passage) for hit in hits]
    return [
        [
            float(cosine) + WORDS * part.coverage(words) + _beyond_text(part, hit)
            for cosine, words, hit in zip(row, held, hits, strict=True)
        ]
        for part, row in zip(parts, cosines, strict=True)
    ]


def _beyond_text(part: RankingQuery, hit: Hit) -> float:
    """What the article's publisher and day add to its evidence for a part that names some."""
    article = hit.passage.article
    bonus = SOURCE * (article.publisher in part.publishers)
    if part.windows and (day := article.day):
        bonus += WINDOW * (min((window.distance(day) for window in part.windows), default=math.inf) <= 1)
    return bonus
