"""Admission: a rate limit per person, and a bounded queue that keeps its order."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_WINDOW = 60.0  # seconds
_MAX_PEOPLE = 10_000  # people whose recent questions are remembered


class RateLimit:
    """At most *limit* questions per person in any minute."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._clock = clock
        self._times: OrderedDict[int, deque[float]] = OrderedDict()

    def acquire(self, person: int) -> float:
        """Count a question and return 0, or return the seconds until the person can ask again."""
        now, times = self._clock(), self._times.setdefault(person, deque())
        self._times.move_to_end(person)
        while len(self._times) > _MAX_PEOPLE:
            self._times.popitem(last=False)
        while times and now - times[0] >= _WINDOW:
            times.popleft()
        if len(times) >= self.limit:
            return times[0] + _WINDOW - now
        times.append(now)
        return 0.0


@dataclass(eq=False)
class Ticket:
    """A question's place in the queue. ``ready`` is set when it can run."""

    person: int
    conversation: str
    server: int
    ready: asyncio.Event = field(default_factory=asyncio.Event)


class QueueFull(Exception):
    """The queue accepts no more questions at the moment; ``waiting`` is its length."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} questions are waiting")
        self.waiting = waiting


class RequestQueue:
    """Runs up to *parallel* questions at a time, only one per person and per conversation; others wait.

    *max_per_server* limits the running and waiting questions of a server, *max_waiting* those waiting in
    all servers.
    """

    def __init__(self, parallel: int, max_per_server: int, max_waiting: int) -> None:
        self._parallel = parallel
        self._max_per_server = max_per_server
        self._max_waiting = max_waiting
        self._waiting: deque[Ticket] = deque()
        self._running: list[Ticket] = []
        self._per_server: Counter[int] = Counter()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._running)

    def enter(self, person: int, conversation: str, server: int) -> Ticket:
        """Join the queue; synchronous, so that events keep their order. Raises QueueFull."""
        if len(self._waiting) >= self._max_waiting or self._per_server[server] >= self._max_per_server:
            raise QueueFull(len(self._waiting))
        ticket = Ticket(person, conversation, server)
        self._waiting.append(ticket)
        self._per_server[server] += 1
        self._advance()
        return ticket

    def position(self, ticket: Ticket) -> int:
        """The position among the waiting questions, from 1; 0 if the ticket is ready."""
        return 0 if ticket.ready.is_set() else self._waiting.index(ticket) + 1

    @asynccontextmanager
    async def slot(self, ticket: Ticket) -> AsyncIterator[None]:
        """Wait until the ticket is ready and leave the queue on exit, also on cancellation."""
        try:
            await ticket.ready.wait()
            yield
        finally:
            self.leave(ticket)

    def leave(self, ticket: Ticket) -> None:
        """Remove a waiting or running ticket. Does nothing the second time."""
        for tickets in (self._running, self._waiting):
            if ticket in tickets:
                tickets.remove(ticket)
                self._per_server[ticket.server] -= 1
                if not self._per_server[ticket.server]:
                    del self._per_server[ticket.server]
        self._advance()

    def _advance(self) -> None:
        """Start waiting tickets in order, skipping those whose person or conversation is busy."""
        people = {ticket.person for ticket in self._running}
        conversations = {ticket.conversation for ticket in self._running}
        for ticket in list(self._waiting):
            if len(self._running) >= self._parallel:
                return
            if ticket.person not in people and ticket.conversation not in conversations:
                self._waiting.remove(ticket)
                self._running.append(ticket)
                ticket.ready.set()
            people.add(ticket.person)  # a later question of the same person must not overtake this one
            conversations.add(ticket.conversation)
