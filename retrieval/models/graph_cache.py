"""The ONNX graph of a local embedding model, built once and cached."""

from __future__ import annotations

import hashlib
import logging
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.models.bert_graph import ARITHMETIC_VERSION, INTERFACE_VERSION, Precision, build_graph
from retrieval.models.bert_weights import column_maxima, load_weights
from retrieval.models.model_files import check_official, write_cache_file

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

    from retrieval.models.model_files import ModelFiles
    from retrieval.models.task_adapter import Adapter

log = logging.getLogger("footnote.models")

# Texts of several kinds, to find the activation columns that are always far larger than the rest.
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
    """The serialised graph: from the cache if it is there and intact, else built and cached.

    With an *adapter*, the graph takes pairs of texts and has the adapted weights. Raises ModelMissing when
    the weights are not the expected ones or not from a BERT model.
    """
    task = f"-{adapter.digest[:16]}" if adapter else ""
    version = f"{ARITHMETIC_VERSION}-{INTERFACE_VERSION}"
    path = cache_dir / "models" / f"minilm-{files.revision[:16]}{task}-{precision}-{version}.onnx"
    cached = _read_checked(path)
    if cached is not None:
        return cached
    if files.official:
        check_official(files)
    weights = load_weights(files.weights, files.layout.architecture)
    if adapter:
        weights = adapter.apply_to(weights)
    samples = [
        tokenizer.encode("What is meant?", text) if adapter else tokenizer.encode(text) for text in _SAMPLES
    ]
    maxima = column_maxima(weights, map(_ids_and_kinds, samples)) if precision == "int8" else {}
    graph = build_graph(weights, precision, maxima, pairs=adapter is not None)
    if not write_cache_file(path, hashlib.sha256(graph).digest(), graph):
        _report_uncached(path.parent)
    return graph


@cache
def _report_uncached(folder: Path) -> None:
    """Warn once that models are built again by every command."""
    log.warning(
        "%s has no space for the models, so that every command builds them again. "
        "Free some space, or set FOOTNOTE_CACHE to another folder.",
        folder,
    )


def _ids_and_kinds(encoding: Encoding) -> tuple[list[int], list[int]]:
    return encoding.ids, encoding.type_ids


def _read_checked(path: Path) -> bytes | None:
    """The cached graph; None when it is missing or its checksum does not match."""
    try:
        with path.open("rb") as file:
            digest, graph = file.read(32), file.read()
    except OSError:
        return None
    return graph if hashlib.sha256(graph).digest() == digest else None
