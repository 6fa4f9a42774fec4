"""A question that says whose report is meant: what it asks apart from that, and what those publishers say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retrieval.hit import Hit
from retrieval.outlets import named_in, unsourced


def sourced(question: str, hits: Sequence[Hit]) -> tuple[str, Sequence[Hit]]:
    """The question without the publishers that it names, and the hits of these, if there are any.

    "How many came, according to The Quay?" asks how many came, and The Quay is to answer. A publisher that is
    named otherwise ("Who sued The Quay?") is part of what is asked.
    """
    named = {name for hit in hits for name in _publishers(hit) if named_in(name, question)}
    plain = unsourced(question, named)
    own = [hit for hit in hits if named.intersection(_publishers(hit))]
    return plain, own if own and plain != question else hits


def _publishers(hit: Hit) -> Iterator[str]:
    """Of the passage, and of the copies that were folded into it."""
    for info in (hit.passage.article, *hit.also_in):
        if info.publisher:
            yield info.publisher
