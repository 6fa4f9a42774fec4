"""The interface of an embedding model: texts to vectors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from retrieval.text_normalization import normalized

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The vectors of the word pieces that the model reads of a text, without the start and end tokens.

    ``matrix`` (pieces, dimension), float32, has one contextual vector of length 1 per word piece.
    ``spans`` (pieces, 2) are their character offsets in the text, ``ids`` their vocabulary ids. ``pooled``
    (dimension,) is the vector of the whole text, as `embed_matrix` returns it.
    """

    matrix: Matrix
    spans: NDArray[np.int32]
    ids: tuple[int, ...]
    pooled: Matrix


class FootnoteEmbeddings(ABC):
    """An embedding model. Thread-safe; loads with the first text."""

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """Identifies model, revision, dimension and precision: equal fingerprints, comparable vectors."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """The length of a vector."""

    @abstractmethod
    def embed_matrix(self, texts: Sequence[str]) -> Matrix:
        """One vector of length 1 per text: float32, (texts, dimension).

        Raises ModelMissing (local) or EmbeddingError (a service).
        """

    def embed_questions(self, texts: Sequence[str]) -> Matrix:
        """The same for questions, which some models embed differently."""
        return self.embed_matrix(texts)

    @abstractmethod
    def count_tokens(self, text: str) -> int:
        """The number of tokens in the whole text, including those truncated before embedding."""

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        row: list[float] = self.embed_questions([normalized(text)])[0].tolist()
        return row


@runtime_checkable
class TokenEmbeddings(Protocol):
    """Embeddings that also return a vector per word piece; the default model does."""

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The token vectors of each text, in the order given. Raises ModelMissing."""


def as_token_embeddings(embeddings: object) -> TokenEmbeddings | None:
    """The embeddings as TokenEmbeddings; None when they have no token vectors."""
    return embeddings if isinstance(embeddings, TokenEmbeddings) else None


def replace_surrogates(text: str) -> str:
    """The text with lone surrogates replaced: tokenizers and services reject them."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
