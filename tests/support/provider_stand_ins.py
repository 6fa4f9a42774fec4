"""Loopback servers that speak the protocols of Anthropic and Ollama, stream, and fail on order.

with AnthropicStandIn() as server:
    server.say("It met 11 companies. [1]")
    ... ANTHROPIC_BASE_URL=server.url ...
    server.requests[0]["model"]
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Said:
    """One reply: *text*, or *blocks* of text with Anthropic's citations; or an HTTP error, or a fault.

    "hang": no status at all; "end early": the stream ends properly after half of the text.
    """

    text: str = ""
    blocks: Sequence[tuple[str, Sequence[Mapping[str, Any]]]] = ()
    status: int = 200
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Literal["hang", "end early"] | None = None
    reason: str = ""


class ProviderStandIn:
    """A server in a thread of its own. Replies are used in order; the last one is repeated."""

    path = ""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.models: tuple[str, ...] = ("stand-in",)
        self._replies: deque[Said] = deque()
        self._started = threading.Event()
        self._port = 0

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._port}"

    def say(self, text: str = "", **how: Any) -> None:
        """Answer the next request with *text*."""
        self._replies.append(Said(text, **how))

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._started.wait(10), "the stand-in did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application()
        app.router.add_post(self.path, self._answer)
        app.router.add_get("/api/tags", self._tags)
        app.router.add_get("/v1/models", self._list)
        runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._port = runner.addresses[0][1]
        self._started.set()
        await self._stopped.wait()
        await runner.cleanup()

    async def _tags(self, _: web.Request) -> web.Response:
        return web.json_response({"models": [{"name": name, "model": name} for name in self.models]})

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": name} for name in self.models]})

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(await request.json())
        self.headers.append(dict(request.headers))
        said = self._replies.popleft() if len(self._replies) > 1 else self._replies[0]
        if said.fault == "hang":
            await asyncio.sleep(3600)
        if said.status != 200:
            return web.json_response(self.error(said), status=said.status, headers=said.headers)
        response = web.StreamResponse()
        await response.prepare(request)
        for line in self.lines(said):
            await response.write(line.encode())
        return response

    def error(self, said: Said) -> Mapping[str, Any]:
        """The body of an HTTP error."""
        raise NotImplementedError

    def lines(self, said: Said) -> Sequence[str]:
        """The lines of a stream."""
        raise NotImplementedError


class AnthropicStandIn(ProviderStandIn):
    """Anthropic's Messages API: server-sent events, usage at both ends, citations as deltas."""

    path = "/v1/messages"

    def error(self, said: Said) -> Mapping[str, Any]:
        return {"type": "error", "error": {"type": "some_error", "message": said.message}}

    def lines(self, said: Said) -> Sequence[str]:
        message = {"id": "m", "type": "message", "role": "assistant", "model": "stand-in", "content": []}
        usage = {"input_tokens": 700, "output_tokens": 1}
        events: list[dict[str, Any]] = [{"type": "message_start", "message": message | {"usage": usage}}]
        for index, (text, citations) in enumerate(said.blocks or [(said.text, ())]):
            block: dict[str, Any] = {"type": "text", "text": ""} | ({"citations": []} if said.blocks else {})
            events.append({"type": "content_block_start", "index": index, "content_block": block})
            deltas: list[dict[str, Any]] = [
                {"type": "citations_delta", "citation": dict(citation)} for citation in citations
            ]
            deltas += [{"type": "text_delta", "text": text[at : at + 7]} for at in range(0, len(text), 7)]
            events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
            events.append({"type": "content_block_stop", "index": index})
        if said.fault == "end early":
            events = events[: len(events) // 2]
        else:
            delta = {"stop_reason": said.reason or "end_turn", "stop_sequence": None}
            events.append({"type": "message_delta", "delta": delta, "usage": usage | {"output_tokens": 40}})
            events.append({"type": "message_stop"})
        return [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events]


class OllamaStandIn(ProviderStandIn):
    """Ollama's chat API: one JSON object a line, the last one with its reason and token counts."""

    path = "/api/chat"

    def error(self, said: Said) -> Mapping[str, Any]:
        return {"error": said.message}

    def lines(self, said: Said) -> Sequence[str]:
        pieces = [said.text[at : at + 7] for at in range(0, len(said.text), 7)]
        rows = [{"model": "stand-in", "created_at": "2026-01-01T00:00:00Z", "done": False} for _ in pieces]
        parts: list[dict[str, Any]] = [
            row | {"message": {"role": "assistant", "content": piece}}
            for row, piece in zip(rows, pieces, strict=True)
        ]
        end = {"message": {"role": "assistant", "content": ""}, "done": True}
        counts = {"prompt_eval_count": 700, "eval_count": 41}
        parts.append(rows[0] | end | counts | {"done_reason": said.reason or "stop"})
        if said.fault == "end early":
            parts = parts[: len(parts) // 2]
        return [json.dumps(part) + "\n" for part in parts]
