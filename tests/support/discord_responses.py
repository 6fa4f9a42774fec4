"""JSON responses and errors of the stand-in."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

Json = dict[str, Any]


class Refused(Exception):
    """An error response in Discord's format: HTTP status, Discord's code, message."""

    def __init__(self, status: int, code: int, message: str, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, "global": False, **more}

    def response(self) -> web.Response:
        return json_response(self.body, status=self.status, headers={"Via": "1.1 stand-in"})


def json_response(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON response without a charset in the content type, as discord.py requires."""
    data = json.dumps(body).encode()
    return web.Response(body=data, status=status, headers=headers, content_type="application/json")
