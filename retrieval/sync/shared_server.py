"""An index that several machines share: the truth on a Chroma server, a replica on each machine.

Rows on the server carry the generations they belong to: those with ``since`` <= g < ``until`` are
generation g, whatever a writer is doing. A writer puts new rows (since g+1), marks old ones (until g+1),
and then names g+1 in the collection's note, which is the commit; only then are old rows deleted. What a
killed writer left is used or undone by the next.
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

    from retrieval.index.generations import Current
    from retrieval.index.stored_rows import StoredRow
    from retrieval.index.vector_matrix import VectorMatrix
    from retrieval.sync.next_generation import NextGeneration

    Done = Callable[[int, int], None]

_FOR_EVER = 2**53  # the generation that never comes
HELD = 60.0  # seconds that the right to write lasts when it is not renewed
_RENEWED = 15.0
GRACE = 86_400.0  # seconds that the rows of another fingerprint stay after they were left for this one
_PAUSE = 0.3


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
        """The generation that is current now; 0 when there is none."""
        return int(self._store.note().get("generation", 0))

    def version(self, generation: int | None = None) -> str:
        """Names a generation among all of all servers; of the current one when none is given."""
        return f"{self._store.key}:{self.generation() if generation is None else generation}"

    @contextmanager
    def writing(self, wait_seconds: float) -> Iterator[None]:
        """Be the only writer on any machine while the block runs. Raises IndexBusy, IndexFailure."""
        owner = self._owner = secrets.token_hex(8)
        key = self._claim(owner, time.monotonic() + wait_seconds)
        over = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(key, owner, over), daemon=True)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()
            self._store.lower_flag(key)

    def _claim(self, owner: str, end: float) -> str:
        while True:
            if self._store.set_flag(owner, self._store.now() + HELD):
                flag = self._store.flag()
                if flag is not None and flag.owner == owner:
                    return flag.key
            flag = self._store.flag()
            if flag is not None and flag.until < self._store.now():
                self._store.lower_flag(flag.key)  # its writer died
            elif time.monotonic() >= end:
                raise IndexBusy(f"Another machine is writing the index on {self.url}.")
            else:
                time.sleep(_PAUSE)

    def _keep(self, key: str, owner: str, over: threading.Event) -> None:
        while not over.wait(_RENEWED):
            try:
                self._store.keep_flag(key, owner, self._store.now() + HELD)
            except IndexFailure:
                continue  # tried again; the commit asks whether it is still held

    def rows(self, generation: int, without: set[str]) -> tuple[set[str], Iterator[list[StoredRow]]]:
        """The ids of a generation, and its rows but those of the ids *without*, in batches."""
        ids = self._store.ids(_within(generation))
        wanted = sorted(ids - without)
        return ids, (self._store.rows(wanted[at : at + BATCH]) for at in range(0, len(wanted), BATCH))

    def push(self, building: NextGeneration, matrix: VectorMatrix, new: set[int], done: Done) -> str:
        """Make the building the next generation on the server; returns its version. For the writer.

        *new* are the keys of passages that the base has not. Nothing that belongs to the current
        generation is changed before the commit.
        """
        current = self.generation()
        rows = building.catalogue.query("SELECT id, key FROM passages ORDER BY key")
        wanted = {row[0] for row in rows}
        visible = self._store.ids(_within(current))
        keys = [key for passage_id, key in rows if key in new or passage_id not in visible]
        self._put(building, matrix, keys, visible, current + 1, done)
        self._store.delete(self._store.ids({"since": {"$gt": current}}) - wanted)
        self._store.mark(self._store.ids({"until": {"$lt": _FOR_EVER}}) & wanted, {"until": _FOR_EVER})
        self._store.mark(visible - wanted, {"until": current + 1})
        if self._store.ids(_within(current + 1)) != wanted:
            raise IndexFailure(f"Not all passages reached the server {self.url}.")
        self._check_flag()
        self._store.write_note({"generation": current + 1, "fingerprint": self._fingerprint})
        self._store.delete(visible - wanted)
        return self.version(current + 1)

    def leave(self, before: Current | None) -> None:
        """Give up the generation that this machine had *before*, when it was of another fingerprint; and
        delete what any machine gave up a day ago (till then others may read it) and none wrote since."""
        with suppress(IndexFailure):  # what is left is only room on the server's disk
            if before is not None and before.server and before.fingerprint != self._fingerprint:
                self._store.retire(before.server.rpartition(":")[0])
            self._store.delete_retired(GRACE)

    def _put(
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
            passages = [each.passage for each in building.catalogue.by_keys(batch)]
            # A row that belongs to the current generation must not leave it.
            marks = [{"since": 0 if each.id in visible else since, "until": _FOR_EVER} for each in passages]
            self._store.upsert(passages, np.asarray(matrix.vectors[matrix.rows(batch)]), marks)
            done(at + len(batch), len(keys))

    def _check_flag(self) -> None:
        flag = self._store.flag()
        if flag is None or flag.owner != self._owner:
            raise IndexFailure(f"The right to write on {self.url} was lost to another machine.")


def _within(generation: int) -> dict[str, object]:
    return {"$and": [{"since": {"$lte": generation}}, {"until": {"$gt": generation}}]}
