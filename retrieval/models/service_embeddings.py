"""Embeddings from OpenAI or any service with a compatible API, and what all remote embeddings share."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import EmbeddingError
from retrieval.models.embeddings import FootnoteEmbeddings, replace_surrogates

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

_MAX_CHARACTERS = 8_000  # per text: OpenAI's limit is 8,192 tokens, each at least one character
_MAX_BATCH = 256  # texts per request: OpenAI's limit is 300,000 tokens
_OPENAI_DIMENSIONS = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
}


class RemoteEmbeddings(FootnoteEmbeddings):
    """Embeddings by a client that is built on first use. Thread-safe."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._client: Embeddings | None = None
        self._dimension: int | None = None

    @property
    def dimension(self) -> int:
        """Found by embedding one text, unless it is known."""
        if self._dimension is None:
            self._dimension = self.embed_matrix(["dimension"]).shape[1]
        return self._dimension

    def count_tokens(self, text: str) -> int:
        """An estimate, 4 characters per token: a tokenizer would have to be downloaded."""
        return -(-len(text) // 4)

    def _connect(self) -> Embeddings:
        with self._lock:
            if self._client is None:
                self._client = self._make_client()
        return self._client

    @abstractmethod
    def _make_client(self) -> Embeddings:
        """The client. Raises EmbeddingError."""


class ServiceEmbeddings(RemoteEmbeddings):
    """Embeddings from OpenAI or any service with a compatible API."""

    def __init__(self, model: str, *, api_key: str | None, base_url: str | None) -> None:
        super().__init__(model)
        self._api_key, self._base_url = api_key, base_url
        self._dimension = _OPENAI_DIMENSIONS.get(model)

    @property
    def fingerprint(self) -> str:
        """As above. Only the model's name counts: another gateway may return the same vectors."""
        return f"openai:{self._model}/{_OPENAI_DIMENSIONS.get(self._model, 'own')}"

    def embed_matrix(self, texts: Sequence[str]) -> Matrix:
        """As above, in requests of up to 256 texts. Raises EmbeddingError when the retries fail too."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        sent = sendable(texts)
        return unit_vectors(self._request(sent), len(sent), self._model)

    def _request(self, texts: list[str]) -> list[list[float]]:
        import openai

        try:
            return self._connect().embed_documents(texts)
        except openai.OpenAIError as error:
            raise EmbeddingError(_sentence(error, self._model)) from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise EmbeddingError(f"The embedding service did not return vectors: {error}.") from error

    def _make_client(self) -> Embeddings:
        if not self._api_key and not self._base_url:
            raise EmbeddingError("OPENAI_API_KEY is not set; OpenAI's embeddings require it.")
        from langchain_openai import OpenAIEmbeddings
        from pydantic import SecretStr

        return OpenAIEmbeddings(
            model=self._model,
            api_key=SecretStr(self._api_key or "none"),
            base_url=self._base_url,
            check_embedding_ctx_length=False,  # else the library downloads a tokenizer
            chunk_size=_MAX_BATCH,
            max_retries=3,
            timeout=60,
        )


def _sentence(error: Exception, model: str) -> str:
    import openai

    reasons: tuple[tuple[type[Exception], str], ...] = (
        (openai.AuthenticationError, "The embedding service rejected the API key."),
        (openai.PermissionDeniedError, f"The API key has no access to the embedding model {model}."),
        (openai.NotFoundError, f"The embedding service has no model {model}."),
        (openai.RateLimitError, "The embedding service's rate limit or quota is exceeded."),
        (openai.APITimeoutError, "The embedding service did not answer in time."),
        (openai.APIConnectionError, "The embedding service cannot be reached."),
        (openai.InternalServerError, "The embedding service failed."),
    )
    for kind, sentence in reasons:
        if isinstance(error, kind):
            return sentence
    return f"The embedding service rejected the texts: {error}"


def sendable(texts: Sequence[str]) -> list[str]:
    """The texts as services accept them: OpenAI rejects empty texts, so a full stop is sent instead."""
    return [replace_surrogates(text[:_MAX_CHARACTERS]).strip() or "." for text in texts]


def unit_vectors(rows: list[list[float]], expected: int, model: str) -> Matrix:
    """The rows scaled to length 1. Raises EmbeddingError unless there is one valid vector per text."""
    if len(rows) != expected or len({len(row) for row in rows}) != 1:
        raise EmbeddingError(
            f"The embedding model {model} returned {len(rows)} vectors for {expected} texts."
        )
    matrix = np.array(rows, np.float32)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    if not np.isfinite(matrix).all() or not lengths.all():
        raise EmbeddingError(f"The embedding model {model} returned vectors that are zero or not finite.")
    unit: Matrix = matrix / lengths
    return unit
