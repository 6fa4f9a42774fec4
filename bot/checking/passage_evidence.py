"""The passages that can support a sentence, prepared for the comparison of their facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.checking.aligned_facts import AlignedSource
from bot.checking.unsupported_facts import KnownFacts
from bot.facts.affiliations import KnownAffiliations
from bot.facts.date_mentions import DateMention
from bot.facts.derived_dates import derived_dates
from bot.facts.speakers import KnownSpeakers
from retrieval.hit import Hit
from retrieval.text_normalization import normalized

MAX_GAP = 4  # characters of white space between passages that follow each other


@dataclass(frozen=True)
class Evidence:
    """The passages that can support a sentence; heads (title, publisher, date) count as text."""

    hits: tuple[Hit, ...]

    @cached_property
    def passages(self) -> tuple[str, ...]:
        """The texts of the passages."""
        return tuple(normalized(hit.passage.text) for hit in self.hits)

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """Title, publisher, date and author of each passage."""
        heads = (f"{hit.passage.head} {hit.passage.article.author or ''}" for hit in self.hits)
        return tuple(map(normalized, heads))

    @cached_property
    def facts(self) -> KnownFacts:
        """The facts stated in passages and heads."""
        return KnownFacts((*self.passages, *self.heads))

    @cached_property
    def aligned(self) -> AlignedSource:
        """The passages, prepared for the comparison of values in their context."""
        days = (hit.passage.article.day for hit in self.hits)
        return AlignedSource(list(zip(self.passages, days, strict=True)))

    @cached_property
    def speakers(self) -> KnownSpeakers:
        """Who says what in the passages; a speaker can be named in the passage before."""
        return KnownSpeakers([normalized(text) for text in _running_texts(self.hits)])

    @cached_property
    def affiliations(self) -> KnownAffiliations:
        """Where the people of the passages belong to."""
        return KnownAffiliations(self.passages)

    @cached_property
    def dates(self) -> tuple[DateMention, ...]:
        """The dates stated, and those implied by the day of each article."""
        implied = (derived_dates(hit.passage.text, hit.passage.article.day) for hit in self.hits)
        return (*self.facts.dates, *(mention for mentions in implied for mention in mentions))


def _running_texts(hits: Sequence[Hit]) -> list[str]:
    """The texts of the passages, those that follow each other in their article joined."""
    passages = sorted((hit.passage for hit in hits), key=lambda passage: (passage.article.id, passage.start))
    texts: list[str] = []
    for place, passage in enumerate(passages):
        before = passages[place - 1] if place else None
        if before and before.article == passage.article and 0 <= passage.start - before.end <= MAX_GAP:
            texts[-1] += f"\n\n{passage.text}"
        else:
            texts.append(passage.text)
    return texts


@lru_cache(maxsize=64)
def evidence_of(hits: tuple[Hit, ...]) -> Evidence:
    """The evidence of some hits; cached, since the sentences of an answer share it."""
    return Evidence(hits)
