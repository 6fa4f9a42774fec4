"""Finds the models of Ollama and LM Studio on this machine, and says how to enable one; never uses them."""

from __future__ import annotations

import http.client
import json
import os
import re
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.providers import PROVIDERS

if TYPE_CHECKING:
    from bot.settings import Settings

TIMEOUT = 0.4  # seconds, for a connection on loopback
_MAX_BYTES = 1_000_000  # of a server's list of models
_MAX_SHOWN = 5
_NAME = re.compile(r"\w[\w.:/@+-]{0,99}", re.ASCII)  # is shown as part of a command
_LOOPBACK = {"127.0.0.1", "localhost", "::1", "0.0.0.0"}  # noqa: S104 (OLLAMA_HOST of a server that others use)
OLLAMA, LM_STUDIO = "http://127.0.0.1:11434", "http://127.0.0.1:1234"


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A model server on this machine; ``url`` has no path. ``models`` can write text, as far as is known."""

    name: str
    url: str
    models: tuple[str, ...]

    @property
    def line(self) -> str:
        """Its models, and the line that starts Footnote with the first of them."""
        shown = ", ".join(self.models[:_MAX_SHOWN])
        rest = len(self.models) - _MAX_SHOWN
        more = f" and {rest} more" if rest > 0 else ""
        return f"{self.name} runs on this machine ({shown}{more}). To use it: {self.command}"

    @property
    def command(self) -> str:
        """The line that starts Footnote with the first model."""
        if self.name == "Ollama" and PROVIDERS["ollama"].is_installed:
            return f"FOOTNOTE_CHAT_MODEL=ollama:{self.models[0]} uv run footnote"
        return f"OPENAI_BASE_URL={self.url}/v1 FOOTNOTE_CHAT_MODEL={self.models[0]} uv run footnote"


def find_local_servers(ollama: str | None = None, lm_studio: str = LM_STUDIO) -> tuple[LocalServer, ...]:
    """The model servers that answer on loopback with a list of models; takes at most about a second.

    *ollama*: its address; by default that of OLLAMA_HOST, if it is on this machine.
    """
    if ollama is None:
        ollama = ollama_url(os.environ.get("OLLAMA_HOST", ""))
    with ThreadPoolExecutor(2) as threads:
        found = threads.map(_ask, ("Ollama", "LM Studio"), (ollama, lm_studio), ("/api/tags", "/v1/models"))
        return tuple(server for server in found if server is not None)


def local_model_lines(settings: Settings) -> list[str]:
    """Why the chosen model is not used, and the local servers; none if a model is used or not wanted."""
    if settings.uses_model or settings.mode == "extractive":
        return []
    unused = [settings.unused_model] if settings.unused_model else []
    return [*unused, *(server.line for server in find_local_servers())]


def ollama_url(host: str) -> str:
    """The address that OLLAMA_HOST means, which can lack scheme and port.

    >>> ollama_url(""), ollama_url("0.0.0.0:8080"), ollama_url("http://gpu.example/")
    ('http://127.0.0.1:11434', 'http://127.0.0.1:8080', 'http://gpu.example:11434')
    """
    parts = urlsplit(host if "://" in host else f"//{host}", scheme="http")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 11434)
    except ValueError:
        port = 11434
    name = parts.hostname or "127.0.0.1"
    name = "127.0.0.1" if name in _LOOPBACK else name
    return f"{parts.scheme}://{name}:{port}"


def _ask(name: str, url: str, path: str) -> LocalServer | None:
    if urlsplit(url).hostname not in _LOOPBACK:
        return None
    models = listed_models(f"{url}{path}", TIMEOUT)
    return LocalServer(name, url, models) if models else None


def listed_models(url: str, timeout: float) -> tuple[str, ...]:
    """The models that a server lists and that can write text; () if it does not answer as such a server."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects())
    deadline = time.monotonic() + 2 * timeout
    try:
        with opener.open(url, timeout=timeout) as reply:
            text = b""
            while (piece := reply.read1()) and len(text) < _MAX_BYTES and time.monotonic() < deadline:
                text += piece
        body = json.loads(text)
    except (OSError, ValueError, RecursionError, http.client.HTTPException):
        return ()
    rows = (body.get("models") or body.get("data")) if isinstance(body, dict) else None
    return tuple(dict.fromkeys(_names(rows if isinstance(rows, list) else ())))


def _names(rows: Sequence[Any]) -> list[str]:
    names = [str(row.get("name") or row.get("id") or "") for row in rows if isinstance(row, dict)]
    return [name for name in names if _NAME.fullmatch(name) and "embed" not in name.lower()]


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """A redirect could leave this machine."""
