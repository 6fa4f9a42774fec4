"""The vector store: passages with their vectors and all that is known about them, in Chroma.

It holds the truth about what is indexed: catalogue, lexical index and vector file are replicas that can
be made from it. Vectors are always given; Chroma never embeds, and so never downloads a model.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from retrieval.article import ArticleInfo
from retrieval.errors import IndexFailure
from retrieval.folders import reason
from retrieval.passage import Passage

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import Metadata
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

COLLECTION = "footnote-passages"
BATCH = 1_000  # rows in one call; Chroma takes 5,461 at most
_INFO = tuple(field.name for field in fields(ArticleInfo))


class _Closable(Protocol):  # the interface of Chroma's clients leaves it out
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row of the store; ``vector`` is one-dimensional, of length 1."""

    id: str
    passage: Passage
    vector: Vectors


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

    def close(self) -> None:
        """Let go of the database; needed before its files are moved or copied."""
        with _translated(self._place):
            cast("_Closable", self._client).close()

    def count(self) -> int:
        """How many rows there are."""
        with _translated(self._place):
            return self._collection.count()

    def ids(self) -> set[str]:
        """The ids of all rows."""
        with _translated(self._place):
            return set(self._collection.get(include=[])["ids"])

    def upsert(self, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Put passages with their vectors, some BATCH at most; rows of the same id are replaced."""
        with _translated(self._place):
            self._collection.upsert(
                ids=[passage.id for passage in passages],
                embeddings=vectors,
                documents=[passage.text for passage in passages],
                metadatas=[_metadata(passage) for passage in passages],
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
                StoredRow(row, _passage(document, metadata), cast("Vectors", vector))
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

            return Chroma(COLLECTION, embeddings, client=self._client, create_collection_if_not_exists=False)


def _make_collection(client: ClientAPI) -> Collection:
    return client.create_collection(
        COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )


def _metadata(passage: Passage) -> Metadata:
    """All of a passage but its text, as flat values, so that others can filter by them."""
    info = passage.article
    row: dict[str, str | int | None] = {f"article_{name}": getattr(info, name) for name in _INFO}
    row |= {"start": passage.start, "end": passage.end, "line": passage.line, "section": passage.section}
    row["sentences"] = json.dumps(passage.sentences, separators=(",", ":"))
    return {name: value for name, value in row.items() if value is not None}


def _passage(text: str, metadata: Metadata) -> Passage:
    info = ArticleInfo(**{name: metadata.get(f"article_{name}") for name in _INFO})  # type: ignore[arg-type]
    spans = tuple((first, last) for first, last in json.loads(str(metadata["sentences"])))
    section = metadata.get("section")
    start, end, line = (cast("int", metadata[name]) for name in ("start", "end", "line"))
    return Passage(info, text, start, end, line, None if section is None else str(section), spans)


@contextmanager
def _translated(place: str) -> Iterator[None]:
    """Chroma's errors as ours: the embedded one raises its own, ValueError, KeyError and bare Exception."""
    try:
        yield
    except (IndexFailure, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of its Rust part is no Exception
        raise IndexFailure(f"Chroma failed in {place}: {reason(error)}.") from error
