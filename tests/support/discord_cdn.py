"""The files that people attach in the Discord stand-in, and the server from which bots download them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from aiohttp import web

Json = dict[str, Any]
CHUNK = 1 << 20


@dataclass
class File:
    """A file; ``size`` is what Discord says, ``delay`` the seconds before its server answers."""

    id: int
    name: str
    data: bytes
    size: int
    delay: float = 0.0


class Cdn:
    """The attachments by id."""

    def __init__(self) -> None:
        self.files: dict[int, File] = {}
        self.downloads = 0

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/attachments/{id}/{name:.*}", self._download)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        self.downloads += 1
        file = self.files[int(request.match_info["id"])]
        await asyncio.sleep(file.delay)
        response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
        await response.prepare(request)
        for start in range(0, len(file.data), CHUNK):
            await response.write(file.data[start : start + CHUNK])
        return response

    def json(self, file: File, base: str) -> Json:
        """A file as in the resolved options of an interaction."""
        url = f"{base}/attachments/{file.id}/x"
        row: Json = {"id": str(file.id), "filename": file.name, "size": file.size, "ephemeral": True}
        return row | {"url": url, "proxy_url": url, "content_type": "application/octet-stream"}
