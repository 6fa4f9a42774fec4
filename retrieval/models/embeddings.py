"""The interface of an embedding model: texts to vectors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """A text as the model reads it, up to 254 word pieces and without the marks of start and end.

    ``matrix`` (pieces, dimension), float32: each row, of length 1, is a word piece in its context, at
    ``spans`` (pieces, 2), the characters of the text; ``ids`` are their places in the vocabulary.
    ``pooled`` (dimension,) stands for the whole: the vector that `embed_matrix` gives.
    """

    matrix: Matrix
    spans: NDArray[np.int32]
    ids: tuple[int, ...]
    pooled: Matrix


class FootnoteEmbeddings(ABC):
    """An embedding model that states what made its vectors. Thread-safe; loads with the first text."""

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """Names model, revision, dimension and precision: equal means that vectors can be compared."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """The length of a vector."""

    @abstractmethod
    def embed_matrix(self, texts: Sequence[str]) -> Matrix:
        """One row of length 1 for each text: float32, (texts, dimension).

        Raises ModelMissing (local) or EmbeddingError (a service).
        """

    @abstractmethod
    def count_tokens(self, text: str) -> int:
        """The tokens of the whole text, also of what is cut before embedding."""

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        row: list[float] = self.embed_matrix([text])[0].tolist()
        return row


@runtime_checkable
class TokenReader(Protocol):
    """Embeddings that also give a vector for each word piece; the local ones do, services do not."""

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Each text as the model reads it, in the order given; raises ModelMissing."""


def token_reader(embeddings: object) -> TokenReader | None:
    """The embeddings as a TokenReader, None when they cannot read word pieces."""
    return embeddings if isinstance(embeddings, TokenReader) else None


def clean(text: str) -> str:
    """The text without lone surrogates, which no tokenizer and no service takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
