"""What a model is asked: a question, what it reads, and the conversation before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from bot.question.conversation import Turn
from retrieval.hit import Hit


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """A *question* of the day *as_of*; ``turns`` is the conversation before it, oldest first.

    ``steps`` are the hits of each search; ``hits`` are all of them in order, as sentences cite them.
    ``looked_up`` has a line for each look so far; ``looks_left`` is how often the model can still look.
    """

    question: str
    steps: tuple[tuple[Hit, ...], ...]
    as_of: date
    turns: Sequence[Turn] = ()
    looked_up: tuple[str, ...] = ()
    looks_left: int = 0

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The hits of all steps."""
        return tuple(hit for step in self.steps for hit in step)

    def with_hits(self, kept: Collection[int]) -> AnswerRequest:
        """The request with only the hits that have the indexes *kept*."""
        places = count()
        steps = tuple(tuple(hit for hit in step if next(places) in kept) for step in self.steps)
        return replace(self, steps=steps)
