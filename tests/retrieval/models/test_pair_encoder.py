"""Question and texts are encoded together with adapted weights; adapters that do not fit are reported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from small_bert import small_model
from tokenizers import Tokenizer

from retrieval.errors import ModelMissing
from retrieval.models import bert_weights, graph_cache, model_files
from retrieval.models.pair_encoder import PairEncoder
from retrieval.models.task_adapter import load_adapter

QUERY = "encoder.layer.0.attention.self.query"
QUESTION = "How many passengers does the ferry carry?"
TEXTS = ["The ferry carries 120 passengers.", "Tickets cost €4.", "word " * 300, "This has no room."]


def write_adapter(path: Path, width: int, **changes: np.ndarray) -> Path:
    """A random adapter of rank 2 for the first query matrix, with a bias, and a head of three neurons."""
    random = np.random.default_rng(3)
    shapes: dict[str, tuple[int, ...]] = {
        f"{QUERY}.down": (2, width),
        f"{QUERY}.up": (width, 2),
        f"{QUERY}.bias": (width,),
        "head.0.weight": (3, 2 * width),
        "head.0.bias": (3,),
        "head.1.weight": (1, 3),
        "head.1.bias": (1,),
    }
    arrays = {name: random.normal(size=shape).astype(np.float16) for name, shape in shapes.items()}
    save_file({**arrays, **changes}, path)
    return path


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> PairEncoder:
    folder = tmp_path_factory.mktemp("pairs")
    adapter = write_adapter(folder / "adapter.safetensors", model_files.DIMENSION)
    return PairEncoder(adapter, cache_dir=folder, pieces=128, precision="float")


def test_the_graph_equals_the_adapted_numpy_encoder(encoder: PairEncoder) -> None:
    """Compared word piece by word piece."""
    files = model_files.packaged_files()
    adapted = encoder.adapter.apply_to(bert_weights.load_weights(files.weights, files.layout.architecture))
    encoding = Tokenizer.from_file(str(files.tokenizer)).encode(QUESTION, TEXTS[0])
    ids = [number for number, real in zip(encoding.ids, encoding.attention_mask, strict=True) if real]
    expected = bert_weights.encode(adapted, ids, encoding.type_ids[: len(ids)])[f"layer_{adapted.layers - 1}"]
    encoded = encoder.encode(QUESTION, TEXTS[:1])
    pieces = len(encoded.words[0])
    assert np.abs(encoded.pooled - expected[0]).max() < 0.02
    assert np.abs(encoded.words[0] - expected[-1 - pieces : -1]).max() < 0.02
    assert [TEXTS[0][a:b] for a, b in encoded.spans[0]][:3] == ["The", "ferry", "carries"]


def test_texts_beyond_the_maximum_are_truncated(encoder: PairEncoder) -> None:
    """Texts are encoded in order; a long text leaves no room for the ones after it."""
    encoded = encoder.encode(QUESTION, TEXTS)
    lengths = [len(words) for words in encoded.words]
    assert lengths == [len(spans) for spans in encoded.spans]
    assert [TEXTS[1][a:b] for a, b in encoded.spans[1]][-2:] == ["4", "."]
    assert lengths[2] > 80
    assert lengths[3] == 0


def test_a_long_question_is_truncated(encoder: PairEncoder) -> None:
    """It leaves room for the text; an empty question works too."""
    assert len(encoder.encode("why " * 500, TEXTS[:1]).words[0]) > 5
    assert len(encoder.encode("", [""]).words[0]) == 0


def test_the_head_gives_one_number_per_row(encoder: PairEncoder) -> None:
    """The same for one row at a time and for many at once."""
    rows = np.random.default_rng(1).normal(size=(4, 2, model_files.DIMENSION)).astype(np.float32)
    together = encoder.adapter.head(rows[:, 0], rows[:, 1])
    single = [encoder.adapter.head(row[:1], row[1:])[0] for row in rows]
    assert together.shape == (4,)
    assert np.allclose(together, single, atol=1e-4)
    assert together.std() > 0


def test_each_adapter_has_its_own_graph(tmp_path: Path) -> None:
    """So does the model without one; a changed adapter never uses an old graph."""
    files = small_model(tmp_path / "model")
    tokenizer = Tokenizer.from_file(str(files.tokenizer))
    one = load_adapter(write_adapter(tmp_path / "one", 8))
    other = load_adapter(write_adapter(tmp_path / "two", 8, **{f"{QUERY}.bias": np.ones(8, np.float16)}))
    graphs = {
        graph_cache.model_bytes(files, tokenizer, tmp_path, "int8", adapter) for adapter in (None, one, other)
    }
    assert len(graphs) == len(list((tmp_path / "models").glob("*.onnx"))) == 3


def test_an_adapter_of_another_model_is_reported(tmp_path: Path) -> None:
    """The message names the matrix that does not fit."""
    files = small_model(tmp_path / "model")
    adapter = load_adapter(write_adapter(tmp_path / "adapter", 16))
    with pytest.raises(ModelMissing, match=r"does not fit the weights: encoder\.layer\.0\.attention"):
        adapter.apply_to(bert_weights.load_weights(files.weights, files.layout.architecture))
