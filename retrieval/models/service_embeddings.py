"""Embeddings of OpenAI, or of any service that speaks its protocol."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import EmbeddingError
from retrieval.models.embeddings import FootnoteEmbeddings, clean

if TYPE_CHECKING:
    from langchain_openai import OpenAIEmbeddings
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

_SERVICE_CHARACTERS = 8_000  # OpenAI reads 8,192 tokens, each of a character or more
_SERVICE_BATCH = 256  # texts in a request: 300,000 tokens are the limit of OpenAI
_OPENAI_DIMENSIONS = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
}


class ServiceEmbeddings(FootnoteEmbeddings):
    """OpenAI's embeddings, or those of any service that speaks its protocol."""

    def __init__(self, model: str, *, api_key: str | None, base_url: str | None) -> None:
        self._model, self._api_key, self._base_url = model, api_key, base_url
        self._lock = threading.Lock()
        self._client: OpenAIEmbeddings | None = None
        self._dimension = _OPENAI_DIMENSIONS.get(model)

    @property
    def fingerprint(self) -> str:
        """As above. A gateway may change without changing the vectors: the model's name decides."""
        return f"openai:{self._model}/{_OPENAI_DIMENSIONS.get(self._model, 'own')}"

    @property
    def dimension(self) -> int:
        """Known for OpenAI's own models; the service is asked once for any other."""
        if self._dimension is None:
            self._dimension = self.embed_matrix(["dimension"]).shape[1]
        return self._dimension

    def embed_matrix(self, texts: Sequence[str]) -> Matrix:
        """As above, in requests of some 256 texts; a service that fails for long raises EmbeddingError."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        # An empty text is refused by OpenAI; a full stop stands for it.
        sent = [clean(text[:_SERVICE_CHARACTERS]).strip() or "." for text in texts]
        return _unit(self._ask(sent), len(sent), self._model)

    def count_tokens(self, text: str) -> int:
        """Nearly: the exact tables of OpenAI would have to be downloaded."""
        return -(-len(text) // 4)

    def _ask(self, texts: list[str]) -> list[list[float]]:
        import openai

        try:
            return self._connected().embed_documents(texts)
        except openai.OpenAIError as error:
            raise EmbeddingError(_sentence(error, self._model)) from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise EmbeddingError(f"The embedding service did not answer with vectors: {error}.") from error

    def _connected(self) -> OpenAIEmbeddings:
        with self._lock:
            if self._client is None:
                self._client = self._connect()
        return self._client

    def _connect(self) -> OpenAIEmbeddings:
        if not self._api_key and not self._base_url:
            raise EmbeddingError("OPENAI_API_KEY is not set, and OpenAI's embeddings need it.")
        from langchain_openai import OpenAIEmbeddings
        from pydantic import SecretStr

        # Otherwise the library downloads tables to count tokens with.
        return OpenAIEmbeddings(
            model=self._model,
            api_key=SecretStr(self._api_key or "none"),
            base_url=self._base_url,
            check_embedding_ctx_length=False,
            chunk_size=_SERVICE_BATCH,
            max_retries=3,
            timeout=60,
        )


def _sentence(error: Exception, model: str) -> str:
    import openai

    reasons: tuple[tuple[type[Exception], str], ...] = (
        (openai.AuthenticationError, "The embedding service refused the key."),
        (openai.PermissionDeniedError, f"The key may not use the embedding model {model}."),
        (openai.NotFoundError, f"The embedding service knows no model {model}."),
        (openai.RateLimitError, "The embedding service has had too many requests, or the quota is used up."),
        (openai.APITimeoutError, "The embedding service did not answer in time."),
        (openai.APIConnectionError, "The embedding service cannot be reached."),
        (openai.InternalServerError, "The embedding service failed."),
    )
    for kind, sentence in reasons:
        if isinstance(error, kind):
            return sentence
    return f"The embedding service refused the texts: {error}"


def _unit(rows: list[list[float]], expected: int, model: str) -> Matrix:
    """The rows scaled to length 1; raises EmbeddingError when they are not vectors, one for each text."""
    if len(rows) != expected or len({len(row) for row in rows}) != 1:
        raise EmbeddingError(f"The embedding model {model} gave {len(rows)} vectors for {expected} texts.")
    matrix = np.array(rows, np.float32)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    if not np.isfinite(matrix).all() or not lengths.all():
        raise EmbeddingError(f"The embedding model {model} gave vectors that are not numbers.")
    unit: Matrix = matrix / lengths
    return unit
