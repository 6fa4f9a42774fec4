"""Who may ask now, and whose turn it is: a rate for each person, and a bounded line that keeps its order."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_MINUTE = 60.0  # seconds
_PEOPLE = 10_000  # whose last questions are remembered


class Rate:
    """At most *limit* questions of one person in any minute."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._asked: OrderedDict[int, deque[float]] = OrderedDict()

    def wait(self, person: int) -> float:
        """Seconds until a person may ask again; 0 when now, and then the question is counted."""
        now, asked = self._clock(), self._asked.setdefault(person, deque())
        self._asked.move_to_end(person)
        while len(self._asked) > _PEOPLE:
            self._asked.popitem(last=False)
        while asked and now - asked[0] >= _MINUTE:
            asked.popleft()
        if len(asked) >= self._limit:
            return asked[0] + _MINUTE - now
        asked.append(now)
        return 0.0


@dataclass(eq=False)
class Ticket:
    """A question's place in the line. One of a person, and one of a conversation, is answered at a time."""

    person: int
    conversation: str
    server: int
    ready: asyncio.Event = field(default_factory=asyncio.Event)


class QueueFull(Exception):
    """The line takes no more questions now; ``place`` is how long it is."""

    def __init__(self, place: int) -> None:
        super().__init__(f"{place} questions are waiting")
        self.place = place


class RequestQueue:
    """Questions answered *parallel* at a time; the rest wait in their order, at most so many of them."""

    def __init__(self, parallel: int, of_server: int, in_all: int) -> None:
        self._parallel = parallel
        self._of_server = of_server
        self._in_all = in_all
        self._waiting: deque[Ticket] = deque()
        self._running: list[Ticket] = []
        self._servers: Counter[int] = Counter()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._running)

    def enter(self, person: int, conversation: str, server: int) -> Ticket:
        """Take a place at once, before anything is awaited. Raises LineFull."""
        if len(self._waiting) >= self._in_all or self._servers[server] >= self._of_server:
            raise QueueFull(len(self._waiting))
        turn = Ticket(person, conversation, server)
        self._waiting.append(turn)
        self._servers[server] += 1
        self._advance()
        return turn

    def place(self, turn: Ticket) -> int:
        """How many questions go before this one, plus one; 0 when it is its turn."""
        return 0 if turn.ready.is_set() else self._waiting.index(turn) + 1

    @asynccontextmanager
    async def turn(self, turn: Ticket) -> AsyncIterator[None]:
        """Wait for the turn and hold it; left in any way, it goes to the next."""
        try:
            await turn.ready.wait()
            yield
        finally:
            self.leave(turn)

    def leave(self, turn: Ticket) -> None:
        """Give the place up, whether its turn has come or not; a second time does nothing."""
        for places in (self._running, self._waiting):
            if turn in places:
                places.remove(turn)
                self._servers[turn.server] -= 1
                if not self._servers[turn.server]:
                    del self._servers[turn.server]
        self._advance()

    def _advance(self) -> None:
        """Start whoever may: the first in line whose person and conversation have nothing running."""
        people = {turn.person for turn in self._running}
        talks = {turn.conversation for turn in self._running}
        for turn in list(self._waiting):
            if len(self._running) >= self._parallel:
                return
            if turn.person not in people and turn.conversation not in talks:
                self._waiting.remove(turn)
                self._running.append(turn)
                turn.ready.set()
            people.add(turn.person)  # who waits here must not be overtaken by a later question of theirs
            talks.add(turn.conversation)
