"""Conversations: what was said where, so that a follow-up can be understood."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, how it reads without the conversation, and the text that answered it."""

    question: str
    answer: str
    standalone_question: str


class Conversations:
    """The last turns of each conversation, by its key (a channel, a thread, a terminal); bounded."""

    def __init__(self, turns: int = 8, conversations: int = 10_000) -> None:
        self._turns = turns
        self._limit = conversations
        self._by_key: OrderedDict[str, tuple[Turn, ...]] = OrderedDict()

    def turns(self, key: str) -> tuple[Turn, ...]:
        """The turns kept of a conversation, the oldest first; empty for an unknown one."""
        return self._by_key.get(key, ())

    def add(self, key: str, turn: Turn) -> None:
        """Remember a turn; the oldest turns, and the conversations silent for longest, are let go."""
        if not key:
            return
        self._by_key[key] = (*self.turns(key), turn)[-self._turns :]
        self._by_key.move_to_end(key)
        while len(self._by_key) > self._limit:
            self._by_key.popitem(last=False)

    def forget(self, key: str) -> None:
        """Let go of a conversation."""
        self._by_key.pop(key, None)
