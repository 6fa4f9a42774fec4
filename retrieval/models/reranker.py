"""An optional cross-encoder (ONNX): reads question and passage together, and orders the first hits anew."""

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
from retrieval.models.model_hub import HUB, from_hub

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # it ships no types
    from tokenizers import Tokenizer

READ = 30  # hits that are read; those behind keep their places
# Of the cross-encoder's word against that of the ranking, which also knows days, publishers and articles.
SHARE = 0.6
MAX_PIECES = 512  # word pieces of question and passage together
GRAPHS = ("model.onnx", "onnx/model.onnx")  # where it may lie in the folder


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
        given = {name: np.array([values[name]], np.int64) for name in self.inputs}
        output = np.asarray(self.session.run(None, given)[0], np.float64).reshape(-1)
        return float(output[0]) if output.size == 1 else float(output[1] - output[0])


class Reranker:
    """A cross-encoder in a folder (model.onnx, tokenizer.json) or on a hub ("hf:owner/name"). Thread-safe.

    Nothing is loaded, and nothing downloaded, before the first question. Any graph will do that takes
    input_ids (attention_mask, token_type_ids) and gives one score, or the two of "no" and "yes".
    """

    def __init__(self, place: str, *, cache_dir: Path, threads: int | None = None) -> None:
        self.place = place
        self._cache_dir = cache_dir
        self._threads = threads or os.cpu_count() or 1
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    def rerank(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """The hits, the first READ of them in a new order. Raises RerankerUnusable."""
        near = list(hits[:READ])
        if len(near) < 2:
            return list(hits)
        read = self.scores(question, [f"{hit.passage.head}\n{hit.passage.text}" for hit in near])
        scores = blended([hit.score for hit in near], read)
        anew = [replace(hit, score=score) for hit, score in zip(near, scores, strict=True)]
        return [*sorted(anew, key=lambda hit: -hit.score), *hits[READ:]]

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers, as the model says it. Raises RerankerUnusable."""
        loaded = self._load()
        try:
            return list(self._pool.map(lambda text: loaded.score(question, text), texts))
        except Exception as error:  # onnxruntime raises classes of its own
            raise RerankerUnusable(f"The reranker {self.place} failed: {_first_line(error)}.") from error

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="rerank")

    def _load(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                self._loaded = _read(self._folder())
            return self._loaded

    def _folder(self) -> Path:
        if self.place.startswith(HUB):
            return from_hub(self.place.removeprefix(HUB), self._cache_dir / "models" / "hub")
        return Path(self.place).expanduser()


def blended(ranked: Sequence[float], read: Sequence[float]) -> list[float]:
    """Both scores in one, on the scale of *ranked*: what models call a high score differs, so that *read*
    is given its mean and spread first.

    >>> blended([2.0, 0.0], [-1.0, 5.0])
    [0.8, 1.2]
    """
    spread = pstdev(read)
    scale = pstdev(ranked) / spread if spread else 0.0
    middle, centre = fmean(ranked), fmean(read)
    return [
        round((1 - SHARE) * old + SHARE * (middle + scale * (new - centre)), 6)
        for old, new in zip(ranked, read, strict=True)
    ]


def _read(folder: Path) -> _Loaded:
    graph = next((folder / name for name in GRAPHS if (folder / name).is_file()), None)
    words = folder / "tokenizer.json"
    if graph is None or not words.is_file():
        lacking = GRAPHS[0] if graph is None else words.name
        raise RerankerUnusable(f"The reranker's folder {folder} holds no {lacking}.")
    try:
        session, tokenizer = _session(graph), _tokenizer(words, folder)
    except Exception as error:  # both libraries raise classes of their own
        raise RerankerUnusable(f"The reranker in {folder} cannot be read: {_first_line(error)}.") from error
    inputs = frozenset(each.name for each in session.get_inputs())
    unknown = inputs - {"input_ids", "attention_mask", "token_type_ids"}
    if unknown or "input_ids" not in inputs:
        names = ", ".join(sorted(unknown or inputs))
        raise RerankerUnusable(f"The model in {folder} is no cross-encoder: it asks for {names}.")
    return _Loaded(session, tokenizer, inputs)


def _session(graph: Path) -> InferenceSession:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # pairs run side by side instead
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _tokenizer(path: Path, folder: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    config = folder / "config.json"
    known = json.loads(config.read_text(encoding="utf-8")) if config.is_file() else {}
    positions = known.get("max_position_embeddings", MAX_PIECES)
    tokenizer.enable_truncation(min(MAX_PIECES, int(positions)))
    return tokenizer


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
