"""A question that says whose report is meant: what it asks apart from that, and what those publishers say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.question.ellipsis import is_elliptic
from retrieval.hit import Hit
from retrieval.search.publisher_scope import publishers_in, without_attribution

_REPORTS = re.compile(r"\b(?:report|sa(?:y|id)|writ|wrote|publish|news|articles?\b)", re.I)


def split_publisher(question: str, hits: Sequence[Hit]) -> tuple[str, Sequence[Hit]]:
    """The question without the publishers that it names, and the hits of these, if there are any.

    "How many came, according to The Quay?" asks how many came, and The Quay is to answer. A publisher that is
    named otherwise ("Who sued The Quay?") is part of what is asked.
    """
    named = {name for hit in hits for name in _publishers(hit) if publishers_in(name, question)}
    plain = without_attribution(question, named)
    own = [hit for hit in hits if named.intersection(_publishers(hit))]
    return plain, own if own and plain != question else hits


def publishers_mentioned(
    question: str, history: Sequence[tuple[str, str]], publishers: Sequence[str]
) -> Sequence[tuple[str, str]]:
    """What a follow-up can mean of a talk of (question, answer): not who was to answer an earlier question,
    unless it asks what is reported ("What else did they write?")."""
    if is_elliptic(question) or _REPORTS.search(question):
        return history
    return [(without_attribution(asked, publishers), answer) for asked, answer in history]


def _publishers(hit: Hit) -> Iterator[str]:
    """Of the passage, and of the copies that were folded into it."""
    for info in (hit.passage.article, *hit.also_in):
        if info.publisher:
            yield info.publisher
