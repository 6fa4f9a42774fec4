"""A Chroma server is asked for within seconds; what keeps it from answering is said in one sentence."""

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
    """Takes no token, and remembers what it was shown."""

    shown: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        self.shown.append(self.headers.get("Authorization"))
        self.send_response(401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_the_token_is_shown_and_a_refusal_is_said(tmp_path: Path) -> None:
    """In one sentence that names neither the token nor a library."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        with pytest.raises(IndexFailure, match="refuses the token") as caught:
            Index.open(tmp_path / "index", "f", SharedIndex(url, "secret", "f"))
        server.shutdown()
    assert Refusing.shown == ["Bearer secret"]
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["ftp://somewhere", "http://", "http://127.0.0.1:1", "nonsense:x"])
def test_a_wrong_address_is_said(tmp_path: Path, url: str) -> None:
    """Whatever is wrong with it."""
    with pytest.raises(IndexFailure, match=r"server|FOOTNOTE_CHROMA_URL"):
        Index.open(tmp_path / "index", "f", SharedIndex(url, None, "f"))


def test_a_server_that_hangs_is_not_waited_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection and says nothing."""
    monkeypatch.setattr(retrieval.index.server_probe, "_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(IndexFailure, match="cannot be reached: timed out"):
            Index.open(tmp_path / "index", "f", SharedIndex(url, None, "f"))
