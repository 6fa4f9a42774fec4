"""The vector store on a Chroma server: the same as the embedded one, plus a lock for several writers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from retrieval.errors import IndexFailure
from retrieval.index.vector_store import BATCH, COLLECTION, HNSW, VectorStore, chroma_errors, server_client

_WRITER = "-writer"  # suffix of the collection that serves as a lock
_RETIRED = "retired"  # metadata of a collection: when it was retired, by the server's clock


@dataclass(frozen=True, slots=True)
class WriterLock:
    """A collection on the server that only one writer can create; ``key`` is its unique id."""

    key: str
    owner: str
    until: float  # seconds, by the server's clock


class ServerStore(VectorStore):
    """A collection of passages on a server, where other versions of Footnote and other programs read it."""

    _TEXTS_ARE_DOCUMENTS = True

    @classmethod
    def connect(cls, url: str, token: str | None, fingerprint: str) -> ServerStore:
        """The store for *fingerprint* on a Chroma server, created if it is missing. Raises IndexFailure.

        Each fingerprint has its own collection, since vectors of different fingerprints are not comparable.
        """
        name = f"{COLLECTION}-{hashlib.sha256(fingerprint.encode()).hexdigest()[:12]}"
        url = url if "://" in url else f"http://{url}"
        with chroma_errors(url):
            client = server_client(url, token)
            collection = client.get_or_create_collection(
                name, embedding_function=None, configuration={"hnsw": HNSW}
            )
            return cls(client, collection, url)

    @property
    def key(self) -> str:
        """The collection's id, unique across servers and time."""
        return str(self._collection.id)

    def metadata(self) -> dict[str, str | int]:
        """The current metadata of the collection. Raises IndexFailure if it was replaced."""
        with chroma_errors(self._place):
            name = self._collection.name
            current = self._client.get_collection(name, embedding_function=None)
            if current.id != self._collection.id:
                raise IndexFailure(f"The collection {name} on {self._place} was replaced.")
            return cast("dict[str, str | int]", dict(current.metadata or {}))

    def write_metadata(self, metadata: dict[str, str | int]) -> None:
        """Replace the metadata of the collection, atomically."""
        with chroma_errors(self._place):
            self._collection.modify(metadata=metadata)

    def retire(self, key: str) -> None:
        """Mark another collection as replaced by this one; the next sync that writes it removes the mark."""
        with chroma_errors(self._place):
            for collection in self._client.list_collections():
                if str(collection.id) == key != self.key:
                    collection.modify(metadata={**(collection.metadata or {}), _RETIRED: self.now()})

    def delete_retired(self, seconds: float) -> None:
        """Delete the collections that were retired more than *seconds* ago and are not being written."""
        with chroma_errors(self._place):
            metadata = {
                collection.name: collection.metadata or {} for collection in self._client.list_collections()
            }
            in_use = {name.removesuffix(_WRITER) for name in metadata if _WRITER in name}
            latest = self.now() - seconds
            for name in metadata.keys() - in_use - {self._collection.name}:
                retired = cast("float", metadata[name].get(_RETIRED, latest))
                if name.startswith(f"{COLLECTION}-") and retired < latest:
                    self._client.delete_collection(name)

    def now(self) -> float:
        """Seconds by the server's clock."""
        with chroma_errors(self._place):
            return self._client.heartbeat() / 1e9

    def try_lock(self, owner: str, until: float) -> bool:
        """Take the lock of this collection; False if it is held already. Only one writer succeeds."""
        try:
            self._client.create_collection(
                self._lock_name, embedding_function=None, metadata={"owner": owner, "until": until}
            )
        except Exception as error:
            if "already exists" in str(error):
                return False
            with chroma_errors(self._place):
                raise
        return True

    def writer_lock(self) -> WriterLock | None:
        """The lock of this collection; None if nobody holds it."""
        with chroma_errors(self._place):
            collections = {collection.name: collection for collection in self._client.list_collections()}
        lock = collections.get(self._lock_name)
        if lock is None:
            return None
        metadata = lock.metadata or {}
        until = float(cast("float", metadata.get("until", 0)))
        return WriterLock(str(lock.id), str(metadata.get("owner")), until)

    def renew_lock(self, key: str, owner: str, until: float) -> None:
        """Extend the lock with that key. Raises IndexFailure if it is gone."""
        with chroma_errors(self._place):
            locks = [lock for lock in self._client.list_collections() if str(lock.id) == key]
            for lock in locks:
                lock.modify(metadata={"owner": owner, "until": until})
        if not locks:
            raise IndexFailure(f"The write lock on {self._place} was lost.")

    def release_lock(self, key: str) -> None:
        """Release the lock with that key, but no other taken since; does nothing if it is gone."""
        name = f"{self._lock_name}-{key}"
        with suppress(IndexFailure), chroma_errors(self._place):
            for lock in self._client.list_collections():
                if str(lock.id) == key:
                    lock.modify(name=name)  # by its id: another lock of the same name is not touched
                    self._client.delete_collection(name)

    @property
    def _lock_name(self) -> str:
        return self._collection.name + _WRITER

    def update_metadata(self, ids: Iterable[str], metadata: dict[str, int]) -> None:
        """Merge *metadata* into that of rows; unknown ids are ignored."""
        ids = list(ids)
        with chroma_errors(self._place):
            for at in range(0, len(ids), BATCH):
                batch = ids[at : at + BATCH]
                self._collection.update(ids=batch, metadatas=[metadata] * len(batch))
