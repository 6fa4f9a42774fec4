"""Encodes a question together with texts (cross-attention), with the local model adapted to a task."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.models import graph_cache, model_files
from retrieval.models.embeddings import replace_surrogates
from retrieval.models.onnx_embeddings import open_tokenizer
from retrieval.models.onnx_session import open_session
from retrieval.models.task_adapter import Adapter, load_adapter

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # it ships no types
    from tokenizers import Tokenizer

    from retrieval.models.bert_graph import Precision

    Array = NDArray[np.float32]

MAX_QUESTION_PIECES = 48  # word pieces of the question; the rest is truncated


@dataclass(frozen=True, slots=True)
class PairEncoding:
    """``pooled`` (dimension,) is the vector of question and texts together. For each text, ``words`` has the
    vectors of its word pieces (pieces, dimension) and ``spans`` (pieces, 2) their character offsets."""

    pooled: Array
    words: tuple[Array, ...]
    spans: tuple[NDArray[np.int32], ...]


@dataclass(frozen=True)
class _Loaded:
    session: InferenceSession
    tokenizer: Tokenizer


class PairEncoder:
    """The packaged model with the adapter in a file. Thread-safe; loads with the first pair."""

    def __init__(self, adapter: Path, *, cache_dir: Path, pieces: int, precision: Precision = "int8") -> None:
        self._path, self._cache_dir, self._precision = adapter, cache_dir, precision
        self._max_pieces = pieces  # of question and texts together, including the separators
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    @cached_property
    def adapter(self) -> Adapter:
        """The adapter in the file."""
        return load_adapter(self._path)

    def encode(self, question: str, texts: Sequence[str]) -> PairEncoding:
        """Encode the question and the texts in their order; texts beyond the maximum are truncated.

        Raises ModelMissing when the packaged model is not installed.
        """
        loaded = self._load()
        encoding = loaded.tokenizer.encode(replace_surrogates(question))
        begin, end = encoding.ids[0], encoding.ids[-1]
        ids = [begin, *encoding.ids[1:-1][:MAX_QUESTION_PIECES], end]
        kinds, spans, slices = [0] * len(ids), [], []
        for text in texts:
            room = max(0, self._max_pieces - len(ids) - 1)
            encoding = loaded.tokenizer.encode(replace_surrogates(text))
            inner = slice(1, 1 + min(len(encoding.ids) - 2, room))
            slices.append(slice(len(ids), len(ids) + inner.stop - 1))
            spans.append(np.array(encoding.offsets[inner], np.int32).reshape(-1, 2))
            ids += [*encoding.ids[inner], end] if room else []
        kinds += [1] * (len(ids) - len(kinds))
        inputs = {"ids": np.array([ids], np.int64), "kinds": np.array([kinds], np.int64)}
        words = loaded.session.run(["words"], inputs)[0][0]
        return PairEncoding(words[0], tuple(words[pieces] for pieces in slices), tuple(spans))

    def _load(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                files = model_files.packaged_files()
                tokenizer = open_tokenizer(files)
                graph = graph_cache.model_bytes(
                    files, tokenizer, self._cache_dir, self._precision, self.adapter
                )
                self._loaded = _Loaded(open_session(graph), tokenizer)
            return self._loaded
