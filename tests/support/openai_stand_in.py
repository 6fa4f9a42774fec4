"""A loopback server that speaks OpenAI's chat completions and embeddings, streams, and fails on order.

It runs in a thread of its own, so that async tests, plain tests and programs that tests start can use it:

    with OpenAIStandIn() as server:
        server.say("It met 11 companies. [1]")
        ... OPENAI_BASE_URL=server.base_url ...
        server.requests[0].body["model"]
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import re
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from aiohttp import web

Fault = Literal[
    "hang",  # says nothing, not even a status, until the client leaves
    "hang in stream",  # stops after half of the text, the line stays open
    "cut",  # breaks the connection after half of the text
    "cut before",  # breaks the connection before a status
    "end early",  # ends the stream properly after half of the text: no finish_reason, no [DONE]
    "garbage",  # sends a line that is no JSON after half of the text
    "error in stream",  # sends an error object as an event after half of the text
    "html",  # status 200 and a web page
    "error body",  # status 200 and a JSON error instead of a stream
]


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent; ``peer`` is its end of the connection."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    peer: object = None

    @property
    def prompt(self) -> str:
        """All messages as one text."""
        return "\n\n".join(str(message["content"]) for message in self.body.get("messages", ()))

    @property
    def is_check(self) -> bool:
        """True for a request of `prompts/check.md`."""
        return "\nSentences to check:\n" in self.prompt.rpartition("</passage>")[2]

    @property
    def passages(self) -> dict[int, str]:
        """The texts of the passages of the last message by number, as the model reads them."""
        human = str(self.body["messages"][-1]["content"])
        found = re.findall(r'<passage number="(\d+)"[^\n]*>\n(.*?)\n</passage>', human, re.DOTALL)
        return {int(number): text for number, text in found}

    @property
    def sentences(self) -> list[tuple[str, tuple[int, ...]]]:
        """The sentences of a check request, each with the numbers of the passages that it cites."""
        listed = self.prompt.rpartition("\nSentences to check:\n")[2].rpartition("\n\n")[0]
        rows = [line.partition(". ")[2] for line in listed.splitlines()]
        parts = [re.fullmatch(r"(.*?) ?((?:\[\d+\])*)", row) for row in rows]
        return [(m[1], tuple(map(int, re.findall(r"\d+", m[2])))) for m in parts if m]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server is to do with one request; ``text`` may depend on the request.

    ``pieces``: the text cut by the test itself, else it is cut every ``cut`` characters, ``pause``
    seconds apart. ``reasoning`` is sent first, as "reasoning_content" beside the content. ``calls`` are tool
    calls after the text: names, and arguments as the model writes them.
    """

    text: str | Callable[[Request], str] = ""
    pieces: Sequence[str] | None = None
    cut: int = 5
    pause: float = 0.0
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    fault: Fault | None = None
    finish: str | None = "stop"
    refusal: str | None = None
    reasoning: str = ""
    calls: Sequence[tuple[str, str]] = ()
    usage: bool = True


DEFAULT = Reply("The stand-in has no more to say. [1]")
UNLABELLED = ("NOT SAID", "-")


def all_supported(request: Request) -> str:
    """The reply of a check that finds every sentence supported, in the words of no passage."""
    return checker({sentence: ("SUPPORTED", "-") for sentence, _ in request.sentences})(request)


def checker(labels: Mapping[str, tuple[str, str]]) -> Callable[[Request], str]:
    """A check that answers from labels: from a sentence to its verdict and the words that decide.

    It reads the sentences, and looks the words up in the passages; nothing else there matters to it.
    """

    def check(request: Request) -> str:
        lines = []
        for number, (sentence, cited) in enumerate(request.sentences, 1):
            verdict, words = labels.get(sentence, UNLABELLED)
            found = [n for n, text in request.passages.items() if words in text] or list(cited)
            lines.append(f"{number} | {', '.join(map(str, found[:1])) or '-'} | {words} | {verdict}")
        return "\n".join(lines)

    return check


class OpenAIStandIn:
    """The server. Replies are used in order; when none is left, ``default`` answers.

    Check requests have replies of their own; by default they find every sentence supported.
    """

    def __init__(self, dimension: int = 8) -> None:
        self.requests: list[Request] = []
        self.heads: list[Request] = []  # HEAD requests
        self.default = DEFAULT
        self.left_early = 0  # streams that the client closed before their end
        self._dimension = dimension
        self._replies: deque[Reply] = deque()
        self._checks: deque[Reply] = deque()
        self._default_check = Reply(all_supported)
        self._started = threading.Event()
        self._port = 0

    @property
    def base_url(self) -> str:
        """What OPENAI_BASE_URL is to be."""
        return f"http://127.0.0.1:{self._port}/v1"

    def say(self, text: str | Callable[[Request], str], **how: Any) -> None:
        """Answer the next request with *text*."""
        self._replies.append(Reply(text, **how))

    def say_check(self, text: str | Callable[[Request], str], **how: Any) -> None:
        """Answer the next check request with *text*."""
        self._checks.append(Reply(text, **how))

    def fail_check(self, status: int, code: str | None = None, message: str = "It failed.") -> None:
        """Answer the next check request with an HTTP error as OpenAI words it."""
        self._checks.append(Reply(status=status, error=_error(code, message)))

    def check_all(self, text: str | Callable[[Request], str] = "", **how: Any) -> None:
        """Answer every check request that has no reply of its own with *text*."""
        self._default_check = Reply(text, **how)

    @property
    def answers(self) -> list[Request]:
        """The requests that are no checks."""
        return [request for request in self.requests if not request.is_check]

    @property
    def checks(self) -> list[Request]:
        """The check requests."""
        return [request for request in self.requests if request.is_check]

    def fail(self, status: int, code: str | None = None, message: str = "It failed.", **how: Any) -> None:
        """Answer the next request with an HTTP error as OpenAI words it."""
        self._replies.append(Reply(status=status, error=_error(code, message), **how))

    def fail_all(self, status: int, code: str | None = None, message: str = "It failed.", **how: Any) -> None:
        """Answer every request that has no reply of its own with an HTTP error."""
        self.default = Reply(status=status, error=_error(code, message), **how)

    def reset(self) -> None:
        """Forget requests and replies, as if just started."""
        self.requests.clear()
        self.heads.clear()
        self._replies.clear()
        self._checks.clear()
        self.default, self._default_check, self.left_early = DEFAULT, Reply(all_supported), 0

    def answer_all(self, text: str | Callable[[Request], str], **how: Any) -> None:
        """Answer every request that has no reply of its own with *text*."""
        self.default = Reply(text, **how)

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
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/embeddings", self._embeddings)
        app.router.add_get("/v1/models", self._models)
        app.router.add_head("/v1/", self._head)
        runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self._port = runner.addresses[0][1]
        self._started.set()
        await self._stopped.wait()
        await runner.cleanup()

    async def _head(self, request: web.Request) -> web.Response:
        self.heads.append(Request(request.path, dict(request.headers), {}, _peer(request)))
        return web.Response(status=404)

    async def _models(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": "stand-in", "object": "model"}]})

    async def _embeddings(self, request: web.Request) -> web.Response:
        asked = await self._note(request)
        reply = self._replies.popleft() if self._replies and self._replies[0].status != 200 else Reply()
        if reply.status != 200:
            return web.json_response({"error": reply.error}, status=reply.status, headers=reply.headers)
        inputs = asked.body["input"]
        texts = [inputs] if isinstance(inputs, str) else inputs
        data = [
            {"object": "embedding", "index": index, "embedding": vector(str(text), self._dimension)}
            for index, text in enumerate(texts)
        ]
        usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
        return web.json_response(
            {"object": "list", "data": data, "model": asked.body["model"], "usage": usage}
        )

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        asked = await self._note(request)
        reply = self._reply(asked)
        if reply.fault == "hang":
            await asyncio.sleep(3600)
        if reply.fault == "cut before":
            _cut(request)
        if reply.status != 200 or reply.fault == "error body":
            return web.json_response({"error": reply.error}, status=reply.status, headers=reply.headers)
        if reply.fault == "html":
            return web.Response(text="<html><body>It works!</body></html>", content_type="text/html")
        text = reply.text(asked) if callable(reply.text) else reply.text
        if not asked.body.get("stream"):
            return web.json_response(_whole(asked, reply, text))
        try:
            return await self._stream(request, asked, reply, text)
        except (ConnectionResetError, asyncio.CancelledError):
            self.left_early += 1
            raise

    def _reply(self, request: Request) -> Reply:
        if request.is_check:
            return self._checks.popleft() if self._checks else self._default_check
        return self._replies.popleft() if self._replies else self.default

    async def _note(self, request: web.Request) -> Request:
        asked = Request(request.path, dict(request.headers), await request.json(), _peer(request))
        self.requests.append(asked)
        return asked

    async def _stream(
        self, request: web.Request, asked: Request, reply: Reply, text: str
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **reply.headers})
        await response.prepare(request)
        pieces = reply.pieces or [text[at : at + reply.cut] for at in range(0, len(text), reply.cut)]
        await _send(response, _event(asked, {"role": "assistant", "content": "", "refusal": None}))
        if reply.reasoning:
            await _send(response, _event(asked, {"reasoning_content": reply.reasoning}))
        if reply.refusal is not None:
            await _send(response, _event(asked, {"refusal": reply.refusal}))
        for number, piece in enumerate(pieces):
            if reply.fault is not None and number == len(pieces) // 2:
                await _break(request, response, reply)
                return response
            await _send(response, _event(asked, {"content": piece}))
            await asyncio.sleep(reply.pause)
        for index, (name, arguments) in enumerate(reply.calls):
            function = {"name": name, "arguments": ""}
            call = {"index": index, "id": f"call_{index}", "type": "function", "function": function}
            await _send(response, _event(asked, {"tool_calls": [call]}))
            for at in range(0, len(arguments), 7):
                part = {"index": index, "function": {"arguments": arguments[at : at + 7]}}
                await _send(response, _event(asked, {"tool_calls": [part]}))
        finish = "tool_calls" if reply.calls else reply.finish
        await _send(response, _event(asked, {}, finish=finish))
        if reply.usage and (asked.body.get("stream_options") or {}).get("include_usage"):
            await _send(response, {**_event(asked, {}), "choices": [], "usage": _usage(asked, text)})
        await response.write(b"data: [DONE]\n\n")
        return response


async def _break(request: web.Request, response: web.StreamResponse, reply: Reply) -> None:
    """Do the fault in the middle of a stream, which ends with it."""
    if reply.fault == "hang in stream":
        await asyncio.sleep(3600)
    elif reply.fault == "cut":
        _cut(request)
    elif reply.fault == "garbage":
        await response.write(b"data: {this is no JSON\n\n")
    elif reply.fault == "error in stream":
        await _send(
            response, {"error": reply.error or {"message": "It broke.", "type": "server_error", "code": None}}
        )


def _peer(request: web.Request) -> object:
    return request.transport.get_extra_info("peername") if request.transport else None


def _cut(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.abort()
    raise ConnectionResetError


async def _send(response: web.StreamResponse, event: Mapping[str, Any]) -> None:
    await response.write(b"data: " + json.dumps(event).encode() + b"\n\n")


def _error(code: str | None, message: str) -> dict[str, Any]:
    return {"message": message, "type": code or "error", "param": None, "code": code}


def _event(asked: Request, delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {
        "id": "chatcmpl-stand-in",
        "object": "chat.completion.chunk",
        "created": 1700000000,
        "model": asked.body["model"],
        "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
    }


def _whole(asked: Request, reply: Reply, text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "refusal": reply.refusal}
    return {
        "id": "chatcmpl-stand-in",
        "object": "chat.completion",
        "created": 1700000000,
        "model": asked.body["model"],
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": reply.finish}],
        "usage": _usage(asked, text),
    }


def _usage(asked: Request, text: str) -> dict[str, int]:
    told, said = max(1, len(asked.prompt) // 4), max(1, len(text) // 4)
    return {"prompt_tokens": told, "completion_tokens": said, "total_tokens": told + said}


def vector(text: str, dimension: int) -> list[float]:
    """A vector of length 1 that depends on the words of *text* alone: texts that share words are near."""
    sums = [0.0] * dimension
    for word in text.casefold().split() or [text]:
        digest = hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()
        for place in range(dimension):
            sums[place] += digest[place % 32] / 127.5 - 1
    length = math.sqrt(sum(value * value for value in sums)) or 1.0
    return [value / length for value in sums]
