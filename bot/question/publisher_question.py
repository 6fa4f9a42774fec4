"""Separates the publishers that a question attributes its answer to from what it asks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.question.parsed_question import parse_question
from retrieval.hit import Hit
from retrieval.search.publisher_scope import is_publisher_named, without_attribution

_REPORTS = re.compile(r"\b(?:report|sa(?:y|id)|writ|wrote|publish|news|articles?\b)", re.I)


def split_publisher(question: str, hits: Sequence[Hit]) -> tuple[str, Sequence[Hit]]:
    """The question without attribution to publishers, and the hits from those publishers, or all if none.

    "How many came, according to The Quay?" asks how many came and is answered from The Quay. A publisher that
    the question is about ("Who sued The Quay?") stays in it.
    """
    named = {name for hit in hits for name in _publishers(hit) if is_publisher_named(name, question)}
    plain = without_attribution(question, named)
    own = [hit for hit in hits if named.intersection(_publishers(hit))]
    return plain, own if own and plain != question else hits


def history_without_publishers(
    question: str, history: Sequence[tuple[str, str]], publishers: Sequence[str]
) -> Sequence[tuple[str, str]]:
    """The conversation of (question, answer) without attribution to publishers: a follow-up does not refer to
    them unless it asks what is reported ("What else did they write?")."""
    if parse_question(question).ellipsis or _REPORTS.search(question):
        return history
    return [(without_attribution(asked, publishers), answer) for asked, answer in history]


def _publishers(hit: Hit) -> Iterator[str]:
    """Those of the passage and of the copies merged into it."""
    for info in (hit.passage.article, *hit.also_in):
        if info.publisher:
            yield info.publisher
