"""Checks with a short timeout that a Chroma server is reachable: Chroma's client would wait forever."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from retrieval.errors import IndexFailure

_TIMEOUT_SECONDS = 10.0
SERVER_HELP = "Check that the server is running, and FOOTNOTE_CHROMA_URL and FOOTNOTE_CHROMA_TOKEN."


def headers_of(token: str | None) -> dict[str, str]:
    """The token as the headers that Chroma servers and the proxies in front of them expect."""
    return {"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else {}


def probe(url: str, token: str | None) -> None:
    """Raise IndexFailure if there is no Chroma server at *url* or it rejects the token."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise IndexFailure(f"FOOTNOTE_CHROMA_URL={url} is not a valid server address.", SERVER_HELP)
    address = f"{parts.scheme}://{parts.netloc}/api/v2/heartbeat"
    request = urllib.request.Request(address, headers=headers_of(token))  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
            return
    except urllib.error.HTTPError as error:
        rejected = error.code in (401, 403)
        problem = "rejected the token" if rejected else f"returned an error ({error.code})"
    except (OSError, http.client.HTTPException, ValueError) as error:
        problem = f"cannot be reached: {getattr(error, 'reason', None) or error}"
    raise IndexFailure(f"The Chroma server {url} {problem}.", SERVER_HELP)
