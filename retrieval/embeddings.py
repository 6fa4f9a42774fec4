"""Texts to vectors, as LangChain `Embeddings`: the local model by default, OpenAI's when asked for."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from retrieval.errors import EmbeddingError

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_openai import OpenAIEmbeddings
    from numpy.typing import NDArray

    from retrieval.bert_graph import Precision
    from retrieval.local_embeddings import TokenVectors

    Matrix = NDArray[np.float32]

_SERVICE_CHARACTERS = 8_000  # OpenAI reads 8,192 tokens, each of a character or more
_SERVICE_BATCH = 256  # texts in a request: 300,000 tokens are the limit of OpenAI
_OPENAI_DIMENSIONS = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
}


class FootnoteEmbeddings(ABC):
    """LangChain's Embeddings that also say what made them.

    Thread-safe; nothing is loaded before the first text. LangChain itself takes 0.4 s to import, so these
    have its methods without its base class; where something asks for the class, `as_langchain` provides.
    """

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

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """As LangChain asks for it; `embed_matrix` spares the lists."""
        rows: list[list[float]] = self.embed_matrix(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        return self.embed_documents([text])[0]

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """In a thread, so that the event loop goes on."""
        import asyncio

        return await asyncio.to_thread(self.embed_documents, texts)

    async def aembed_query(self, text: str) -> list[float]:
        """In a thread, so that the event loop goes on."""
        import asyncio

        return await asyncio.to_thread(self.embed_query, text)

    def as_langchain(self) -> Embeddings:
        """This same object, which from now on is an instance of LangChain's class as well."""
        from langchain_core.embeddings import Embeddings

        Embeddings.register(type(self))
        assert isinstance(self, Embeddings)
        return self


@runtime_checkable
class TokenReader(Protocol):
    """Embeddings that also give a vector for each word piece; the local ones do, services do not."""

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Each text as the model reads it, in the order given; raises ModelMissing."""


def token_reader(embeddings: object) -> TokenReader | None:
    """The embeddings as a TokenReader, None when they cannot read word pieces."""
    return embeddings if isinstance(embeddings, TokenReader) else None


def make_embeddings(
    choice: str,
    *,
    model_dir: Path | None,
    cache_dir: Path,
    api_key: str | None = None,
    base_url: str | None = None,
    threads: int | None = None,
) -> FootnoteEmbeddings:
    """Embeddings for a choice: "local", "local:float" (slower, exact) or "openai:MODEL".

    Cheap: files are looked for at the first text. Raises EmbeddingError for any other choice.
    """
    kind, _, name = choice.strip().partition(":")
    if kind == "openai" and name:
        return ServiceEmbeddings(name, api_key=api_key, base_url=base_url)
    if kind == "local" and name in {"", "int8", "float"}:
        from retrieval.local_embeddings import LocalEmbeddings

        precision: Precision = "float" if name == "float" else "int8"
        return LocalEmbeddings(cache_dir, model_dir=model_dir, precision=precision, threads=threads)
    raise EmbeddingError(
        f"FOOTNOTE_EMBEDDINGS={choice} is not known.", 'Set it to "local" or to "openai:MODEL".'
    )


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


def clean(text: str) -> str:
    """The text without lone surrogates, which no tokenizer and no service takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
