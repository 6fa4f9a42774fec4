"""Asks a Chroma server whether it is there, within seconds: Chroma's own client would wait for ever."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from retrieval.errors import IndexFailure

_SECONDS = 10.0
_HELP = "Does it run? Check FOOTNOTE_CHROMA_URL and FOOTNOTE_CHROMA_TOKEN."


def headers_of(token: str | None) -> dict[str, str]:
    """The token as the headers that Chroma's servers and the proxies before them look for."""
    return {"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else {}


def probe(url: str, token: str | None) -> None:
    """Raise IndexFailure when there is no Chroma server at *url*, or it refuses the token."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise IndexFailure(f"FOOTNOTE_CHROMA_URL={url} is no address of a server.", _HELP)
    address = f"{parts.scheme}://{parts.netloc}/api/v2/heartbeat"
    request = urllib.request.Request(address, headers=headers_of(token))  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310
            return
    except urllib.error.HTTPError as error:
        refused = error.code in (401, 403)
        what = "refuses the token" if refused else f"answers with an error ({error.code})"
    except (OSError, http.client.HTTPException, ValueError) as error:
        what = f"cannot be reached: {getattr(error, 'reason', None) or error}"
    raise IndexFailure(f"The Chroma server {url} {what}.", _HELP)
