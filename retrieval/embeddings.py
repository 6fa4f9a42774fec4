"""Texts to vectors, as LangChain `Embeddings`: the local model by default, OpenAI's when asked for."""

from __future__ import annotations

import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval import minilm, weights
from retrieval.errors import EmbeddingError, ModelMissing

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_openai import OpenAIEmbeddings
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # it ships no types
    from tokenizers import Tokenizer

    Matrix = NDArray[np.float32]

MAX_PIECES = 256  # word pieces that the local model reads of a text, as sentence-transformers does
_MAX_CHARACTERS = 20_000  # more than 256 word pieces in any text with words in it
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
        precision: minilm.Precision = "float" if name == "float" else "int8"
        return LocalEmbeddings(cache_dir, model_dir=model_dir, precision=precision, threads=threads)
    raise EmbeddingError(
        f"FOOTNOTE_EMBEDDINGS={choice} is not known.", 'Set it to "local" or to "openai:MODEL".'
    )


@dataclass(frozen=True)
class _Loaded:
    session: InferenceSession
    tokenizer: Tokenizer

    def vector(self, text: str) -> Matrix:
        ids = np.array([self.tokenizer.encode(_clean(text[:_MAX_CHARACTERS])).ids], np.int64)
        row: Matrix = self.session.run(None, {"ids": ids})[0][0]
        return row


class LocalEmbeddings(FootnoteEmbeddings):
    """all-MiniLM-L6-v2, or the model in *model_dir*, on this machine's cores.

    Each text is a run of its own on one core, with no padding: several texts run side by side, and a
    vector depends on its text alone (dynamic int8 rounds by all that is in a batch). Measured on
    passages of 140 word pieces this is as fast as padded batches of 32.
    """

    def __init__(
        self,
        cache_dir: Path,
        *,
        model_dir: Path | None = None,
        precision: minilm.Precision = "int8",
        threads: int | None = None,
    ) -> None:
        self._cache_dir, self._model_dir, self._precision = cache_dir, model_dir, precision
        self._threads = threads or _cores()
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    @property
    def fingerprint(self) -> str:
        """As above; for a folder of one's own its files are hashed once and the hash is remembered."""
        revision, dimension = weights.WEIGHTS_SHA256, weights.DIMENSION
        if self._model_dir is not None:
            revision, dimension = self._files.revision, self._files.dimension
        name = weights.NAME if revision == weights.WEIGHTS_SHA256 else "own"
        return f"local:{name}@{revision[:12]}/{dimension}/{self._precision}/{minilm.GRAPH}"

    @property
    def dimension(self) -> int:
        """384 for the packaged model."""
        return weights.DIMENSION if self._model_dir is None else self._files.dimension

    @cached_property
    def _files(self) -> weights.ModelFiles:
        if self._model_dir is not None:
            return weights.own_files(self._model_dir.expanduser(), self._cache_dir)
        return weights.packaged_files()

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="embed")

    def embed_matrix(self, texts: Sequence[str]) -> Matrix:
        """As above. Texts of many threads at once share the model; one text runs in its caller's thread."""
        loaded = self._load()
        if len(texts) == 1:
            return loaded.vector(texts[0])[None, :]
        matrix = np.empty((len(texts), self.dimension), np.float32)
        # The longest first, so that no core is left alone with a long text at the end.
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        vectors = self._pool.map(loaded.vector, [texts[number] for number in order])
        for number, vector in zip(order, vectors, strict=True):
            matrix[number] = vector
        return matrix

    def count_tokens(self, text: str) -> int:
        """Word pieces, without the two that mark start and end."""
        encoding = self._load().tokenizer.encode(_clean(text), add_special_tokens=False)
        return len(encoding.ids) + sum(len(more.ids) for more in encoding.overflowing)

    def _load(self) -> _Loaded:
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    self._loaded = self._read()
        return self._loaded

    def _read(self) -> _Loaded:
        from tokenizers import Tokenizer

        files = self._files
        with ThreadPoolExecutor(1) as other:  # the two take equally long, and wait for no one
            session = other.submit(self._session, files)
            try:
                tokenizer = Tokenizer.from_file(str(files.tokenizer))
            except Exception as error:  # the library raises bare Exception
                raise ModelMissing(f"{files.tokenizer} cannot be read: {error}.") from error
            if tokenizer.get_vocab_size() > files.pieces:
                raise ModelMissing(f"{files.tokenizer} has more word pieces than the weights know.")
            tokenizer.no_padding()
            tokenizer.enable_truncation(min(MAX_PIECES, files.positions))
            return _Loaded(session.result(), tokenizer)

    def _session(self, files: weights.ModelFiles) -> InferenceSession:
        import onnxruntime

        graph = minilm.model_bytes(files, self._cache_dir, self._precision)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # texts run side by side instead
        options.enable_mem_pattern = False  # one pattern a length would be kept for ever
        options.log_severity_level = 3
        # Older x86 cores add pairs of products in 16 bits, which overflows: this asks for the exact way.
        options.add_session_config_entry("session.x64quantprecision", "1")
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


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
        sent = [_clean(text[:_SERVICE_CHARACTERS]).strip() or "." for text in texts]
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


def _clean(text: str) -> str:
    """The text without lone surrogates, which no tokenizer and no service takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1
