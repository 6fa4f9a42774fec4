"""An optional cross-encoder (ONNX) that reranks the first hits by reading question and passage together."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from statistics import fmean, pstdev
from typing import TYPE_CHECKING

from retrieval.errors import RerankerUnusable
from retrieval.hit import Hit
from retrieval.models.model_hub import HUB_PREFIX, download_model

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # it ships no types
    from tokenizers import Tokenizer

MAX_RERANKED = 30  # hits; those after them keep their places
# The rest goes to the first ranking, which also takes dates, publishers and articles into account.
RERANKER_WEIGHT = 0.6
MAX_PIECES = 512  # word pieces of question and passage together
GRAPH_PATHS = ("model.onnx", "onnx/model.onnx")  # tried in this order in the folder
_HUB_FILES = (*GRAPH_PATHS, "tokenizer.json", "config.json")


@dataclass(frozen=True)
class _Loaded:
    session: InferenceSession
    tokenizer: Tokenizer
    inputs: frozenset[str]

    def score(self, question: str, text: str) -> float:
        import numpy as np

        encoding = self.tokenizer.encode(question, text)
        values = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        inputs = {name: np.array([values[name]], np.int64) for name in self.inputs}
        output = np.asarray(self.session.run(None, inputs)[0], np.float64).reshape(-1)
        return float(output[0]) if output.size == 1 else float(output[1] - output[0])


class Reranker:
    """A cross-encoder in a folder (model.onnx, tokenizer.json) or on a hub ("hf:owner/name"). Thread-safe.

    Loads, and downloads if needed, with the first question. Supports any graph that takes input_ids (and
    attention_mask, token_type_ids) and returns one score, or two for "no" and "yes".
    """

    def __init__(self, place: str, *, cache_dir: Path, threads: int | None = None) -> None:
        self.place = place
        self._cache_dir = cache_dir
        self._threads = threads or os.cpu_count() or 1
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    def rerank(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """The hits with the first MAX_RERANKED reordered. Raises RerankerUnusable."""
        first = list(hits[:MAX_RERANKED])
        if len(first) < 2:
            return list(hits)
        relevance = self.scores(question, [f"{hit.passage.head}\n{hit.passage.text}" for hit in first])
        blended = blend_scores([hit.score for hit in first], relevance)
        rescored = [replace(hit, score=score) for hit, score in zip(first, blended, strict=True)]
        return [*sorted(rescored, key=lambda hit: -hit.score), *hits[MAX_RERANKED:]]

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """The model's relevance score for each text. Raises RerankerUnusable."""
        loaded = self._load()
        try:
            return list(self._pool.map(lambda text: loaded.score(question, text), texts))
        except Exception as error:  # onnxruntime has its own exceptions
            raise RerankerUnusable(f"The reranker {self.place} failed: {_first_line(error)}.") from error

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="rerank")

    def _load(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load_model(self._folder())
            return self._loaded

    def _folder(self) -> Path:
        if self.place.startswith(HUB_PREFIX):
            name, hub = self.place.removeprefix(HUB_PREFIX), self._cache_dir / "models" / "hub"
            return download_model(name, hub, _HUB_FILES, setting="FOOTNOTE_RERANKER", error=RerankerUnusable)
        return Path(self.place).expanduser()


def blend_scores(ranking: Sequence[float], relevance: Sequence[float]) -> list[float]:
    """The weighted mean of both scores. Models differ in their scale, so *relevance* is first shifted and
    scaled to the mean and standard deviation of *ranking*.

    >>> blend_scores([2.0, 0.0], [-1.0, 5.0])
    [0.8, 1.2]
    """
    deviation = pstdev(relevance)
    scale = pstdev(ranking) / deviation if deviation else 0.0
    rank_mean, score_mean = fmean(ranking), fmean(relevance)
    return [
        round((1 - RERANKER_WEIGHT) * rank + RERANKER_WEIGHT * (rank_mean + scale * (score - score_mean)), 6)
        for rank, score in zip(ranking, relevance, strict=True)
    ]


def _load_model(folder: Path) -> _Loaded:
    graph = next((folder / name for name in GRAPH_PATHS if (folder / name).is_file()), None)
    tokenizer_file = folder / "tokenizer.json"
    if graph is None or not tokenizer_file.is_file():
        missing = GRAPH_PATHS[0] if graph is None else tokenizer_file.name
        raise RerankerUnusable(f"The reranker's folder {folder} does not contain {missing}.")
    try:
        session, tokenizer = _session(graph), _tokenizer(tokenizer_file, folder)
    except Exception as error:  # both libraries have their own exceptions
        raise RerankerUnusable(f"The reranker in {folder} cannot be read: {_first_line(error)}.") from error
    inputs = frozenset(value.name for value in session.get_inputs())
    unknown = inputs - {"input_ids", "attention_mask", "token_type_ids"}
    if unknown or "input_ids" not in inputs:
        names = ", ".join(sorted(unknown or inputs))
        raise RerankerUnusable(f"The model in {folder} is not a cross-encoder: it requires {names}.")
    return _Loaded(session, tokenizer, inputs)


def _session(graph: Path) -> InferenceSession:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # pairs run in parallel instead
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _tokenizer(path: Path, folder: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    config = folder / "config.json"
    settings = json.loads(config.read_text(encoding="utf-8")) if config.is_file() else {}
    positions = settings.get("max_position_embeddings", MAX_PIECES)
    tokenizer.enable_truncation(min(MAX_PIECES, int(positions)))
    return tokenizer


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
