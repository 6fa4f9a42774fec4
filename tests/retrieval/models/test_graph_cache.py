"""The ONNX graph equals the numpy encoder, and a damaged cache is rebuilt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_bert import small_model
from tokenizers import Tokenizer

from retrieval.errors import ModelMissing
from retrieval.models import bert_graph, bert_weights, graph_cache, model_files

TOKENIZER = Tokenizer.from_file(str(model_files.packaged_files().tokenizer))
TOKENIZER.no_padding()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bert_weights.BertWeights:
    files = small_model(tmp_path_factory.mktemp("small") / "model")
    return bert_weights.load_weights(files.weights, files.layout.architecture)


@pytest.mark.parametrize(("precision", "min_cosine"), [("float", 0.99999), ("int8", 0.98)])
def test_the_graph_equals_the_numpy_encoder(
    precision: bert_graph.Precision, min_cosine: float, small: bert_weights.BertWeights
) -> None:
    """For a model of other sizes too, with and without scaled outlier columns."""
    texts = [[101, 102], [101, 2129, 2116, 102], list(range(1000, 1200))]
    for maxima in ({}, bert_weights.column_maxima(small, [(ids, ()) for ids in texts])):
        session = onnxruntime.InferenceSession(bert_graph.build_graph(small, precision, maxima))
        for ids in texts:
            (row,) = session.run(None, {"ids": np.array([ids])})[0]
            assert row @ bert_weights.encode(small, ids)["vectors"][0] >= min_cosine


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 1000))
def test_quantisation_errs_by_at_most_half_a_step(rows: int, columns: int, seed: int) -> None:
    """Each column has its own step; a column of zeros stays zero."""
    matrix = np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)
    matrix[:, 0] = 0
    rounded, scales = bert_graph.quantise(matrix)
    assert (np.abs(rounded * scales - matrix) <= scales / 2 + 1e-6).all()
    assert not rounded[:, 0].any()


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty"])
def test_a_damaged_cache_is_rebuilt(damage: str, tmp_path: Path) -> None:
    """A truncated or modified graph is never loaded."""
    files = small_model(tmp_path / "model")
    good = graph_cache.model_bytes(files, TOKENIZER, tmp_path, "int8")
    (path,) = (tmp_path / "models").glob("*.onnx")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes({"truncate": bytes(content[:-100]), "flip": bytes(content), "empty": b""}[damage])
    assert graph_cache.model_bytes(files, TOKENIZER, tmp_path, "int8") == good
    assert path.read_bytes()[32:] == good


def test_concurrent_builders_leave_one_intact_cache(tmp_path: Path) -> None:
    """They do not interfere with each other and leave no temporary files."""
    files = small_model(tmp_path / "model")
    with ThreadPoolExecutor(4) as pool:
        graphs = set(
            pool.map(lambda _: graph_cache.model_bytes(files, TOKENIZER, tmp_path, "int8"), range(4))
        )
    assert len(graphs) == 1
    assert len(list((tmp_path / "models").glob("*.onnx"))) == 1
    assert not list((tmp_path / "models").glob("*.part"))


def test_an_unwritable_cache_is_ignored(tmp_path: Path) -> None:
    """The graph is then built in memory."""
    files = small_model(tmp_path / "model")
    (tmp_path / "blocked").write_text("a file where a folder should be")
    assert graph_cache.model_bytes(files, TOKENIZER, tmp_path / "blocked", "int8")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"encoder.layer.0.output.dense.bias": None}, "encoder.layer.0.output.dense.bias is missing"),
        ({"embeddings.word_embeddings.weight": None}, "word_embeddings.weight is missing"),
        ({"encoder.layer.0.output.dense.weight": np.ones((8, 15), np.float32)}, r"not .16, 8"),
    ],
)
def test_invalid_weights_are_reported(
    changes: dict[str, np.ndarray | None], sentence: str, tmp_path: Path
) -> None:
    """The message names the array that is missing or has the wrong shape."""
    with pytest.raises(ModelMissing, match=sentence):
        graph_cache.model_bytes(small_model(tmp_path / "model", **changes), TOKENIZER, tmp_path, "int8")
