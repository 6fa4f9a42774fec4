"""Vectors are those of all-MiniLM-L6-v2, whatever the batch, the thread, or the state of the cache."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from retrieval import minilm, weights
from retrieval.embeddings import FootnoteEmbeddings, LocalEmbeddings, make_embeddings
from retrieval.errors import EmbeddingError, ModelMissing

REPOSITORY = Path(__file__).resolve().parents[1]
OWN_VECTORS = REPOSITORY / "tests" / "data" / "minilm_vectors.json"
SHARED_VECTORS = REPOSITORY.parent / "shared" / "vectors" / "all-MiniLM-L6-v2.json"


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


def test_many_threads_share_one_model(cache: Path) -> None:
    """The first questions of many people at once load it once and get the vectors of one."""
    fresh = make_embeddings("local", model_dir=None, cache_dir=cache)
    texts = [f"Question number {number}?" for number in range(16)]
    with ThreadPoolExecutor(16) as pool:
        vectors = list(pool.map(fresh.embed_query, texts))
    assert np.array_equal(np.array(vectors, np.float32), fresh.embed_matrix(texts))


def test_langchain_takes_it_for_its_own(local: FootnoteEmbeddings) -> None:
    """Whatever asks for LangChain's class gets an instance of it."""
    from langchain_core.embeddings import Embeddings

    assert isinstance(local.as_langchain(), Embeddings)
    assert local.embed_documents(["a"]) == [local.embed_query("a")]


async def test_questions_can_be_embedded_beside_an_event_loop(local: FootnoteEmbeddings) -> None:
    """LangChain's asynchronous methods give the same vectors."""
    assert await local.aembed_query("a") == (await local.aembed_documents(["a"]))[0]


def test_the_fingerprint_costs_no_model(tmp_path: Path) -> None:
    """It tells precision and model apart, and neither reads nor writes a file for the packaged model."""
    prints = {
        make_embeddings(choice, model_dir=None, cache_dir=tmp_path).fingerprint
        for choice in ("local", "local:float", "openai:text-embedding-3-small", "openai:other")
    }
    assert len(prints) == 4
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty"])
def test_a_damaged_cache_is_noticed_and_built_again(damage: str, tmp_path: Path) -> None:
    """A cut or altered graph is never run."""
    files = small_model(tmp_path / "model")
    good = minilm.model_bytes(files, tmp_path, "int8")
    (path,) = (tmp_path / "models").glob("*.onnx")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes({"truncate": bytes(content[:-100]), "flip": bytes(content), "empty": b""}[damage])
    assert minilm.model_bytes(files, tmp_path, "int8") == good
    assert path.read_bytes()[32:] == good


def test_two_at_once_leave_one_whole_cache(tmp_path: Path) -> None:
    """Builders do not disturb each other and leave no part behind."""
    files = small_model(tmp_path / "model")
    with ThreadPoolExecutor(4) as pool:
        graphs = set(pool.map(lambda _: minilm.model_bytes(files, tmp_path, "int8"), range(4)))
    assert len(graphs) == 1
    assert len(list((tmp_path / "models").glob("*.onnx"))) == 1
    assert not list((tmp_path / "models").glob("*.part"))


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    """The model is built in memory then."""
    files = small_model(tmp_path / "model")
    (tmp_path / "blocked").write_text("a file where a folder should be")
    assert minilm.model_bytes(files, tmp_path / "blocked", "int8")


def test_without_packaged_weights_one_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is downloaded; the help names the command."""
    monkeypatch.setattr(weights, "_PACKAGE", "a_package_that_is_not_installed")
    embeddings = make_embeddings("local", model_dir=None, cache_dir=tmp_path)
    with pytest.raises(ModelMissing, match="not installed") as caught:
        embeddings.embed_query("a")
    assert "uv sync" in caught.value.help


def test_packaged_weights_that_were_changed_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the official bytes are run under the official name."""
    files = replace(small_model(tmp_path / "model"), official=True)
    monkeypatch.setattr(weights, "packaged_files", lambda: files)
    with pytest.raises(ModelMissing, match="not the expected one"):
        LocalEmbeddings(tmp_path).embed_query("a")


def small_model(folder: Path, **changes: np.ndarray | None) -> weights.ModelFiles:
    """A BERT of one layer, two heads and eight columns, with the word pieces of the packaged model."""
    from safetensors.numpy import save_file

    random = np.random.default_rng(7)
    width, wide = 8, 16
    layer = "encoder.layer.0."
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (30522, width),
        "embeddings.position_embeddings.weight": (512, width),
        "embeddings.token_type_embeddings.weight": (2, width),
        layer + "attention.output.dense.weight": (width, width),
        layer + "attention.output.dense.bias": (width,),
        layer + "intermediate.dense.weight": (wide, width),
        layer + "intermediate.dense.bias": (wide,),
        layer + "output.dense.weight": (width, wide),
        layer + "output.dense.bias": (width,),
    }
    for norm in ("embeddings.", layer + "attention.output.", layer + "output."):
        shapes |= {norm + "LayerNorm.weight": (width,), norm + "LayerNorm.bias": (width,)}
    for part in ("query", "key", "value"):
        shapes[f"{layer}attention.self.{part}.weight"] = (width, width)
        shapes[f"{layer}attention.self.{part}.bias"] = (width,)
    tensors = {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    for name, change in changes.items():
        tensors.pop(name)
        if change is not None:
            tensors[name] = change
    folder.mkdir(parents=True)
    save_file(tensors, folder / "model.safetensors")
    (folder / "tokenizer.json").write_bytes(weights.packaged_files().tokenizer.read_bytes())
    (folder / "config.json").write_text('{"num_attention_heads": 2}')
    return weights.own_files(folder, folder.parent)


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


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"encoder.layer.0.output.dense.bias": None}, "encoder.layer.0.output.dense.bias is missing"),
        ({"embeddings.word_embeddings.weight": None}, "word_embeddings.weight is missing"),
        ({"encoder.layer.0.output.dense.weight": np.ones((8, 15), np.float32)}, "not 16"),
    ],
)
def test_other_weights_are_told_in_one_sentence(
    changes: dict[str, np.ndarray | None], sentence: str, tmp_path: Path
) -> None:
    """The sentence names the part that is missing or does not fit."""
    with pytest.raises(ModelMissing, match=sentence):
        minilm.model_bytes(small_model(tmp_path / "model", **changes), tmp_path, "int8")


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


def test_an_unknown_choice_is_told_in_one_sentence(tmp_path: Path) -> None:
    """The help names the two that there are."""
    with pytest.raises(EmbeddingError, match="cohere:big is not known") as caught:
        make_embeddings("cohere:big", model_dir=None, cache_dir=tmp_path)
    assert "openai:MODEL" in caught.value.help


class Service(BaseHTTPRequestHandler):
    """Speaks OpenAI's embeddings protocol; `status` and `body` make it fail."""

    status = 200
    body: bytes | None = None
    asked: list[list[str]]

    def do_POST(self) -> None:
        texts = json.loads(self.rfile.read(int(self.headers["content-length"])))["input"]
        type(self).asked.append(texts)
        rows = [{"object": "embedding", "index": n, "embedding": [3.0, 4.0]} for n in range(len(texts))]
        answer = {
            "object": "list",
            "data": rows,
            "model": "m",
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }
        content = self.body if self.body is not None else json.dumps(answer).encode()
        self.send_response(self.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.send_header("x-should-retry", "false")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[tuple[type[Service], FootnoteEmbeddings]]:
    handler = type("Handler", (Service,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield (
            handler,
            make_embeddings("openai:m", model_dir=None, cache_dir=Path(), api_key="k", base_url=url),
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_service_is_asked_in_batches_of_text(service: tuple[type[Service], FootnoteEmbeddings]) -> None:
    """Texts are sent as they are, empty ones as a full stop; the vectors come back with length 1."""
    handler, embeddings = service
    matrix = embeddings.embed_matrix(["a", "", *["b"] * 300])
    assert np.allclose(matrix, [[0.6, 0.8]] * 302)
    assert [len(texts) for texts in handler.asked] == [256, 46]
    assert handler.asked[0][:2] == ["a", "."]
    assert embeddings.dimension == 2


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (401, b'{"error": {"message": "bad key sk-secret"}}', "refused the key"),
        (403, b"{}", "may not use"),
        (404, b"{}", "knows no model m"),
        (429, b"{}", "too many requests"),
        (500, b"{}", "failed"),
        (400, b"{}", "refused the texts"),
        (200, b'{"error": "no"}', "did not answer with vectors"),
        (200, b"<html>", "did not answer with vectors"),
        (200, b'{"object": "list", "model": "m", "data": []}', "vectors"),
    ],
)
def test_a_service_that_fails_is_told_in_one_sentence(
    status: int, body: bytes, sentence: str, service: tuple[type[Service], FootnoteEmbeddings]
) -> None:
    """Every fault is the package's own error, without the key and without a trace."""
    handler, embeddings = service
    handler.status, handler.body = status, body
    with pytest.raises(EmbeddingError, match=sentence) as caught:
        embeddings.embed_query("a")
    assert "secret" not in str(caught.value)


def test_a_service_without_a_key_is_told_before_any_request(tmp_path: Path) -> None:
    """OpenAI itself needs a key; another base URL may not."""
    embeddings = make_embeddings("openai:text-embedding-3-small", model_dir=None, cache_dir=tmp_path)
    assert embeddings.dimension == 1536
    with pytest.raises(EmbeddingError, match="OPENAI_API_KEY is not set"):
        embeddings.embed_query("a")
