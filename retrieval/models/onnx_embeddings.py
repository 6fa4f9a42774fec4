"""An embedding model in the format of sentence-transformers, run on onnxruntime."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from retrieval.errors import ModelMissing
from retrieval.models import graph_cache, model_files
from retrieval.models.bert_graph import ARITHMETIC_VERSION
from retrieval.models.embeddings import FootnoteEmbeddings, replace_surrogates
from retrieval.models.onnx_session import open_session

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # it ships no types
    from tokenizers import Encoding, Tokenizer

    from retrieval.models.bert_graph import Precision
    from retrieval.models.model_layout import ModelLayout

    Matrix = NDArray[np.float32]

_T = TypeVar("_T")
_MAX_CHARACTERS = 20_000  # always more than 256 word pieces in a text with words


@dataclass(frozen=True)
class LoadedModel:
    """An open model."""

    session: InferenceSession
    tokenizer: Tokenizer
    layout: ModelLayout

    def encode(self, text: str) -> Encoding:
        """The word pieces of the start of a text."""
        return self.tokenizer.encode(self.spelled(text[:_MAX_CHARACTERS]))

    def spelled(self, text: str) -> str:
        """The text as the tokenizer expects it."""
        return replace_surrogates(text.lower() if self.layout.lower_case else text)

    def vector(self, text: str) -> Matrix:
        """The vector of a text."""
        row: Matrix = self.session.run(["vectors"], {"ids": np.array([self.encode(text).ids], np.int64)})[0][
            0
        ]
        return row


class OnnxEmbeddings(FootnoteEmbeddings):
    """The model whose files *find_files* returns (or downloads), on this machine's cores.

    Each text is a separate run on one core, without padding: several texts run in parallel, and a vector
    depends only on its own text (dynamic int8 would round by the whole batch). On passages of 140 word
    pieces this is as fast as padded batches of 32. *name* is for the fingerprint.
    """

    def __init__(
        self,
        find_files: Callable[[], model_files.ModelFiles],
        cache_dir: Path,
        *,
        name: str,
        precision: Precision = "int8",
        threads: int | None = None,
    ) -> None:
        self._find_files, self._cache_dir, self._name = find_files, cache_dir, name
        self._precision, self._threads = precision, threads or usable_cores()
        self._lock = threading.Lock()
        self._loaded: LoadedModel | None = None

    @property
    def fingerprint(self) -> str:
        """As above. The files are hashed once; the hash is cached."""
        files, layout = self._files, self._files.layout
        mark = f"local:{self._name}@{files.revision[:12]}/{files.dimension}"
        mark += f"/{self._precision}/{ARITHMETIC_VERSION}"
        if max_pieces(files) != model_files.MINILM_PIECES:
            mark += f"/{max_pieces(files)}"
        if layout.query_prompt or layout.passage_prompt:
            prompts = repr((layout.query_prompt, layout.passage_prompt))
            mark += f"/{hashlib.sha256(prompts.encode()).hexdigest()[:8]}"
        return mark

    @property
    def dimension(self) -> int:
        """As above."""
        return self._files.dimension

    @cached_property
    def _files(self) -> model_files.ModelFiles:
        return self._find_files()

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="embed")

    def embed_matrix(self, texts: Sequence[str]) -> Matrix:
        """As above. A single text runs in the caller's thread, several in a thread pool."""
        return self._embed(self._files.layout.passage_prompt, texts)

    def embed_questions(self, texts: Sequence[str]) -> Matrix:
        """As above, with the model's prompt for questions."""
        return self._embed(self._files.layout.query_prompt, texts)

    def _embed(self, prompt: str, texts: Sequence[str]) -> Matrix:
        matrix = np.empty((len(texts), self.dimension), np.float32)
        prompted = [prompt + text for text in texts] if prompt else texts
        for number, vector in self._map(self._load().vector, prompted):
            matrix[number] = vector
        return matrix

    def _map(self, encode: Callable[[str], _T], texts: Sequence[str]) -> Iterable[tuple[int, _T]]:
        """(number of the text, its result) for each text, in any order."""
        if len(texts) == 1:
            return [(0, encode(texts[0]))]
        # Longest first, so that no core ends up alone with a long text.
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        return zip(order, self._pool.map(encode, [texts[number] for number in order]), strict=True)

    def count_tokens(self, text: str) -> int:
        """Word pieces, without the start and end tokens."""
        loaded = self._load()
        encoding = loaded.tokenizer.encode(loaded.spelled(text), add_special_tokens=False)
        return len(encoding.ids) + sum(len(more.ids) for more in encoding.overflowing)

    def _load(self) -> LoadedModel:
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    self._loaded = self._read()
        return self._loaded

    def _read(self) -> LoadedModel:
        files = self._files
        tokenizer = open_tokenizer(files)
        graph = graph_cache.model_bytes(files, tokenizer, self._cache_dir, self._precision)
        return LoadedModel(open_session(graph), tokenizer, files.layout)


def max_pieces(files: model_files.ModelFiles) -> int:
    """The number of word pieces that the model reads per text."""
    return min(files.layout.max_pieces or files.positions, files.positions)


def open_tokenizer(files: model_files.ModelFiles) -> Tokenizer:
    """The tokenizer of a model, truncating to the word pieces that it reads. Raises ModelMissing."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(files.tokenizer))
    except Exception as error:  # the library raises bare Exception
        raise ModelMissing(f"{files.tokenizer} cannot be read: {error}.") from error
    if tokenizer.get_vocab_size() > files.pieces:
        raise ModelMissing(f"{files.tokenizer} has more word pieces than the weights.")
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_pieces(files))
    return tokenizer


def usable_cores() -> int:
    """The number of cores that this process can use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not available on every system
        return os.cpu_count() or 1
