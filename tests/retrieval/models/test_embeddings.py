"""Embeddings: fingerprints, and the requests and errors of an embedding service."""

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


def test_the_fingerprint_loads_no_model(tmp_path: Path) -> None:
    """It differs by precision and model, and touches no file for the packaged model."""
    fingerprints = {
        make_embeddings(choice, model_dir=None, cache_dir=tmp_path).fingerprint
        for choice in ("local", "local:float", "openai:text-embedding-3-small", "openai:other")
    }
    assert len(fingerprints) == 4
    assert not list(tmp_path.iterdir())


class Service(BaseHTTPRequestHandler):
    """Implements OpenAI's embeddings API; `status` and `body` make it fail."""

    status = 200
    body: bytes | None = None
    requests: list[list[str]]

    def do_POST(self) -> None:
        texts = json.loads(self.rfile.read(int(self.headers["content-length"])))["input"]
        type(self).requests.append(texts)
        rows = [{"object": "embedding", "index": n, "embedding": [3.0, 4.0]} for n in range(len(texts))]
        response = {
            "object": "list",
            "data": rows,
            "model": "m",
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }
        content = self.body if self.body is not None else json.dumps(response).encode()
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
    handler = type("Handler", (Service,), {"requests": []})
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


def test_texts_are_sent_in_batches(service: tuple[type[Service], FootnoteEmbeddings]) -> None:
    """Texts are sent unchanged, empty ones as a full stop; the vectors are scaled to length 1."""
    handler, embeddings = service
    matrix = embeddings.embed_matrix(["a", "", *["b"] * 300])
    assert np.allclose(matrix, [[0.6, 0.8]] * 302)
    assert [len(texts) for texts in handler.requests] == [256, 46]
    assert handler.requests[0][:2] == ["a", "."]
    assert embeddings.dimension == 2


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (401, b'{"error": {"message": "bad key sk-secret"}}', "rejected the API key"),
        (403, b"{}", "has no access"),
        (404, b"{}", "has no model m"),
        (429, b"{}", "rate limit"),
        (500, b"{}", "failed"),
        (400, b"{}", "rejected the texts"),
        (200, b'{"error": "no"}', "did not return vectors"),
        (200, b"<html>", "did not return vectors"),
        (200, b'{"object": "list", "model": "m", "data": []}', "vectors"),
    ],
)
def test_a_failing_service_is_reported_in_one_sentence(
    status: int, body: bytes, sentence: str, service: tuple[type[Service], FootnoteEmbeddings]
) -> None:
    """Every failure becomes an EmbeddingError without the API key."""
    handler, embeddings = service
    handler.status, handler.body = status, body
    with pytest.raises(EmbeddingError, match=sentence) as caught:
        embeddings.embed_query("a")
    assert "secret" not in str(caught.value)


def test_a_missing_api_key_is_reported_before_any_request(tmp_path: Path) -> None:
    """OpenAI itself requires a key; another base URL might not."""
    embeddings = make_embeddings("openai:text-embedding-3-small", model_dir=None, cache_dir=tmp_path)
    assert embeddings.dimension == 1536
    with pytest.raises(EmbeddingError, match="OPENAI_API_KEY is not set"):
        embeddings.embed_query("a")
