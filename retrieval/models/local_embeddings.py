"""The local embedding model on onnxruntime: MiniLM as packaged, or the model in a folder of one's own."""

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
from retrieval.models.bert_graph import ARITHMETIC
from retrieval.models.embeddings import FootnoteEmbeddings, TokenVectors, clean

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # it ships no types
    from tokenizers import Tokenizer

    from retrieval.models.bert_graph import Precision

    Matrix = NDArray[np.float32]

_T = TypeVar("_T")
MAX_PIECES = 256  # word pieces that the model reads of a text, as sentence-transformers does
_MAX_CHARACTERS = 20_000  # more than 256 word pieces in any text with words in it


@dataclass(frozen=True)
class _Loaded:
    session: InferenceSession
    tokenizer: Tokenizer

    def vector(self, text: str) -> Matrix:
        ids = np.array([self.tokenizer.encode(clean(text[:_MAX_CHARACTERS])).ids], np.int64)
        row: Matrix = self.session.run(["vectors"], {"ids": ids})[0][0]
        return row

    def token_vectors(self, text: str) -> TokenVectors:
        encoding = self.tokenizer.encode(clean(text[:_MAX_CHARACTERS]))
        ids = np.array([encoding.ids], np.int64)
        vectors, words = self.session.run(["vectors", "words"], {"ids": ids})
        inner = slice(1, len(encoding.ids) - 1)  # the two marks are no words of the text
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

    Each text is a run of its own on one core, with no padding: several texts run side by side, and a
    vector depends on its text alone (dynamic int8 rounds by all that is in a batch). Measured on
    passages of 140 word pieces this is as fast as padded batches of 32.
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
        self._threads = threads or cores()
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    @property
    def fingerprint(self) -> str:
        """As above; for a folder of one's own its files are hashed once and the hash is remembered."""
        revision, dimension = model_files.WEIGHTS_SHA256, model_files.DIMENSION
        if self._model_dir is not None:
            revision, dimension = self._files.revision, self._files.dimension
        name = model_files.NAME if revision == model_files.WEIGHTS_SHA256 else "own"
        return f"local:{name}@{revision[:12]}/{dimension}/{self._precision}/{ARITHMETIC}"

    @property
    def dimension(self) -> int:
        """384 for the packaged model."""
        return model_files.DIMENSION if self._model_dir is None else self._files.dimension

    @cached_property
    def _files(self) -> model_files.ModelFiles:
        if self._model_dir is not None:
            return model_files.own_files(self._model_dir.expanduser(), self._cache_dir)
        return model_files.packaged_files()

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="embed")

    def embed_matrix(self, texts: Sequence[str]) -> Matrix:
        """As above. Texts of many threads at once share the model; one text runs in its caller's thread."""
        matrix = np.empty((len(texts), self.dimension), np.float32)
        for number, vector in self._each(self._load().vector, texts):
            matrix[number] = vector
        return matrix

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """As `embeddings.TokenReader` says."""
        return [found for _, found in sorted(self._each(self._load().token_vectors, texts), key=_number)]

    def _each(self, read: Callable[[str], _T], texts: Sequence[str]) -> Iterable[tuple[int, _T]]:
        """What the model makes of each text, with the number of the text; in no order."""
        if len(texts) == 1:
            return [(0, read(texts[0]))]
        # The longest first, so that no core is left alone with a long text at the end.
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        return zip(order, self._pool.map(read, [texts[number] for number in order]), strict=True)

    def count_tokens(self, text: str) -> int:
        """Word pieces, without the two that mark start and end."""
        encoding = self._load().tokenizer.encode(clean(text), add_special_tokens=False)
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


def _number(pair: tuple[int, object]) -> int:
    return pair[0]


def open_tokenizer(files: model_files.ModelFiles) -> Tokenizer:
    """The word pieces of a model, up to MAX_PIECES of a text. Raises ModelMissing."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(files.tokenizer))
    except Exception as error:  # the library raises bare Exception
        raise ModelMissing(f"{files.tokenizer} cannot be read: {error}.") from error
    if tokenizer.get_vocab_size() > files.pieces:
        raise ModelMissing(f"{files.tokenizer} has more word pieces than the weights know.")
    tokenizer.no_padding()
    tokenizer.enable_truncation(min(MAX_PIECES, files.positions))
    return tokenizer


def open_session(graph: bytes) -> InferenceSession:
    """A session on one core, for texts that run side by side."""
    # From 1.32 on it reports to its maker over the network as soon as it is imported, unless told not to.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # texts run side by side instead
    options.enable_mem_pattern = False  # one pattern a length would be kept for ever
    options.log_severity_level = 3
    # Older x86 cores add pairs of products in 16 bits, which overflows: this asks for the exact way.
    options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def cores() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1
