"""An index shared by several machines: the source of truth is a Chroma server, each machine has a replica.

Each row on the server stores the generations it belongs to: rows with ``since`` <= g < ``until`` are
generation g, whatever a writer is doing. A writer adds new rows (since g+1), marks old ones (until g+1), and
commits by writing g+1 to the collection's metadata; only then are old rows deleted. The next writer reuses
or undoes the work of a killed one.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import IndexBusy, IndexFailure
from retrieval.index.server_store import ServerStore
from retrieval.index.vector_store import BATCH

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrieval.index.current_generation import Current
    from retrieval.index.stored_rows import StoredRow
    from retrieval.index.vector_matrix import VectorMatrix
    from retrieval.sync.next_generation import NextGeneration

    Done = Callable[[int, int], None]

_NO_END = 2**53  # ``until`` of rows that are current
LOCK_SECONDS = 60.0  # after which the write lock expires unless it is renewed
_RENEW_SECONDS = 15.0  # between two renewals of the write lock
RETIRED_SECONDS = 86_400.0  # that a collection is kept after another fingerprint replaced it
_LOCK_POLL_SECONDS = 0.3


class SharedServer:
    """One shared index on a Chroma server."""

    def __init__(self, url: str, token: str | None, fingerprint: str) -> None:
        self._store = ServerStore.connect(url, token, fingerprint)
        self.url, self._fingerprint = url, fingerprint
        self._owner = ""

    def close(self) -> None:
        """Close the connection."""
        self._store.close()

    def generation(self) -> int:
        """The current generation; 0 if there is none."""
        return int(self._store.metadata().get("generation", 0))

    def version(self, generation: int | None = None) -> str:
        """An id of a generation that is unique across servers; None: of the current one."""
        return f"{self._store.key}:{self.generation() if generation is None else generation}"

    @contextmanager
    def writing(self, wait_seconds: float) -> Iterator[None]:
        """Be the only writer on any machine while the block runs. Raises IndexBusy, IndexFailure."""
        owner = self._owner = secrets.token_hex(8)
        key = self._acquire_lock(owner, time.monotonic() + wait_seconds)
        stop = threading.Event()
        renewal = threading.Thread(target=self._renew_lock, args=(key, owner, stop), daemon=True)
        renewal.start()
        try:
            yield
        finally:
            stop.set()
            renewal.join()
            self._store.release_lock(key)

    def _acquire_lock(self, owner: str, deadline: float) -> str:
        while True:
            if self._store.try_lock(owner, self._store.now() + LOCK_SECONDS):
                lock = self._store.writer_lock()
                if lock is not None and lock.owner == owner:
                    return lock.key
            lock = self._store.writer_lock()
            if lock is not None and lock.until < self._store.now():
                self._store.release_lock(lock.key)  # its writer died
            elif time.monotonic() >= deadline:
                raise IndexBusy(f"Another machine is writing the index on {self.url}.")
            else:
                time.sleep(_LOCK_POLL_SECONDS)

    def _renew_lock(self, key: str, owner: str, stop: threading.Event) -> None:
        while not stop.wait(_RENEW_SECONDS):
            try:
                self._store.renew_lock(key, owner, self._store.now() + LOCK_SECONDS)
            except IndexFailure:
                continue  # retried; the commit checks that the lock is still held

    def rows(self, generation: int, without: set[str]) -> tuple[set[str], Iterator[list[StoredRow]]]:
        """The ids of a generation, and its rows except those with ids in *without*, in batches."""
        ids = self._store.ids(_within(generation))
        wanted = sorted(ids - without)
        return ids, (self._store.rows(wanted[at : at + BATCH]) for at in range(0, len(wanted), BATCH))

    def push(self, building: NextGeneration, matrix: VectorMatrix, new: set[int], done: Done) -> str:
        """Publish *building* as the server's next generation; returns its version. Only for the writer.

        *new* are the keys of passages that are not in the base. The current generation is not changed
        before the commit. *done* is called with (rows written, total).
        """
        current = self.generation()
        rows = building.catalogue.query("SELECT id, key FROM passages ORDER BY key")
        target = {row[0] for row in rows}
        visible = self._store.ids(_within(current))
        keys = [key for passage_id, key in rows if key in new or passage_id not in visible]
        self._upsert(building, matrix, keys, visible, current + 1, done)
        self._store.delete(self._store.ids({"since": {"$gt": current}}) - target)
        self._store.update_metadata(self._store.ids({"until": {"$lt": _NO_END}}) & target, {"until": _NO_END})
        self._store.update_metadata(visible - target, {"until": current + 1})
        if self._store.ids(_within(current + 1)) != target:
            raise IndexFailure(
                f"Some passages did not reach the server {self.url}.", "Run `footnote sync` again."
            )
        self._check_lock()
        self._store.write_metadata({"generation": current + 1, "fingerprint": self._fingerprint})
        self._store.delete(visible - target)
        return self.version(current + 1)

    def retire_collections(self, previous: Current | None) -> None:
        """Retire the collection of this machine's *previous* generation if it has another fingerprint, and
        delete those that were retired a day ago and not written since: until then, others can read them."""
        with suppress(IndexFailure):  # leftovers only take disk space on the server
            if previous is not None and previous.server and previous.fingerprint != self._fingerprint:
                self._store.retire(previous.server.rpartition(":")[0])
            self._store.delete_retired(RETIRED_SECONDS)

    def _upsert(
        self,
        building: NextGeneration,
        matrix: VectorMatrix,
        keys: list[int],
        visible: set[str],
        since: int,
        done: Done,
    ) -> None:
        done(0, len(keys))
        for at in range(0, len(keys), BATCH):
            batch = keys[at : at + BATCH]
            passages = building.catalogue.by_keys(batch)
            # Rows of the current generation must stay in it: since 0.
            generations = [
                {"since": 0 if passage.id in visible else since, "until": _NO_END} for passage in passages
            ]
            self._store.upsert(passages, np.asarray(matrix.vectors[matrix.rows(batch)]), generations)
            done(at + len(batch), len(keys))

    def _check_lock(self) -> None:
        lock = self._store.writer_lock()
        if lock is None or lock.owner != self._owner:
            raise IndexFailure(
                f"Another machine took over the write lock on {self.url}.", "Run `footnote sync` again."
            )


def _within(generation: int) -> dict[str, object]:
    return {"$and": [{"since": {"$lte": generation}}, {"until": {"$gt": generation}}]}
