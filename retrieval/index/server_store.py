"""The vector store on a Chroma server: what the embedded one does, and what several writers need."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from retrieval.errors import IndexFailure
from retrieval.index.vector_store import BATCH, COLLECTION, HNSW, VectorStore, server_client, translated

_WRITER = "-writer"
_RETIRED = "retired"  # in the note of a collection: since when, by the server's clock


@dataclass(frozen=True, slots=True)
class WriterLock:
    """A mark on a server that only one can set; ``key`` tells it from others of the same name."""

    key: str
    owner: str
    until: float  # seconds, by the server's clock


class ServerStore(VectorStore):
    """A collection of passages on a server."""

    @classmethod
    def connect(cls, url: str, token: str | None, fingerprint: str) -> ServerStore:
        """The store for *fingerprint* on a Chroma server, made when it is not there. Raises IndexFailure.

        Vectors of different fingerprints cannot be compared, and have collections of their own.
        """
        name = f"{COLLECTION}-{hashlib.sha256(fingerprint.encode()).hexdigest()[:12]}"
        url = url if "://" in url else f"http://{url}"
        with translated(url):
            client = server_client(url, token)
            collection = client.get_or_create_collection(
                name, embedding_function=None, configuration={"hnsw": HNSW}
            )
            return cls(client, collection, url)

    @property
    def key(self) -> str:
        """Names this collection among all that ever were on any server."""
        return str(self._collection.id)

    def note(self) -> dict[str, str | int]:
        """What is written about the collection as a whole, as it is now."""
        with translated(self._place):
            name = self._collection.name
            fresh = self._client.get_collection(name, embedding_function=None)
            if fresh.id != self._collection.id:
                raise IndexFailure(f"The collection {name} on {self._place} was replaced.")
            return cast("dict[str, str | int]", dict(fresh.metadata or {}))

    def write_note(self, note: dict[str, str | int]) -> None:
        """Write about the collection as a whole; all at once."""
        with translated(self._place):
            self._collection.modify(metadata=note)

    def retire(self, key: str) -> None:
        """Note about another collection that it was left for this one; writing it again takes that back."""
        with translated(self._place):
            for each in self._client.list_collections():
                if str(each.id) == key != self.key:
                    each.modify(metadata={**(each.metadata or {}), _RETIRED: self.now()})

    def delete_retired(self, seconds: float) -> None:
        """Delete the collections that were left so long ago and are not being written."""
        with translated(self._place):
            notes = {each.name: each.metadata or {} for each in self._client.list_collections()}
            ours = {self._collection.name, *(name.removesuffix(_WRITER) for name in notes if _WRITER in name)}
            latest = self.now() - seconds
            for name in notes.keys() - ours:
                left = cast("float", notes[name].get(_RETIRED, latest))
                if name.startswith(f"{COLLECTION}-") and left < latest:
                    self._client.delete_collection(name)

    def now(self) -> float:
        """Seconds by the server's clock."""
        with translated(self._place):
            return self._client.heartbeat() / 1e9

    def set_flag(self, owner: str, until: float) -> bool:
        """Set the flag of this collection; False when it is set already. Only one of many succeeds."""
        try:
            self._client.create_collection(
                self._flag_name, embedding_function=None, metadata={"owner": owner, "until": until}
            )
        except Exception as error:
            if "already exists" in str(error):
                return False
            with translated(self._place):
                raise
        return True

    def flag(self) -> WriterLock | None:
        """The flag of this collection; None when it is not set."""
        with translated(self._place):
            names = {each.name: each for each in self._client.list_collections()}
        found = names.get(self._flag_name)
        if found is None:
            return None
        note = found.metadata or {}
        return WriterLock(str(found.id), str(note.get("owner")), float(cast("float", note.get("until", 0))))

    def keep_flag(self, key: str, owner: str, until: float) -> None:
        """Set the flag of that key for longer. Raises IndexFailure when it is gone."""
        with translated(self._place):
            kept = [each for each in self._client.list_collections() if str(each.id) == key]
            for each in kept:
                each.modify(metadata={"owner": owner, "until": until})
        if not kept:
            raise IndexFailure(f"The right to write on {self._place} was lost.")

    def lower_flag(self, key: str) -> None:
        """Take the flag of that key away, and no other that was set since; nothing when it is gone."""
        name = f"{self._flag_name}-{key}"
        with suppress(IndexFailure), translated(self._place):
            for each in self._client.list_collections():
                if str(each.id) == key:
                    each.modify(name=name)  # by its id: another of the same name is not touched
                    self._client.delete_collection(name)

    @property
    def _flag_name(self) -> str:
        return self._collection.name + _WRITER

    def mark(self, ids: Iterable[str], marks: dict[str, int]) -> None:
        """Change some of the metadata of rows; unknown ids are passed over."""
        rest = list(ids)
        with translated(self._place):
            for at in range(0, len(rest), BATCH):
                batch = rest[at : at + BATCH]
                self._collection.update(ids=batch, metadatas=[marks] * len(batch))
