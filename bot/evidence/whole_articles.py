"""Adds the rest of the articles to the hits of a question that passages alone cannot answer.

A summary, a timeline or a complete list needs what no passage similar to the question says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from retrieval.hit import Hit
from retrieval.passage import Passage

MAX_SCORE_GAP = 4.0  # below the best hit: articles of hits with lower scores are not read to their end
_WHOLE = re.compile(
    r"\b(?:summari[sz]e|summary|overview|recap|timeline|chronolog\w+|step[ -]by[ -]step|key (?:points|events)"
    r"|main (?:points|events)|sequence of events|course of events"
    r"|(?:list|name|give|what (?:are|were)|which|who) (?:me )?(?:are |were )?(?:all|every|each)\b"
    r"|list (?:of )?(?:the|those|everyone|everything)"
    r"|what (?:has |have |had )?changed|how (?:did|has|have) .{1,60} (?:change|develop|unfold|evolve)"
    r"|from (?:start|beginning) to (?:finish|end))",
    re.IGNORECASE,
)


def needs_whole_articles(question: str) -> bool:
    """True for a summary, a timeline, a complete list, or what changed.

    >>> needs_whole_articles("List all fines of 2022"), needs_whole_articles("Who was fined?")
    (True, False)
    """
    return _WHOLE.search(question) is not None


def with_whole_articles(hits: Sequence[Hit], passages_of: Callable[[str], Sequence[Passage]]) -> list[Hit]:
    """The hits, each article's opening with its first hit, then the rest of the closest articles.

    *passages_of* gives the passages of an article in text order. The order is that of their use: whoever
    reads a part of the result has the openings and the hits first.
    """
    return [*_with_openings(hits, passages_of), *_rest(hits, passages_of)]


def _with_openings(hits: Sequence[Hit], passages_of: Callable[[str], Sequence[Passage]]) -> Iterator[Hit]:
    seen = set()
    for hit in hits:
        yield hit
        if hit.passage.article.id not in seen:
            seen.add(hit.passage.article.id)
            yield from (around(hit, passage) for passage in passages_of(hit.passage.article.id)[:1])


def _rest(hits: Sequence[Hit], passages_of: Callable[[str], Sequence[Passage]]) -> Iterator[Hit]:
    best = max((hit.score for hit in hits), default=0.0)
    first_of = {hit.passage.article.id: hit for hit in reversed(hits)}
    for hit in sorted(first_of.values(), key=lambda hit: -hit.score):
        if hit.score >= best - MAX_SCORE_GAP:
            yield from (around(hit, passage) for passage in passages_of(hit.passage.article.id))


def around(hit: Hit, passage: Passage) -> Hit:
    """Another passage of the article of *hit*, as a hit that was not ranked itself."""
    return replace(hit, passage=passage, dense=None, lexical=None, similarity=None)
