"""Vectors are those of all-MiniLM-L6-v2, whatever the batch or thread; a model of one's own is checked."""

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
from retrieval.models.embeddings import FootnoteEmbeddings, token_reader
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
@pytest.mark.parametrize(("choice", "least"), [("local:float", 0.9999), ("local", 0.985)])
def test_vectors_are_those_of_sentence_transformers(
    choice: str, least: float, path: Path, cache: Path
) -> None:
    """In float nearly exactly; in int8 so closely that the same passages are found."""
    if not path.exists():
        pytest.skip("the comparison vectors of ../shared are not here")
    assert cosines(make_embeddings(choice, model_dir=None, cache_dir=cache), path).min() >= least


def test_a_vector_depends_on_its_text_alone(local: FootnoteEmbeddings) -> None:
    """Neither the other texts of a batch nor their order changes a bit of it."""
    texts = ["Short.", "", "A much longer sentence about the regulator and eleven companies.", "word " * 400]
    together = local.embed_matrix(texts)
    assert np.array_equal(together[::-1], local.embed_matrix(texts[::-1]))
    for row, text in zip(together, texts, strict=True):
        assert np.array_equal(row, np.array(local.embed_query(text), np.float32))


def test_rows_have_length_one_for_any_text(local: FootnoteEmbeddings) -> None:
    """Empty, endless, foreign and broken texts all have a vector."""
    matrix = local.embed_matrix(["", " \n", "中文 🙂", "\ud800 lone", "x" * 200_000, "\0\x1b[31m"])
    assert matrix.shape == (6, local.dimension)
    assert matrix.dtype == np.float32
    assert np.allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-5)
    assert local.embed_matrix([]).shape == (0, 384)


def test_what_is_over_256_word_pieces_is_not_read(local: FootnoteEmbeddings) -> None:
    """As sentence-transformers does: 254 words between the two marks."""
    base = " ".join(["word"] * 254)
    assert np.array_equal(local.embed_query(base), local.embed_query(base + " and much more"))
    assert not np.array_equal(local.embed_query(base), local.embed_query(base[:-5]))


def test_tokens_are_counted_to_the_end(local: FootnoteEmbeddings) -> None:
    """A passage's budget counts all of its word pieces."""
    assert local.count_tokens("") == 0
    assert local.count_tokens("word " * 1000) == 1000


def test_token_vectors_stand_at_their_characters(cache: Path) -> None:
    """A row of length 1 for each word piece; the vector of the whole is the one that is indexed."""
    local = LocalEmbeddings(cache)
    text = "Regulators met Tencent."
    (read,) = local.token_vectors([text])
    assert [text[start:end] for start, end in read.spans] == ["Regulators", "met", "Ten", "cent", "."]
    assert read.matrix.shape == (len(read.ids), 384)
    assert read.matrix.dtype == np.float32
    assert np.allclose(np.linalg.norm(read.matrix, axis=1), 1, atol=1e-5)
    assert np.array_equal(read.pooled, np.array(local.embed_query(text), np.float32))


def test_token_vectors_of_several_texts_keep_their_order(cache: Path) -> None:
    """An empty text has none, a long one those of its first 254 word pieces."""
    local = LocalEmbeddings(cache)
    short, empty, long = local.token_vectors(["One two.", "", "word " * 400])
    assert short.matrix.shape == (3, 384)
    assert empty.matrix.shape == (0, 384)
    assert empty.spans.shape == (0, 2)
    assert long.matrix.shape == (254, 384)
    assert local.token_vectors([]) == []


def test_a_service_reads_no_tokens(cache: Path) -> None:
    """Callers ask first, and do without."""
    assert token_reader(make_embeddings("openai:any", model_dir=None, cache_dir=cache)) is None
    assert token_reader(make_embeddings("local", model_dir=None, cache_dir=cache)) is not None


def test_many_threads_share_one_model(cache: Path) -> None:
    """The first questions of many people at once load it once and get the vectors of one."""
    fresh = make_embeddings("local", model_dir=None, cache_dir=cache)
    texts = [f"Question number {number}?" for number in range(16)]
    with ThreadPoolExecutor(16) as pool:
        vectors = list(pool.map(fresh.embed_query, texts))
    assert np.array_equal(np.array(vectors, np.float32), fresh.embed_matrix(texts))


def test_without_packaged_weights_one_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is downloaded; the help names the command."""
    monkeypatch.setattr(model_files, "_PACKAGE", "a_package_that_is_not_installed")
    embeddings = make_embeddings("local", model_dir=None, cache_dir=tmp_path)
    with pytest.raises(ModelMissing, match="not installed") as caught:
        embeddings.embed_query("a")
    assert "uv sync" in caught.value.help


def test_packaged_weights_that_were_changed_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the official bytes are run under the official name."""
    files = replace(small_model(tmp_path / "model"), official=True)
    monkeypatch.setattr(model_files, "packaged_files", lambda: files)
    with pytest.raises(ModelMissing, match="not the expected one"):
        LocalEmbeddings(tmp_path).embed_query("a")


def test_a_folder_of_ones_own_is_used_and_fingerprinted(tmp_path: Path) -> None:
    """Its dimension and its bytes tell its vectors from all others."""
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
def test_a_broken_folder_of_ones_own_is_told_in_one_sentence(
    name: str, content: bytes | None, tmp_path: Path
) -> None:
    """Missing, empty and foreign files are the package's own error, with the folder named."""
    small_model(tmp_path / "model")
    path = tmp_path / "model" / name
    path.unlink() if content is None else path.write_bytes(content)
    embeddings = make_embeddings("local", model_dir=tmp_path / "model", cache_dir=tmp_path)
    with pytest.raises(ModelMissing, match="model"):
        embeddings.embed_query("a")


def test_word_pieces_that_the_weights_do_not_know_are_told(tmp_path: Path) -> None:
    """A tokenizer of another model would point past the table of words."""
    fewer = np.ones((100, 8), np.float32)
    small_model(tmp_path / "model", **{"embeddings.word_embeddings.weight": fewer})
    embeddings = make_embeddings("local", model_dir=tmp_path / "model", cache_dir=tmp_path)
    with pytest.raises(ModelMissing, match="more word pieces"):
        embeddings.embed_query("a")


def test_the_runtime_does_not_report_to_its_maker(tmp_path: Path) -> None:
    """onnxruntime's telemetry begins with files in the user's cache; embedding a text leaves none there."""
    code = (
        "import sys; from pathlib import Path; "
        "from retrieval.models.embedding_factory import make_embeddings;"
        "make_embeddings('local', model_dir=None, cache_dir=Path(sys.argv[1])).embed_query('a')"
    )
    cache = tmp_path / "cache"
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "HOME": str(tmp_path)}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path / "models")], env=environment, check=False)
    assert ran.returncode == 0
    assert not cache.exists()
