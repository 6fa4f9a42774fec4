"""Keeps the recent turns of conversations, so that follow-up questions can be understood."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from bot.answer import Answer, Citation

MAX_KEPT_TURNS = 20  # kept of a conversation


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as typed and as a standalone question, the text of its answer and what that cites."""

    question: str
    answer: str
    standalone_question: str
    citations: tuple[Citation, ...] = ()


def turn_of(answer: Answer) -> Turn:
    """The turn of a conversation that an answer makes."""
    return Turn(answer.question, answer.text, answer.standalone_question, answer.citations)


class Conversations:
    """The last turns of each conversation by key (a channel, a thread, a terminal); an LRU cache."""

    def __init__(self, turns: int = MAX_KEPT_TURNS, conversations: int = 10_000) -> None:
        self._turns = turns
        self._limit = conversations
        self._by_key: OrderedDict[str, tuple[Turn, ...]] = OrderedDict()

    def turns(self, key: str) -> tuple[Turn, ...]:
        """The stored turns of a conversation, oldest first; empty for an unknown key."""
        return self._by_key.get(key, ())

    def add(self, key: str, turn: Turn) -> None:
        """Store a turn; drops the oldest turns and the least recently active conversations."""
        if not key:
            return
        self._by_key[key] = (*self.turns(key), turn)[-self._turns :]
        self._by_key.move_to_end(key)
        while len(self._by_key) > self._limit:
            self._by_key.popitem(last=False)

    def forget(self, key: str) -> None:
        """Delete a conversation."""
        self._by_key.pop(key, None)
