"""Finds the article on the subject of an open question ("How does …?", "What happened to …?"), and reads all
of its passages."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from retrieval.hit import Hit
from retrieval.passage import Passage

SIMILARITY_WEIGHT = 10.0  # of the highest cosine between question and passage, relative to the ranking score

PassagesOf = Callable[[str], Sequence[Passage]]  # by article id, in text order


def subject_article(hits: Sequence[Hit], passages_of: PassagesOf) -> list[Hit]:
    """All passages of the article on the subject of a question: its hits in their order, then the others.

    It is the article with the best hit, the most similar one, and many of them; a round-up has only one.
    """
    by_article = defaultdict(list)
    for hit in hits:
        by_article[hit.passage.article.id].append(hit)

    def fit(found: Sequence[Hit]) -> float:
        similarity = max(hit.similarity or 0.0 for hit in found)
        return found[0].score + SIMILARITY_WEIGHT * similarity + math.log(1 + len(found))

    own = max(by_article.values(), key=fit)
    known = {hit.passage.id for hit in own}
    least = min(own, key=lambda hit: hit.similarity or 0.0)
    others = [
        replace(least, passage=passage, dense=None, lexical=None)
        for passage in passages_of(own[0].passage.article.id)
        if passage.id not in known
    ]
    return [*own, *others]
