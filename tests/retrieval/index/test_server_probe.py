"""The probe of a Chroma server: it fails within seconds, and reports the reason in one sentence."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

import retrieval.index.server_probe
from retrieval.errors import IndexFailure
from retrieval.index.index_reader import Index
from retrieval.sync.replica_watch import SharedIndex


class Refusing(BaseHTTPRequestHandler):
    """Rejects every token, and records the headers."""

    tokens: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        self.tokens.append(self.headers.get("Authorization"))
        self.send_response(401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_the_token_is_sent_and_a_rejection_is_reported(tmp_path: Path) -> None:
    """The message does not contain the token."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        with pytest.raises(IndexFailure, match="rejected the token") as caught:
            Index.open(tmp_path / "index", "f", SharedIndex(url, "secret", "f"))
        server.shutdown()
    assert Refusing.tokens == ["Bearer secret"]
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["ftp://somewhere", "http://", "http://127.0.0.1:1", "nonsense:x"])
def test_a_wrong_url_is_reported(tmp_path: Path, url: str) -> None:
    """Wrong scheme, no host, no server, not a URL."""
    with pytest.raises(IndexFailure, match=r"server|FOOTNOTE_CHROMA_URL"):
        Index.open(tmp_path / "index", "f", SharedIndex(url, None, "f"))


def test_a_hanging_server_times_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It accepts the connection and never responds."""
    monkeypatch.setattr(retrieval.index.server_probe, "_TIMEOUT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(IndexFailure, match="cannot be reached: timed out"):
            Index.open(tmp_path / "index", "f", SharedIndex(url, None, "f"))
