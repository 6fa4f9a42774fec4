"""Question and texts are read together as the adapted weights say; an adapter that does not fit is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from small_bert import small_model
from tokenizers import Tokenizer

from retrieval.errors import ModelMissing
from retrieval.models import bert_weights, graph_cache, model_files
from retrieval.models.pair_encoder import PairReader
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
def reader(tmp_path_factory: pytest.TempPathFactory) -> PairReader:
    place = tmp_path_factory.mktemp("pairs")
    adapter = write_adapter(place / "adapter.safetensors", model_files.DIMENSION)
    return PairReader(adapter, cache_dir=place, pieces=128, precision="float")


def test_the_graph_is_the_adapted_model_on_both_texts(reader: PairReader) -> None:
    """Held against the encoder in numpy with the changed weights, piece by piece."""
    files = model_files.packaged_files()
    changed = reader.adapter.adapted(bert_weights.load_weights(files.weights, files.heads))
    encoding = Tokenizer.from_file(str(files.tokenizer)).encode(QUESTION, TEXTS[0])
    ids = [number for number, real in zip(encoding.ids, encoding.attention_mask, strict=True) if real]
    seen = bert_weights.encode(changed, ids, encoding.type_ids[: len(ids)])[f"layer_{changed.layers - 1}"]
    read = reader.read(QUESTION, TEXTS[:1])
    pieces = len(read.words[0])
    assert np.abs(read.whole - seen[0]).max() < 0.02
    assert np.abs(read.words[0] - seen[-1 - pieces : -1]).max() < 0.02
    assert [TEXTS[0][a:b] for a, b in read.spans[0]][:3] == ["The", "ferry", "carries"]


def test_what_has_no_room_is_not_read(reader: PairReader) -> None:
    """The texts come in order; each has its own pieces, a later one none when an earlier one is long."""
    read = reader.read(QUESTION, TEXTS)
    lengths = [len(words) for words in read.words]
    assert lengths == [len(spans) for spans in read.spans]
    assert [TEXTS[1][a:b] for a, b in read.spans[1]][-2:] == ["4", "."]
    assert lengths[2] > 80
    assert lengths[3] == 0


def test_a_long_question_leaves_room_for_the_text(reader: PairReader) -> None:
    """It is cut, and an empty one is read as well."""
    assert len(reader.read("why " * 500, TEXTS[:1]).words[0]) > 5
    assert len(reader.read("", [""]).words[0]) == 0


def test_the_head_is_a_small_network(reader: PairReader) -> None:
    """GELU over both vectors, then a sum; a row at a time or many at once."""
    rows = np.random.default_rng(1).normal(size=(4, 2, model_files.DIMENSION)).astype(np.float32)
    together = reader.adapter.head(rows[:, 0], rows[:, 1])
    single = [reader.adapter.head(row[:1], row[1:])[0] for row in rows]
    assert together.shape == (4,)
    assert np.allclose(together, single, atol=1e-4)
    assert together.std() > 0


def test_each_adapter_has_a_graph_of_its_own(tmp_path: Path) -> None:
    """Beside the model without one; a changed file is never answered from an old graph."""
    files = small_model(tmp_path / "model")
    tokenizer = Tokenizer.from_file(str(files.tokenizer))
    one = load_adapter(write_adapter(tmp_path / "one", 8))
    other = load_adapter(write_adapter(tmp_path / "two", 8, **{f"{QUERY}.bias": np.ones(8, np.float16)}))
    graphs = {
        graph_cache.model_bytes(files, tokenizer, tmp_path, "int8", each) for each in (None, one, other)
    }
    assert len(graphs) == len(list((tmp_path / "models").glob("*.onnx"))) == 3


def test_an_adapter_of_another_model_is_told(tmp_path: Path) -> None:
    """By the matrix that does not fit."""
    files = small_model(tmp_path / "model")
    adapter = load_adapter(write_adapter(tmp_path / "adapter", 16))
    with pytest.raises(ModelMissing, match=r"do not fit their adapter: encoder\.layer\.0\.attention"):
        adapter.adapted(bert_weights.load_weights(files.weights, files.heads))
