"""The graph of all-MiniLM-L6-v2 (any BERT with mean pooling), built once from its weights and kept."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.models.bert_graph import ARITHMETIC, FORM, Precision, build
from retrieval.models.bert_weights import largest, load_weights
from retrieval.models.model_files import check_official, write_whole

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

    from retrieval.models.model_files import ModelFiles
    from retrieval.models.task_adapter import Adapter

# Texts of several kinds, whose activations show which columns are always far larger than the rest.
_SAMPLES = (
    "",
    "a b c",
    "How much did the new bridge cost, and who paid for it?",
    "The committee met on Thursday, 18 March 2021, and agreed on 11 rules for companies.",
    'She said: "We will not sell the club," according to the Daily Post (page 4).',
    "In 2019 the price of oil fell by 3.5% to $54 a barrel; analysts at two banks had expected more. " * 8,
)


def model_bytes(
    files: ModelFiles,
    tokenizer: Tokenizer,
    cache_dir: Path,
    precision: Precision,
    adapter: Adapter | None = None,
) -> bytes:
    """The graph as onnxruntime reads it: from the cache when it is there and whole, else built and kept.

    With an *adapter* it is the graph for pairs of texts of the model so adapted. Raises ModelMissing when
    the weights are not the expected ones, or not those of a BERT model.
    """
    task = f"-{adapter.digest[:16]}" if adapter else ""
    path = cache_dir / "models" / f"minilm-{files.revision[:16]}{task}-{precision}-{ARITHMETIC}-{FORM}.onnx"
    cached = _read_checked(path)
    if cached is not None:
        return cached
    if files.official:
        check_official(files)
    weights = load_weights(files.weights, files.heads)
    if adapter:
        weights = adapter.adapted(weights)
    samples = [
        tokenizer.encode("What is meant?", text) if adapter else tokenizer.encode(text) for text in _SAMPLES
    ]
    sizes = largest(weights, map(_pieces, samples)) if precision == "int8" else {}
    graph = build(weights, precision, sizes, pairs=adapter is not None)
    write_whole(path, hashlib.sha256(graph).digest(), graph)
    return graph


def _pieces(encoding: Encoding) -> tuple[list[int], list[int]]:
    return encoding.ids, encoding.type_ids


def _read_checked(path: Path) -> bytes | None:
    """The cached graph, None when it is absent or its bytes are not those that were written."""
    try:
        with path.open("rb") as file:
            digest, graph = file.read(32), file.read()
    except OSError:
        return None
    return graph if hashlib.sha256(graph).digest() == digest else None
