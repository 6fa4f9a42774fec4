"""Embeddings of other providers, with Ollama's real client against a stand-in on loopback."""

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


class Ollama(BaseHTTPRequestHandler):
    """Implements /api/embed; `status` and `body` make it fail."""

    status = 200
    body: bytes | None = None
    requests: list[list[str]]

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        assert self.path == "/api/embed"
        type(self).requests.append(request["input"])
        rows = [[3.0, 4.0, float(len(text))] for text in request["input"]]
        content = self.body or json.dumps({"model": request["model"], "embeddings": rows}).encode()
        self.send_response(self.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def ollama(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Ollama]]:
    handler = type("Handler", (Ollama,), {"requests": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("OLLAMA_HOST", f"http://127.0.0.1:{server.server_port}")
    try:
        yield handler
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def embeddings() -> FootnoteEmbeddings:
    return make_embeddings("ollama:nomic-embed-text:v1.5", model_dir=None, cache_dir=Path())


def test_texts_are_sent_in_batches(ollama: type[Ollama]) -> None:
    """In requests that a model on this machine answers in time; vectors are scaled to length 1."""
    model = embeddings()
    matrix = model.embed_matrix(["a", "", *["bb"] * 100])
    assert matrix.shape == (102, 3)
    assert np.allclose(matrix[0], np.array([3, 4, 1]) / np.sqrt(26))
    assert [len(texts) for texts in ollama.requests] == [64, 38]
    assert ollama.requests[0][:2] == ["a", "."]
    assert np.allclose(model.embed_query("bb"), matrix[-1])
    assert model.dimension == 3
    assert model.embed_matrix([]).shape == (0, 3)
    assert model.fingerprint == "ollama:nomic-embed-text:v1.5/own"


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (404, b'{"error": "model \\"nomic\\" not found, try pulling it first"}', "try pulling it first"),
        (500, b"{}", "failed"),
        (200, b'{"embeddings": []}', "returned 0 vectors for 1 texts"),
        (200, b'{"embeddings": [[0, 0]]}', "zero or not finite"),
        (200, b"<html>", "failed"),
    ],
)
def test_a_failing_service_is_reported(ollama: type[Ollama], status: int, body: bytes, sentence: str) -> None:
    """With what the provider says, on one line."""
    ollama.status, ollama.body = status, body
    with pytest.raises(EmbeddingError, match=sentence) as caught:
        embeddings().embed_matrix(["a"])
    assert "\n" not in str(caught.value)


def test_an_unreachable_service_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The help says what to check."""
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    with pytest.raises(EmbeddingError, match=r"ollama:nomic-embed-text:v1\.5 failed") as caught:
        embeddings().embed_query("a")
    assert "reachable" in caught.value.help


def test_a_missing_package_is_reported() -> None:
    """The help names the package."""
    model = make_embeddings("cohere:embed-v4.0", model_dir=None, cache_dir=Path())
    with pytest.raises(EmbeddingError, match="langchain-cohere") as caught:
        model.embed_query("a")
    assert "langchain-cohere" in caught.value.help
