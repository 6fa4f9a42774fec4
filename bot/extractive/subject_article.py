"""Finds the article on the subject of an open question ("How does …?", "What happened to …?"), and reads all
of its passages."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.question.question_profile import QuestionProfile
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.text_analysis import stems

TITLE_WEIGHT = 2.0  # of the share of the question's words in the title, relative to the ranking score

PassagesOf = Callable[[str], Sequence[Passage]]  # by article id, in text order


def subject_article(profile: QuestionProfile, hits: Sequence[Hit], passages_of: PassagesOf) -> list[Hit]:
    """All passages of the article on the subject of a question: its hits in their order, then the others.

    It is the article with the best hit, of which many passages were found and whose title has the question's
    words; a round-up of many subjects has neither.
    """
    by_article = defaultdict(list)
    for hit in hits:
        by_article[hit.passage.article.id].append(hit)

    def fit(found: Sequence[Hit]) -> float:
        title = frozenset(stems(found[0].passage.article.title))
        best = max(hit.score for hit in found)
        return best + TITLE_WEIGHT * profile.coverage(title) + math.log(1 + len(found))

    own = max(by_article.values(), key=fit)
    known = {hit.passage.id for hit in own}
    least = min(own, key=lambda hit: hit.similarity or 0.0)
    others = [
        replace(least, passage=passage, dense=None, lexical=None)
        for passage in passages_of(own[0].passage.article.id)
        if passage.id not in known
    ]
    return [*own, *others]
