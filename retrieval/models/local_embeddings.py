"""The local embedding model on onnxruntime: the packaged MiniLM, or a model in the user's folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from retrieval.errors import ModelMissing
from retrieval.models import graph_cache, model_files
from retrieval.models.bert_graph import ARITHMETIC_VERSION
from retrieval.models.embeddings import FootnoteEmbeddings, TokenVectors, replace_surrogates

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # it ships no types
    from tokenizers import Tokenizer

    from retrieval.models.bert_graph import Precision

    Matrix = NDArray[np.float32]

_T = TypeVar("_T")
MAX_PIECES = 256  # word pieces read per text, as in sentence-transformers
_MAX_CHARACTERS = 20_000  # always more than 256 word pieces in a text with words


@dataclass(frozen=True)
class _Loaded:
    session: InferenceSession
    tokenizer: Tokenizer

    def vector(self, text: str) -> Matrix:
        ids = np.array([self.tokenizer.encode(replace_surrogates(text[:_MAX_CHARACTERS])).ids], np.int64)
        row: Matrix = self.session.run(["vectors"], {"ids": ids})[0][0]
        return row

    def token_vectors(self, text: str) -> TokenVectors:
        encoding = self.tokenizer.encode(replace_surrogates(text[:_MAX_CHARACTERS]))
        ids = np.array([encoding.ids], np.int64)
        vectors, words = self.session.run(["vectors", "words"], {"ids": ids})
        inner = slice(1, len(encoding.ids) - 1)  # without the start and end tokens
        pieces = words[0][inner]
        lengths = np.linalg.norm(pieces, axis=1, keepdims=True)
        return TokenVectors(
            matrix=pieces / np.maximum(lengths, 1e-9),
            spans=np.array(encoding.offsets[inner], np.int32).reshape(-1, 2),
            ids=tuple(encoding.ids[inner]),
            pooled=vectors[0],
        )


class LocalEmbeddings(FootnoteEmbeddings):
    """all-MiniLM-L6-v2, or the model in *model_dir*, on this machine's cores.

    Each text is a separate run on one core, without padding: several texts run in parallel, and a vector
    depends only on its own text (dynamic int8 would round by the whole batch). On passages of 140 word
    pieces this is as fast as padded batches of 32.
    """

    def __init__(
        self,
        cache_dir: Path,
        *,
        model_dir: Path | None = None,
        precision: Precision = "int8",
        threads: int | None = None,
    ) -> None:
        self._cache_dir, self._model_dir, self._precision = cache_dir, model_dir, precision
        self._threads = threads or usable_cores()
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    @property
    def fingerprint(self) -> str:
        """As above. The files of a custom model are hashed once; the hash is cached."""
        revision, dimension = model_files.WEIGHTS_SHA256, model_files.DIMENSION
        if self._model_dir is not None:
            revision, dimension = self._files.revision, self._files.dimension
        name = model_files.NAME if revision == model_files.WEIGHTS_SHA256 else "own"
        return f"local:{name}@{revision[:12]}/{dimension}/{self._precision}/{ARITHMETIC_VERSION}"

    @property
    def dimension(self) -> int:
        """384 for the packaged model."""
        return model_files.DIMENSION if self._model_dir is None else self._files.dimension

    @cached_property
    def _files(self) -> model_files.ModelFiles:
        if self._model_dir is not None:
            return model_files.custom_files(self._model_dir.expanduser(), self._cache_dir)
        return model_files.packaged_files()

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="embed")

    def embed_matrix(self, texts: Sequence[str]) -> Matrix:
        """As above. A single text runs in the caller's thread, several in a thread pool."""
        matrix = np.empty((len(texts), self.dimension), np.float32)
        for number, vector in self._map(self._load().vector, texts):
            matrix[number] = vector
        return matrix

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """See `TokenEmbeddings`."""
        found = dict(self._map(self._load().token_vectors, texts))
        return [found[number] for number in range(len(texts))]

    def _map(self, encode: Callable[[str], _T], texts: Sequence[str]) -> Iterable[tuple[int, _T]]:
        """(number of the text, its result) for each text, in any order."""
        if len(texts) == 1:
            return [(0, encode(texts[0]))]
        # Longest first, so that no core ends up alone with a long text.
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        return zip(order, self._pool.map(encode, [texts[number] for number in order]), strict=True)

    def count_tokens(self, text: str) -> int:
        """Word pieces, without the start and end tokens."""
        encoding = self._load().tokenizer.encode(replace_surrogates(text), add_special_tokens=False)
        return len(encoding.ids) + sum(len(more.ids) for more in encoding.overflowing)

    def _load(self) -> _Loaded:
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    self._loaded = self._read()
        return self._loaded

    def _read(self) -> _Loaded:
        files = self._files
        tokenizer = open_tokenizer(files)
        graph = graph_cache.model_bytes(files, tokenizer, self._cache_dir, self._precision)
        return _Loaded(open_session(graph), tokenizer)


def open_tokenizer(files: model_files.ModelFiles) -> Tokenizer:
    """The tokenizer of a model, truncating to MAX_PIECES. Raises ModelMissing."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(files.tokenizer))
    except Exception as error:  # the library raises bare Exception
        raise ModelMissing(f"{files.tokenizer} cannot be read: {error}.") from error
    if tokenizer.get_vocab_size() > files.pieces:
        raise ModelMissing(f"{files.tokenizer} has more word pieces than the weights.")
    tokenizer.no_padding()
    tokenizer.enable_truncation(min(MAX_PIECES, files.positions))
    return tokenizer


def open_session(graph: bytes) -> InferenceSession:
    """A session on one core, for texts that run in parallel."""
    # From 1.32 on, onnxruntime sends telemetry as soon as it is imported unless this is set.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # texts run in parallel instead
    options.enable_mem_pattern = False  # it would keep one pattern per text length
    options.log_severity_level = 3
    # Older x86 cores add pairs of products in 16 bits, which overflows; this selects exact arithmetic.
    options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def usable_cores() -> int:
    """The number of cores that this process can use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not available on every system
        return os.cpu_count() or 1
