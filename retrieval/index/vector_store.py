"""The vector store: passages with their vectors and all that is known about them, in Chroma.

It holds the truth about what is indexed: catalogue, lexical index and vector file are replicas that can
be made from it. Vectors are always given; Chroma never embeds, and so never downloads a model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import urlsplit

from retrieval.errors import IndexFailure
from retrieval.index.durable_files import reason
from retrieval.index.server_probe import headers_of, probe
from retrieval.index.stored_rows import StoredRow, metadata_of, passage_of
from retrieval.passage import Passage

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import Where
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

COLLECTION = "footnote-passages"
# With 200 instead of 100 candidates the graph finds .995 instead of .982 of the 50 nearest of 13,697 real
# passages, in 1.0 ms instead of 0.8.
HNSW: CreateHNSWConfiguration = {"space": "cosine", "ef_search": 200}
BATCH = 1_000  # rows in one call; Chroma takes 5,461 at most
_SERVER_HELP = "Does it run? Check FOOTNOTE_CHROMA_URL and FOOTNOTE_CHROMA_TOKEN."
_SERVER_SECONDS = 60.0  # that a server may take for one answer


class _Closable(Protocol):  # the interface of Chroma's clients leaves it out
    def close(self) -> None: ...


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
        with translated(str(folder)):
            import chromadb
            from chromadb.config import Settings

            client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
            try:
                return cls(client, collection(client), str(folder))
            except BaseException:
                cast("_Closable", client).close()
                raise

    def close(self) -> None:
        """Let go of the database; needed before its files are moved or copied."""
        with translated(self._place):
            cast("_Closable", self._client).close()

    def count(self) -> int:
        """How many rows there are."""
        with translated(self._place):
            return self._collection.count()

    def ids(self, where: Mapping[str, object] | None = None) -> set[str]:
        """The ids of all rows, or of those with certain metadata (Chroma's filters)."""
        with translated(self._place):
            return set(self._collection.get(where=cast("Where | None", where), include=[])["ids"])

    def upsert(
        self, passages: Sequence[Passage], vectors: Vectors, marks: Sequence[dict[str, int]] | None = None
    ) -> None:
        """Put passages with their vectors, some BATCH at most; rows of the same id are replaced.

        *marks* are further metadata, one for each passage.
        """
        further = marks or [{}] * len(passages)
        with translated(self._place):
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
        with translated(self._place):
            for at in range(0, len(rest), BATCH):
                self._collection.delete(ids=rest[at : at + BATCH])

    def nearest(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Ids and cosines of the *limit* rows nearest by Chroma's graph, which may miss some; best first."""
        with translated(self._place):
            found = self._collection.query(
                query_embeddings=vector[None, :], n_results=limit, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [(row, 1.0 - distance) for row, distance in zip(found["ids"][0], distances, strict=True)]

    def rows(self, ids: Sequence[str]) -> list[StoredRow]:
        """Rows by id, BATCH of them at most; unknown ids are passed over."""
        with translated(self._place):
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


def _make_collection(client: ClientAPI) -> Collection:
    return client.create_collection(COLLECTION, embedding_function=None, configuration={"hnsw": HNSW})


def server_client(url: str, token: str | None) -> ClientAPI:
    """A client for a server that is there. Raises IndexFailure."""
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
def translated(place: str) -> Iterator[None]:
    """Chroma's errors as ours: the embedded one raises its own, ValueError, KeyError and bare Exception."""
    try:
        yield
    except (IndexFailure, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of its Rust part is no Exception
        if "://" in place:
            raise IndexFailure(f"The Chroma server {place} failed: {reason(error)}.", _SERVER_HELP) from error
        raise IndexFailure(f"Chroma failed in {place}: {reason(error)}.") from error
