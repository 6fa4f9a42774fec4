"""Embeddings of any provider that LangChain supports (Ollama, Mistral, Cohere, …)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.errors import EmbeddingError
from retrieval.models.service_embeddings import RemoteEmbeddings, sendable, unit_vectors

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

_MAX_BATCH = 64  # texts per request: a model on this machine needs seconds for them
# Client options by provider: without a timeout, Ollama's client waits forever.
_OPTIONS: dict[str, dict[str, Any]] = {"ollama": {"client_kwargs": {"timeout": 120}}}


class ProviderEmbeddings(RemoteEmbeddings):
    """The model "PROVIDER:MODEL", with the client of the package langchain-PROVIDER.

    Keys and addresses are read from the provider's own environment variables.
    """

    def __init__(self, provider: str, model: str) -> None:
        super().__init__(model)
        self._provider = provider

    @property
    def fingerprint(self) -> str:
        """As above. Only the names count: the provider does not tell the revision of a model."""
        return f"{self._provider}:{self._model}/own"

    def embed_matrix(self, texts: Sequence[str]) -> Matrix:
        """As above, in several requests. Raises EmbeddingError."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        client, sent = self._connect(), sendable(texts)
        rows: list[list[float]] = []
        for at in range(0, len(sent), _MAX_BATCH):
            rows += self._call(client.embed_documents, sent[at : at + _MAX_BATCH])
        return unit_vectors(rows, len(sent), self._model)

    def embed_questions(self, texts: Sequence[str]) -> Matrix:
        """As above; some providers embed questions differently. Raises EmbeddingError."""
        client = self._connect()
        rows = [self._call(client.embed_query, text) for text in sendable(texts)]
        return unit_vectors(rows, len(rows), self._model) if rows else self.embed_matrix([])

    def _make_client(self) -> Embeddings:
        from langchain.embeddings import init_embeddings

        options = _OPTIONS.get(self._provider, {})
        try:
            return init_embeddings(self._model, provider=self._provider, **options)
        except ImportError as error:
            package = getattr(error.__cause__, "name", None) or f"langchain-{self._provider}"
            package = package.partition(".")[0].replace("_", "-")
            raise EmbeddingError(
                f"Embeddings of {self._provider} require the package {package}.",
                f"Run `uv pip install {package}`, or set FOOTNOTE_EMBEDDINGS=local.",
            ) from error
        except Exception as error:
            raise self._failed(error) from error

    def _call(self, request: Callable[..., Any], argument: object) -> Any:
        try:
            return request(argument)
        except Exception as error:  # every provider's client has its own exceptions
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> EmbeddingError:
        return EmbeddingError(
            f"The embedding model {self._provider}:{self._model} failed: {_reason(error)}.",
            f"Check that the service of {self._provider} is reachable and its key is set, "
            "or set FOOTNOTE_EMBEDDINGS=local.",
        )


def _reason(error: Exception) -> str:
    """The first sentence for people in an error of a client or of pydantic."""
    from pydantic import ValidationError

    text = error.errors(include_input=False)[0]["msg"] if isinstance(error, ValidationError) else str(error)
    return (text.strip() or type(error).__name__).partition("\n")[0][:200].rstrip(".")
