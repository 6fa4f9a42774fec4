"""Embeddings say what made them; a service is asked, and its faults told, in one sentence each."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from retrieval.errors import EmbeddingError
from retrieval.models.embedding_factory import make_embeddings
from retrieval.models.embeddings import FootnoteEmbeddings


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> FootnoteEmbeddings:
    return make_embeddings("local", model_dir=None, cache_dir=tmp_path_factory.mktemp("cache"))


def test_the_fingerprint_costs_no_model(tmp_path: Path) -> None:
    """It tells precision and model apart, and neither reads nor writes a file for the packaged model."""
    prints = {
        make_embeddings(choice, model_dir=None, cache_dir=tmp_path).fingerprint
        for choice in ("local", "local:float", "openai:text-embedding-3-small", "openai:other")
    }
    assert len(prints) == 4
    assert not list(tmp_path.iterdir())


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
