"""The vector store: passages with their vectors and all that is known about them, in Chroma.

It holds the truth about what is indexed: catalogue, lexical index and vector file are replicas that can
be made from it. Vectors are always given; Chroma never embeds, and so never downloads a model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import urlsplit

from retrieval.errors import IndexFailure
from retrieval.folders import reason
from retrieval.passage import Passage
from retrieval.rows import StoredRow, metadata_of, passage_of
from retrieval.server_probe import headers_of, probe

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import Metadata, Where
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

COLLECTION = "footnote-passages"
BATCH = 1_000  # rows in one call; Chroma takes 5,461 at most
_SERVER_HELP = "Does it run? Check FOOTNOTE_CHROMA_URL and FOOTNOTE_CHROMA_TOKEN."
_SERVER_SECONDS = 60.0  # that a server may take for one answer


class _Closable(Protocol):  # the interface of Chroma's clients leaves it out
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Flag:
    """A mark on a server that only one can set; ``key`` tells it from others of the same name."""

    key: str
    owner: str
    until: float  # seconds, by the server's clock


class VectorStore:
    """The collection of passages in one Chroma database."""

    def __init__(self, client: ClientAPI, collection: Collection, place: str) -> None:
        self._client = client
        self._collection = collection
        self._place = place

    @classmethod
    def create(cls, folder: Path) -> VectorStore:
        """A new, empty store in a folder. Raises IndexFailure."""
        return cls._embedded(folder, lambda client: _make_collection(client))

    @classmethod
    def open(cls, folder: Path) -> VectorStore:
        """The store in a folder. Raises IndexFailure when it is missing or damaged.

        Opening writes into the database: it needs a folder that may be written.
        """
        if not (folder / "chroma.sqlite3").is_file():
            raise IndexFailure(f"There is no Chroma database in {folder}.")
        return cls._embedded(
            folder, lambda client: client.get_collection(COLLECTION, embedding_function=None)
        )

    @classmethod
    def _embedded(cls, folder: Path, collection: Callable[[ClientAPI], Collection]) -> VectorStore:
        with _translated(str(folder)):
            import chromadb
            from chromadb.config import Settings

            client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
            try:
                return cls(client, collection(client), str(folder))
            except BaseException:
                cast("_Closable", client).close()
                raise

    @classmethod
    def connect(cls, url: str, token: str | None, fingerprint: str) -> VectorStore:
        """The store for *fingerprint* on a Chroma server, made when it is not there. Raises IndexFailure.

        Vectors of different fingerprints cannot be compared, and have collections of their own.
        """
        name = f"{COLLECTION}-{hashlib.sha256(fingerprint.encode()).hexdigest()[:12]}"
        url = url if "://" in url else f"http://{url}"
        with _translated(url):
            client = _client_of(url, token)
            collection = client.get_or_create_collection(
                name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
            return cls(client, collection, url)

    @property
    def key(self) -> str:
        """Names this collection among all that ever were on any server."""
        return str(self._collection.id)

    def note(self) -> dict[str, str | int]:
        """What is written about the collection as a whole, as it is now."""
        with _translated(self._place):
            name = self._collection.name
            fresh = self._client.get_collection(name, embedding_function=None)
            if fresh.id != self._collection.id:
                raise IndexFailure(f"The collection {name} on {self._place} was replaced.")
            return cast("dict[str, str | int]", dict(fresh.metadata or {}))

    def write_note(self, note: dict[str, str | int]) -> None:
        """Write about the collection as a whole; all at once."""
        with _translated(self._place):
            self._collection.modify(metadata=note)

    def now(self) -> float:
        """Seconds by the server's clock."""
        with _translated(self._place):
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
            with _translated(self._place):
                raise
        return True

    def flag(self) -> Flag | None:
        """The flag of this collection; None when it is not set."""
        with _translated(self._place):
            names = {each.name: each for each in self._client.list_collections()}
        found = names.get(self._flag_name)
        if found is None:
            return None
        note = found.metadata or {}
        return Flag(str(found.id), str(note.get("owner")), float(cast("float", note.get("until", 0))))

    def keep_flag(self, key: str, owner: str, until: float) -> None:
        """Set the flag of that key for longer. Raises IndexFailure when it is gone."""
        self._flag_collection(key).modify(metadata={"owner": owner, "until": until})

    def lower_flag(self, key: str) -> None:
        """Take the flag of that key away, and no other that was set since; nothing when it is gone."""
        name = f"{self._flag_name}-{key}"
        with suppress(IndexFailure), _translated(self._place):
            self._flag_collection(key).modify(name=name)  # by its id: another of the name is not touched
            self._client.delete_collection(name)

    def _flag_collection(self, key: str) -> Collection:
        with _translated(self._place):
            for each in self._client.list_collections():
                if str(each.id) == key:
                    return each
        raise IndexFailure(f"The right to write on {self._place} was lost.")

    @property
    def _flag_name(self) -> str:
        return f"{self._collection.name}-writer"

    def close(self) -> None:
        """Let go of the database; needed before its files are moved or copied."""
        with _translated(self._place):
            cast("_Closable", self._client).close()

    def count(self) -> int:
        """How many rows there are."""
        with _translated(self._place):
            return self._collection.count()

    def ids(self, where: Mapping[str, object] | None = None) -> set[str]:
        """The ids of all rows, or of those with certain metadata (Chroma's filters)."""
        with _translated(self._place):
            return set(self._collection.get(where=cast("Where | None", where), include=[])["ids"])

    def mark(self, ids: Iterable[str], marks: dict[str, int]) -> None:
        """Change some of the metadata of rows; unknown ids are passed over."""
        rest = list(ids)
        with _translated(self._place):
            for at in range(0, len(rest), BATCH):
                batch = rest[at : at + BATCH]
                self._collection.update(ids=batch, metadatas=[cast("Metadata", marks)] * len(batch))

    def upsert(
        self, passages: Sequence[Passage], vectors: Vectors, marks: Sequence[dict[str, int]] | None = None
    ) -> None:
        """Put passages with their vectors, some BATCH at most; rows of the same id are replaced.

        *marks* are further metadata, one for each passage.
        """
        further = marks or [{}] * len(passages)
        with _translated(self._place):
            self._collection.upsert(
                ids=[passage.id for passage in passages],
                embeddings=vectors,
                documents=[passage.text for passage in passages],
                metadatas=[
                    {**metadata_of(passage), **mark} for passage, mark in zip(passages, further, strict=True)
                ],
            )

    def delete(self, ids: Iterable[str]) -> None:
        """Delete rows; unknown ids are passed over."""
        rest = list(ids)
        with _translated(self._place):
            for at in range(0, len(rest), BATCH):
                self._collection.delete(ids=rest[at : at + BATCH])

    def nearest(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Ids and cosines of the *limit* rows nearest by Chroma's graph, which may miss some; best first."""
        with _translated(self._place):
            found = self._collection.query(
                query_embeddings=vector[None, :], n_results=limit, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [(row, 1.0 - distance) for row, distance in zip(found["ids"][0], distances, strict=True)]

    def rows(self, ids: Sequence[str]) -> list[StoredRow]:
        """Rows by id, BATCH of them at most; unknown ids are passed over."""
        with _translated(self._place):
            got = self._collection.get(ids=list(ids), include=["embeddings", "documents", "metadatas"])
            vectors = got["embeddings"] if got["embeddings"] is not None else []
            columns = zip(got["ids"], vectors, got["documents"] or [], got["metadatas"] or [], strict=True)
            return [
                StoredRow(row, passage_of(document, metadata), cast("Vectors", vector))
                for row, vector, document, metadata in columns
            ]

    def batches(self) -> Iterator[list[StoredRow]]:
        """All rows, BATCH by BATCH."""
        ids = sorted(self.ids())
        for at in range(0, len(ids), BATCH):
            yield self.rows(ids[at : at + BATCH])

    def as_langchain(self, embeddings: Embeddings) -> Chroma:
        """The same collection as LangChain's vector store, for other programs."""
        with _translated(self._place):
            from langchain_chroma import Chroma

            return Chroma(
                self._collection.name, embeddings, client=self._client, create_collection_if_not_exists=False
            )


def _make_collection(client: ClientAPI) -> Collection:
    return client.create_collection(
        COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )


def _client_of(url: str, token: str | None) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    probe(url, token)
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    client = chromadb.HttpClient(
        host=str(parts.hostname),
        port=parts.port or (443 if secure else 8000),
        ssl=secure,
        headers=headers_of(token),
        settings=Settings(anonymized_telemetry=False),
    )
    session = getattr(getattr(client, "_server", None), "_session", None)
    if session is not None:  # which has no time limit of its own
        session.timeout = _SERVER_SECONDS
    return client


@contextmanager
def _translated(place: str) -> Iterator[None]:
    """Chroma's errors as ours: the embedded one raises its own, ValueError, KeyError and bare Exception."""
    try:
        yield
    except (IndexFailure, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of its Rust part is no Exception
        if "://" in place:
            raise IndexFailure(f"The Chroma server {place} failed: {reason(error)}.", _SERVER_HELP) from error
        raise IndexFailure(f"Chroma failed in {place}: {reason(error)}.") from error
