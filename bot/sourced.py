"""A question that says whose report is meant: what it asks apart from that, and what those publishers say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.ellipsis import is_elliptic
from retrieval.hit import Hit
from retrieval.outlets import named_in, unsourced

_REPORTS = re.compile(r"\b(?:report|sa(?:y|id)|writ|wrote|publish|news|articles?\b)", re.I)


def sourced(question: str, hits: Sequence[Hit]) -> tuple[str, Sequence[Hit]]:
    """The question without the publishers that it names, and the hits of these, if there are any.

    "How many came, according to The Quay?" asks how many came, and The Quay is to answer. A publisher that is
    named otherwise ("Who sued The Quay?") is part of what is asked.
    """
    named = {name for hit in hits for name in _publishers(hit) if named_in(name, question)}
    plain = unsourced(question, named)
    own = [hit for hit in hits if named.intersection(_publishers(hit))]
    return plain, own if own and plain != question else hits


def spoken_of(
    question: str, history: Sequence[tuple[str, str]], publishers: Sequence[str]
) -> Sequence[tuple[str, str]]:
    """What a follow-up can mean of a talk of (question, answer): not who was to answer an earlier question,
    unless it asks what is reported ("What else did they write?")."""
    if is_elliptic(question) or _REPORTS.search(question):
        return history
    return [(unsourced(asked, publishers), answer) for asked, answer in history]


def _publishers(hit: Hit) -> Iterator[str]:
    """Of the passage, and of the copies that were folded into it."""
    for info in (hit.passage.article, *hit.also_in):
        if info.publisher:
            yield info.publisher
