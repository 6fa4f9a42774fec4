"""Vectors equal those of all-MiniLM-L6-v2, whatever the batch or thread; custom models are checked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from repository import ROOT
from small_bert import small_model

from retrieval.errors import ModelMissing
from retrieval.models import model_files
from retrieval.models.embedding_factory import make_embeddings
from retrieval.models.embeddings import FootnoteEmbeddings, as_token_embeddings
from retrieval.models.local_embeddings import LocalEmbeddings

OWN_VECTORS = ROOT / "tests" / "data" / "minilm_vectors.json"
SHARED_VECTORS = ROOT.parent / "shared" / "vectors" / "all-MiniLM-L6-v2.json"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def local(cache: Path) -> FootnoteEmbeddings:
    return make_embeddings("local", model_dir=None, cache_dir=cache)


def cosines(embeddings: FootnoteEmbeddings, path: Path) -> np.ndarray:
    expected = json.loads(path.read_text(encoding="utf-8"))
    vectors = np.array(expected["vectors"], np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    products: np.ndarray = embeddings.embed_matrix(expected["texts"]) * vectors
    sums: np.ndarray = products.sum(axis=1)
    return sums


@pytest.mark.parametrize("path", [OWN_VECTORS, SHARED_VECTORS], ids=["own", "shared"])
@pytest.mark.parametrize(("choice", "min_cosine"), [("local:float", 0.9999), ("local", 0.985)])
def test_vectors_equal_those_of_sentence_transformers(
    choice: str, min_cosine: float, path: Path, cache: Path
) -> None:
    """In float almost exactly; in int8 closely enough to find the same passages."""
    if not path.exists():
        pytest.skip("the comparison vectors of ../shared are missing")
    assert cosines(make_embeddings(choice, model_dir=None, cache_dir=cache), path).min() >= min_cosine


def test_a_vector_depends_only_on_its_text(local: FootnoteEmbeddings) -> None:
    """Other texts in the batch and their order change no bit of it."""
    texts = ["Short.", "", "A much longer sentence about the regulator and eleven companies.", "word " * 400]
    together = local.embed_matrix(texts)
    assert np.array_equal(together[::-1], local.embed_matrix(texts[::-1]))
    for row, text in zip(together, texts, strict=True):
        assert np.array_equal(row, np.array(local.embed_query(text), np.float32))


def test_rows_have_length_one_for_any_text(local: FootnoteEmbeddings) -> None:
    """Empty, very long, foreign and malformed texts all get a vector."""
    matrix = local.embed_matrix(["", " \n", "中文 🙂", "\ud800 lone", "x" * 200_000, "\0\x1b[31m"])
    assert matrix.shape == (6, local.dimension)
    assert matrix.dtype == np.float32
    assert np.allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-5)
    assert local.embed_matrix([]).shape == (0, 384)


def test_texts_are_truncated_to_256_word_pieces(local: FootnoteEmbeddings) -> None:
    """As in sentence-transformers: 254 words between the start and end tokens."""
    base = " ".join(["word"] * 254)
    assert np.array_equal(local.embed_query(base), local.embed_query(base + " and much more"))
    assert not np.array_equal(local.embed_query(base), local.embed_query(base[:-5]))


def test_all_tokens_are_counted(local: FootnoteEmbeddings) -> None:
    """Also those beyond the truncation."""
    assert local.count_tokens("") == 0
    assert local.count_tokens("word " * 1000) == 1000


def test_token_vectors_have_character_offsets(cache: Path) -> None:
    """One row of length 1 per word piece; the pooled vector is the one that is indexed."""
    local = LocalEmbeddings(cache)
    text = "Regulators met Tencent."
    (tokens,) = local.token_vectors([text])
    assert [text[start:end] for start, end in tokens.spans] == ["Regulators", "met", "Ten", "cent", "."]
    assert tokens.matrix.shape == (len(tokens.ids), 384)
    assert tokens.matrix.dtype == np.float32
    assert np.allclose(np.linalg.norm(tokens.matrix, axis=1), 1, atol=1e-5)
    assert np.array_equal(tokens.pooled, np.array(local.embed_query(text), np.float32))


def test_token_vectors_of_several_texts_keep_their_order(cache: Path) -> None:
    """An empty text has none; a long one has those of its first 254 word pieces."""
    local = LocalEmbeddings(cache)
    short, empty, long = local.token_vectors(["One two.", "", "word " * 400])
    assert short.matrix.shape == (3, 384)
    assert empty.matrix.shape == (0, 384)
    assert empty.spans.shape == (0, 2)
    assert long.matrix.shape == (254, 384)
    assert local.token_vectors([]) == []


def test_a_service_has_no_token_vectors(cache: Path) -> None:
    """Callers get None and work without them."""
    assert as_token_embeddings(make_embeddings("openai:any", model_dir=None, cache_dir=cache)) is None
    assert as_token_embeddings(make_embeddings("local", model_dir=None, cache_dir=cache)) is not None


def test_many_threads_share_one_model(cache: Path) -> None:
    """Concurrent first questions load it once and get the same vectors as one batch."""
    embeddings = make_embeddings("local", model_dir=None, cache_dir=cache)
    texts = [f"Question number {number}?" for number in range(16)]
    with ThreadPoolExecutor(16) as pool:
        vectors = list(pool.map(embeddings.embed_query, texts))
    assert np.array_equal(np.array(vectors, np.float32), embeddings.embed_matrix(texts))


def test_missing_packaged_weights_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is downloaded; the help names the command to run."""
    monkeypatch.setattr(model_files, "_PACKAGE", "a_package_that_is_not_installed")
    embeddings = make_embeddings("local", model_dir=None, cache_dir=tmp_path)
    with pytest.raises(ModelMissing, match="not installed") as caught:
        embeddings.embed_query("a")
    assert "uv sync" in caught.value.help


def test_modified_packaged_weights_are_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the official files are used under the official name."""
    files = replace(small_model(tmp_path / "model"), official=True)
    monkeypatch.setattr(model_files, "packaged_files", lambda: files)
    with pytest.raises(ModelMissing, match="damaged or modified"):
        LocalEmbeddings(tmp_path).embed_query("a")


def test_a_custom_model_is_used_and_fingerprinted(tmp_path: Path) -> None:
    """Its fingerprint depends on the content of its files."""
    small_model(tmp_path / "one")
    small_model(tmp_path / "two", **{"encoder.layer.0.output.dense.bias": np.ones(8, np.float32)})
    one, two = (
        make_embeddings("local", model_dir=tmp_path / name, cache_dir=tmp_path / "cache")
        for name in ("one", "two")
    )
    assert one.dimension == 8
    assert one.embed_matrix(["a", "b c"]).shape == (2, 8)
    assert one.fingerprint != two.fingerprint


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
@pytest.mark.parametrize("content", [None, b"", b"nonsense " * 20])
def test_an_invalid_custom_model_is_reported(name: str, content: bytes | None, tmp_path: Path) -> None:
    """Missing, empty and invalid files raise ModelMissing, and the message names the folder."""
    small_model(tmp_path / "model")
    path = tmp_path / "model" / name
    path.unlink() if content is None else path.write_bytes(content)
    embeddings = make_embeddings("local", model_dir=tmp_path / "model", cache_dir=tmp_path)
    with pytest.raises(ModelMissing, match="model"):
        embeddings.embed_query("a")


def test_a_tokenizer_larger_than_the_weights_is_reported(tmp_path: Path) -> None:
    """Its ids would exceed the table of word embeddings."""
    fewer = np.ones((100, 8), np.float32)
    small_model(tmp_path / "model", **{"embeddings.word_embeddings.weight": fewer})
    embeddings = make_embeddings("local", model_dir=tmp_path / "model", cache_dir=tmp_path)
    with pytest.raises(ModelMissing, match="more word pieces"):
        embeddings.embed_query("a")


def test_the_runtime_sends_no_telemetry(tmp_path: Path) -> None:
    """onnxruntime's telemetry creates files in the user's cache; embedding a text creates none."""
    code = (
        "import sys; from pathlib import Path; "
        "from retrieval.models.embedding_factory import make_embeddings;"
        "make_embeddings('local', model_dir=None, cache_dir=Path(sys.argv[1])).embed_query('a')"
    )
    cache = tmp_path / "cache"
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "HOME": str(tmp_path)}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "models")], env=environment, check=False
    )
    assert done.returncode == 0
    assert not cache.exists()
