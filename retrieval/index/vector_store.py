"""The vector store: passages with their vectors and metadata, in Chroma.

It is the source of truth for the index: catalogue, lexical index and vector file are replicas that can be
rebuilt from it. Vectors are always supplied; Chroma never embeds, and so never downloads a model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import urlsplit

from retrieval.errors import IndexFailure
from retrieval.index.durable_files import error_reason
from retrieval.index.server_probe import SERVER_HELP, headers_of, probe
from retrieval.index.stored_rows import TEXT, StoredRow, metadata_of, passage_of
from retrieval.passage import Passage

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import Metadata, Where
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

COLLECTION = "footnote-passages"
# With 200 instead of 100 candidates, recall of the 50 nearest of 13,697 real passages is .995 instead of
# .982, in 1.0 ms instead of 0.8.
HNSW: CreateHNSWConfiguration = {"space": "cosine", "ef_search": 200}
# For a graph that no search uses: built in half the time; recall .96 instead of .998 on 20,000 passages.
UNSEARCHED_HNSW: CreateHNSWConfiguration = {**HNSW, "ef_construction": 20}
BATCH = 1_000  # rows per call; Chroma's limit is 5,461
_SERVER_TIMEOUT_SECONDS = 60.0


class _Closable(Protocol):  # the interface of Chroma's clients leaves it out
    def close(self) -> None: ...


class VectorStore:
    """The collection of passages in one Chroma database.

    Texts are metadata and not documents, for which Chroma builds a full-text index that nothing here uses: it
    would take a third of the time and of the disk space. Rows with documents, as older versions wrote them,
    are read too.
    """

    _TEXTS_ARE_DOCUMENTS = False

    def __init__(self, client: ClientAPI, collection: Collection, place: str) -> None:
        self._client = client
        self._collection = collection
        self._place = place

    @classmethod
    def create(cls, folder: Path, hnsw: CreateHNSWConfiguration = HNSW) -> VectorStore:
        """A new, empty store in a folder. Raises IndexFailure."""
        return cls._embedded(
            folder,
            lambda client: client.create_collection(
                COLLECTION, embedding_function=None, configuration={"hnsw": hnsw}
            ),
        )

    @classmethod
    def open(cls, folder: Path) -> VectorStore:
        """The store in a folder. Raises IndexFailure if it is missing or damaged.

        Opening writes to the database: the folder must be writable.
        """
        if not (folder / "chroma.sqlite3").is_file():
            raise IndexFailure(f"There is no Chroma database in {folder}.")
        return cls._embedded(
            folder, lambda client: client.get_collection(COLLECTION, embedding_function=None)
        )

    @classmethod
    def _embedded(cls, folder: Path, collection: Callable[[ClientAPI], Collection]) -> VectorStore:
        with chroma_errors(str(folder)):
            import chromadb
            from chromadb.config import Settings

            client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
            try:
                return cls(client, collection(client), str(folder))
            except BaseException:
                cast("_Closable", client).close()
                raise

    def close(self) -> None:
        """Close the database; required before its files are moved or copied."""
        with chroma_errors(self._place):
            cast("_Closable", self._client).close()

    def count(self) -> int:
        """The number of rows."""
        with chroma_errors(self._place):
            return self._collection.count()

    def ids(self, where: Mapping[str, object] | None = None) -> set[str]:
        """The ids of all rows, or of those whose metadata match *where* (a Chroma filter)."""
        with chroma_errors(self._place):
            return set(self._collection.get(where=cast("Where | None", where), include=[])["ids"])

    def upsert(
        self, passages: Sequence[Passage], vectors: Vectors, extra: Sequence[dict[str, int]] | None = None
    ) -> None:
        """Add up to BATCH passages with their vectors; rows with the same id are replaced.

        *extra*: additional metadata for each passage.
        """
        extra = extra or [{}] * len(passages)
        rows = [{**metadata_of(passage), **more} for passage, more in zip(passages, extra, strict=True)]
        texts = [passage.text for passage in passages]
        if not self._TEXTS_ARE_DOCUMENTS:
            rows = [{**row, TEXT: text} for row, text in zip(rows, texts, strict=True)]
        with chroma_errors(self._place):
            self._collection.upsert(
                ids=[passage.id for passage in passages],
                embeddings=vectors,
                documents=texts if self._TEXTS_ARE_DOCUMENTS else None,
                metadatas=cast("list[Metadata]", rows),
            )

    def delete(self, ids: Iterable[str]) -> None:
        """Delete rows; unknown ids are ignored."""
        ids = list(ids)
        with chroma_errors(self._place):
            for at in range(0, len(ids), BATCH):
                self._collection.delete(ids=ids[at : at + BATCH])

    def nearest(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Ids and cosines of the *limit* nearest rows, best first; approximate, by Chroma's graph."""
        with chroma_errors(self._place):
            found = self._collection.query(
                query_embeddings=vector[None, :], n_results=limit, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [(row, 1.0 - distance) for row, distance in zip(found["ids"][0], distances, strict=True)]

    def rows(self, ids: Sequence[str]) -> list[StoredRow]:
        """Up to BATCH rows by id; unknown ids are ignored."""
        with chroma_errors(self._place):
            got = self._collection.get(ids=list(ids), include=["embeddings", "documents", "metadatas"])
            vectors = got["embeddings"] if got["embeddings"] is not None else []
            columns = zip(got["ids"], vectors, got["documents"] or [], got["metadatas"] or [], strict=True)
            return [
                StoredRow(row, passage_of(document, metadata), cast("Vectors", vector))
                for row, vector, document, metadata in columns
            ]

    def batches(self) -> Iterator[list[StoredRow]]:
        """All rows, in batches of up to BATCH."""
        ids = sorted(self.ids())
        for at in range(0, len(ids), BATCH):
            yield self.rows(ids[at : at + BATCH])


def server_client(url: str, token: str | None) -> ClientAPI:
    """A client for a server. Raises IndexFailure if the server is unreachable or rejects the token."""
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
    if session is not None:  # Chroma sets no timeout
        session.timeout = _SERVER_TIMEOUT_SECONDS
    return client


@contextmanager
def chroma_errors(place: str) -> Iterator[None]:
    """Translate Chroma's errors to IndexFailure: its own exceptions, ValueError, KeyError, bare Exception."""
    try:
        yield
    except (IndexFailure, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic in its Rust code is not an Exception
        if "://" in place:
            raise IndexFailure(
                f"The Chroma server {place} failed: {error_reason(error)}.", SERVER_HELP
            ) from error
        raise IndexFailure(f"Chroma failed in {place}: {error_reason(error)}.") from error
