"""Keeps the newest generation of an index open for several threads, and repairs it when it is damaged."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from retrieval.errors import IndexDamaged, RetrievalError

if TYPE_CHECKING:
    from retrieval.index.index_reader import Index
    from retrieval.sync.sync_index import SyncReport

log = logging.getLogger("footnote.index")
REPAIR_WAIT_SECONDS = 15.0  # that a reader waits for a repair, which goes on without it
_T = TypeVar("_T")


class OpenIndex:
    """The newest generation, opened on first use with *open_newest*, repaired with *sync*. Thread-safe."""

    def __init__(self, open_newest: Callable[[], Index], sync: Callable[[], SyncReport]) -> None:
        self._open_newest = open_newest
        self._sync = sync
        self._lock = threading.RLock()  # opening calls the library, which has locks of its own
        self._index: Index | None = None
        self._users: dict[int, int] = {}  # id() of an open index -> number of blocks that use it
        self._repair: _Repair | None = None
        self._repair_lock = threading.Lock()

    @contextmanager
    def use(self) -> Iterator[Index]:
        """The newest generation, kept open while the block runs; repaired first if it is damaged.

        Raises IndexMissing, IndexMismatch, IndexDamaged, IndexFailure.
        """
        index = self._repaired(self._acquire)
        try:
            yield index
        finally:
            self._release(index)

    def read(self, action: Callable[[Index], _T]) -> _T:
        """The result of *action*, computed from files that equal their checksums. Raises as ``use`` does."""
        return self._repaired(lambda: self._read(action))

    def _read(self, action: Callable[[Index], _T]) -> _T:
        index = self._acquire()
        try:
            try:
                result = action(index)
            except Exception:
                index.verify()  # damage would explain the error
                raise
            index.verify()
            return result
        finally:
            self._release(index)

    def _repaired(self, action: Callable[[], _T]) -> _T:
        """The result of *action*, which is repeated once after a repair."""
        try:
            return action()
        except IndexDamaged as damage:
            with self._repair_lock:
                if self._repair is None or not self._repair.is_alive():
                    self._repair = _Repair(self._sync)
                    self._repair.start()
                repair = self._repair
            repair.join(REPAIR_WAIT_SECONDS)
            if repair.is_alive():
                raise damage.with_help("It is being repaired; try again in a minute.") from None
            if repair.error is not None:
                error = repair.error
                advice = f"It could not be repaired: {error} {error.help}".rstrip()
                raise damage.with_help(advice) from error
        return action()

    def _acquire(self) -> Index:
        with self._lock:
            if self._index is None or not self._index.is_current():
                newest = self._open_newest()
                if self._index is not None and not self._users.get(id(self._index)):
                    self._index.close()
                self._index = newest
            self._users[id(self._index)] = self._users.get(id(self._index), 0) + 1
            return self._index

    def _release(self, index: Index) -> None:
        with self._lock:
            self._users[id(index)] -= 1
            if not self._users[id(index)]:
                del self._users[id(index)]
                if index is not self._index:
                    index.close()

    def close(self) -> None:
        """Close the index; a later use opens it again."""
        with self._lock:
            if self._index is not None and not self._users.get(id(self._index)):
                self._index.close()
            self._index = None


class _Repair(threading.Thread):
    """One sync, which repairs the index; reports the outcome in one line of the log."""

    def __init__(self, sync: Callable[[], SyncReport]) -> None:
        super().__init__(daemon=True, name="repair")
        self._sync = sync
        self.error: RetrievalError | None = None

    def run(self) -> None:
        try:
            report = self._sync()
        except RetrievalError as error:
            self.error = error
            return
        if report.repaired:
            log.warning("%s", report.repair_text)
