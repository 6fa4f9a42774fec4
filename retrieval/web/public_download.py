"""Downloads one URL within limits of size and time, from public addresses only."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from retrieval.errors import RetrievalError

MAX_BYTES = 20_000_000  # of one download, decompressed
MAX_REDIRECTS = 5
MAX_SECONDS = 60.0  # of one download
_HEADERS = {
    "User-Agent": "Footnote",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
}


class DownloadFailed(RetrievalError):
    """A URL cannot be downloaded for a *reason*, which ends with a full stop."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Download:
    """What was at a URL: ``url`` after redirects, media type ("text/html"), the charset if it was sent."""

    url: str
    media_type: str
    charset: str | None
    data: bytes


async def download(
    url: str,
    *,
    allow_private: bool = False,
    max_bytes: int = MAX_BYTES,
    max_seconds: float = MAX_SECONDS,
) -> Download:
    """Download a URL, following redirects. Raises DownloadFailed."""
    timeout = aiohttp.ClientTimeout(total=max_seconds, sock_connect=10, sock_read=15)
    connector = aiohttp.TCPConnector(resolver=None if allow_private else _PublicResolver())
    try:
        async with aiohttp.ClientSession(connector=connector, timeout=timeout, headers=_HEADERS) as session:
            current = url
            for _ in range(MAX_REDIRECTS + 1):
                _require_public_url(current, allow_private=allow_private)
                async with session.get(current, allow_redirects=False) as response:
                    location = response.headers.get("Location")
                    if 300 <= response.status < 400 and location:
                        current = urljoin(current, location)
                        continue
                    if response.status != 200:
                        raise _Refused(f"the server answered {response.status} {response.reason}")
                    data = await _read(response, max_bytes)
                    return Download(current, response.content_type, response.charset, data)
            raise _Refused(f"more than {MAX_REDIRECTS} redirects")
    except (_Refused, ValueError) as error:  # ValueError: not a URL, after redirects too
        raise DownloadFailed(url, f"{error}.") from error
    except TimeoutError as error:
        raise DownloadFailed(url, "the server did not answer in time.") from error
    except (aiohttp.ClientError, OSError) as error:
        refused = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
        reason = str(refused) if isinstance(refused, _Refused) else "the server cannot be reached"
        raise DownloadFailed(url, f"{reason}.") from error


class _Refused(OSError):
    """The reason why an address or an answer is not accepted."""


class _PublicResolver(AbstractResolver):
    """Resolves names to public addresses only, so that a name cannot lead into the local network."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await ThreadedResolver(asyncio.get_running_loop()).resolve(host, port, family)
        public = [address for address in found if is_public(address["host"])]
        if found and not public:
            raise _Refused(f"{host} is a private address, which is not allowed")
        return public

    async def close(self) -> None:
        """Nothing to release."""


def is_public(address: str) -> bool:
    """True for an IP address of the public internet.

    >>> is_public("8.8.8.8"), is_public("127.0.0.1"), is_public("::ffff:10.0.0.1"), is_public("fe80::1%eth0")
    (True, False, False, False)
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or ip
    return bool(mapped.is_global and not mapped.is_multicast)


def _require_public_url(url: str, *, allow_private: bool) -> None:
    """Check what the resolver does not see: the scheme, and addresses that need no resolving."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _Refused(f"{url} is not an address of a web page")
    try:
        literal = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return
    if not allow_private and not is_public(str(literal)):
        raise _Refused(f"{parts.hostname} is a private address, which is not allowed")


async def _read(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    limit = f"it is larger than {max_bytes / 1e6:.0f} MB"
    if (response.content_length or 0) > max_bytes:
        raise _Refused(limit)
    data = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        data += chunk
        if len(data) > max_bytes:
            raise _Refused(limit)
    return bytes(data)
