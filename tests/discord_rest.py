"""The REST side of the stand-in: the routes a bot uses, their limits, rate limits and failures."""

from __future__ import annotations

import json
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web
from discord_limits import violations
from discord_world import PUBLIC_THREAD, Channel, Message, snowflake

if TYPE_CHECKING:
    from discord_stand_in import DiscordStandIn, Fault, SentInteraction

Json = dict[str, Any]
Handler = Callable[[web.Request, Json], Awaitable[web.Response]]
ACKNOWLEDGE_SECONDS = 3.0
BURST = 5  # edits and messages of one webhook or channel per window


class Refused(Exception):
    """An error as Discord words it: HTTP status, its own code, a message."""

    def __init__(self, status: int, code: int, message: str, **more: float) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, "global": False, **more}

    def response(self) -> web.Response:
        return _json(self.body, status=self.status, headers={"Via": "1.1 stand-in"})


def _json(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A response as discord.py wants it: the content type without a charset."""
    data = json.dumps(body).encode()
    return web.Response(body=data, status=status, headers=headers, content_type="application/json")


class Rest:
    """Routes of Discord's API v10, as far as a bot of this kind uses them."""

    def __init__(self, discord: DiscordStandIn) -> None:
        self.discord = discord
        self.requests: list[tuple[str, str, Json]] = []
        self._used: dict[str, deque[float]] = defaultdict(deque)
        self._nonces: dict[str, Message] = {}

    def add_to(self, app: web.Application) -> None:
        routes: list[tuple[str, str, Handler, bool]] = [
            ("GET", "/users/@me", self.me, True),
            ("GET", "/oauth2/applications/@me", self.application, True),
            ("GET", "/users/@me/guilds", self.my_guilds, True),
            ("GET", "/gateway/bot", self.gateway_bot, True),
            ("GET", "/channels/{channel_id}", self.channel, True),
            ("GET", "/channels/{channel_id}/messages/{message_id}", self.get_message, True),
            ("PUT", "/applications/{application_id}/commands", self.put_commands, True),
            ("PUT", "/applications/{application_id}/guilds/{guild_id}/commands", self.put_commands, True),
            ("POST", "/interactions/{interaction_id}/{interaction_token}/callback", self.callback, False),
            ("GET", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", self.get_original, False),
            ("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", self.edit_original, False),
            (
                "DELETE",
                "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
                self.delete_original,
                False,
            ),
            ("POST", "/webhooks/{webhook_id}/{webhook_token}", self.follow_up, False),
            (
                "PATCH",
                "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
                self.edit_follow_up,
                False,
            ),
            (
                "DELETE",
                "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
                self.delete_follow_up,
                False,
            ),
            ("POST", "/channels/{channel_id}/messages", self.send, True),
            ("PATCH", "/channels/{channel_id}/messages/{message_id}", self.edit, True),
            ("DELETE", "/channels/{channel_id}/messages/{message_id}", self.delete, True),
            ("POST", "/channels/{channel_id}/typing", self.typing, True),
            ("POST", "/channels/{channel_id}/messages/{message_id}/threads", self.start_thread, True),
        ]
        for method, template, handler, token in routes:
            app.router.add_route(method, "/api/v10" + template, self._route(template, handler, token))

    def _route(
        self, template: str, handler: Handler, needs_token: bool
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            body = await request.json() if request.can_read_body else {}
            self.requests.append((request.method, template, body))
            fault = self._fault(request)
            if fault is not None and fault.kind != "cut_after":
                return _failed(request, fault)
            try:
                response = await self._checked(request, template, handler, needs_token, body)
            except Refused as refused:
                response = refused.response()
            self.discord.changed()
            if fault is not None:
                return _failed(request, fault)
            return response

        return handle

    def _fault(self, request: web.Request) -> Fault | None:
        line = f"{request.method} {request.path}"
        for fault in self.discord.faults:
            if fault.match in line:
                fault.times -= 1
                if fault.times <= 0:
                    self.discord.faults.remove(fault)
                return fault
        return None

    async def _checked(
        self, request: web.Request, template: str, handler: Handler, needs_token: bool, body: Any
    ) -> web.Response:
        if needs_token and request.headers.get("Authorization") != f"Bot {self.discord.token}":
            raise Refused(401, 0, "401: Unauthorized")
        headers = self._rate_limit(request, template)
        if body:
            wrong = violations(request.method, template, body)
            self.discord.violations += [f"{request.method} {template}: {each}" for each in wrong]
            if wrong:
                raise Refused(400, 50035, "Invalid Form Body: " + wrong[0])
        response = await handler(request, body)
        response.headers.update(headers)
        return response

    def _rate_limit(self, request: web.Request, template: str) -> dict[str, str]:
        """Five requests a window for each webhook token or channel and method, as headers tell."""
        if "/messages" not in template and not template.startswith("/webhooks"):
            return {}
        info = request.match_info
        major = info.get("webhook_token") or info["channel_id"]
        bucket = f"{request.method} {template.split('/')[1]}"
        used, now, window = self._used[bucket + major], time.monotonic(), self.discord.rate_window
        while used and now - used[0] >= window:
            used.popleft()
        if len(used) >= BURST:
            self.discord.rate_limited += 1
            raise Refused(429, 0, "You are being rate limited.", retry_after=window - (now - used[0]))
        used.append(now)
        return {
            "X-RateLimit-Limit": str(BURST),
            "X-RateLimit-Remaining": str(BURST - len(used)),
            "X-RateLimit-Reset-After": f"{window - (now - used[0]):.3f}",
            "X-RateLimit-Bucket": bucket.replace(" ", "-"),
        }

    # Who am I

    async def me(self, request: web.Request, body: Json) -> web.Response:
        return _json(self.discord.bot.json() | {"verified": True, "mfa_enabled": False, "flags": 0})

    async def application(self, request: web.Request, body: Json) -> web.Response:
        row: Json = {
            "id": str(self.discord.application_id),
            "name": "Footnote",
            "description": "",
            "icon": None,
        }
        row |= {"bot_public": True, "bot_require_code_grant": False, "owner": self.discord.bot.json()}
        row |= {"verify_key": "0" * 64, "flags": 0, "summary": ""}
        row |= {"interactions_endpoint_url": self.discord.interaction_endpoint}
        return _json(row)

    async def my_guilds(self, request: web.Request, body: Json) -> web.Response:
        rows: list[Json] = [
            {
                "id": str(guild.id),
                "name": guild.name,
                "icon": None,
                "owner": False,
                "permissions": str(guild.permissions),
                "features": [],
            }
            for guild in self.discord.guilds
        ]
        return _json(rows if "after" not in request.query else [])

    async def gateway_bot(self, request: web.Request, body: Json) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        shards = max(1, len(self.discord.guilds))
        return _json({"url": self.discord.gateway_url, "shards": shards, "session_start_limit": limit})

    async def put_commands(self, request: web.Request, body: Any) -> web.Response:
        guild = request.match_info.get("guild_id")
        if guild and int(guild) not in {each.id for each in self.discord.guilds}:
            raise Refused(403, 50001, "Missing Access")
        self.discord.command_puts.append(guild or "global")
        rows: list[Json] = [
            row | {"id": str(snowflake()), "application_id": str(self.discord.application_id)} for row in body
        ]
        for row in rows:
            row |= {"version": "1", "description": row.get("description", "")}
        self.discord.commands = rows
        return _json(rows)

    # Interactions

    def _interaction(self, request: web.Request) -> SentInteraction:
        token = request.match_info.get("interaction_token") or request.match_info["webhook_token"]
        sent = self.discord.interactions.get(token)
        if sent is None:
            raise Refused(404, 10015, "Unknown Webhook")
        if sent.expired:
            raise Refused(401, 50027, "Invalid Webhook Token")
        return sent

    async def callback(self, request: web.Request, body: Json) -> web.Response:
        sent = self._interaction(request)
        if sent.acknowledged is not None:
            self.discord.violations.append(f"a second acknowledgement of {body['type']}")
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        elapsed = time.monotonic() - sent.sent
        if elapsed > ACKNOWLEDGE_SECONDS:
            self.discord.violations.append(f"an acknowledgement after {elapsed:.1f} s")
            raise Refused(404, 10062, "Unknown interaction")
        sent.acknowledged, sent.response = elapsed, body
        data = body.get("data") or {}
        if body["type"] == 4:
            sent.original = self._new(sent, data)
        elif body["type"] == 5:
            sent.original = None
            sent.response = body
        elif body["type"] == 7 and sent.on_message:
            sent.on_message.edit(data)
            sent.original = sent.on_message
        elif body["type"] == 6:
            sent.original = sent.on_message
        return _json(self._callback_row(sent, body["type"]))

    def _callback_row(self, sent: SentInteraction, kind: int) -> Json:
        row: Json = {"interaction": {"id": str(sent.id), "type": sent.kind}}
        if sent.original is not None:
            row["interaction"]["response_message_id"] = str(sent.original.id)
            row["resource"] = {"type": kind, "message": sent.original.json()}
        return row

    def _new(self, sent: SentInteraction, data: Json) -> Message:
        ephemeral = bool(data.get("flags", 0) & 64)
        message = Message(snowflake(), sent.channel, self.discord.bot, data, ephemeral=ephemeral)
        message.webhook_id = self.discord.application_id
        if not ephemeral:
            self.discord.messages[message.id] = message
        return message

    async def get_original(self, request: web.Request, body: Json) -> web.Response:
        return _json(self._original(self._interaction(request)).json())

    def _original(self, sent: SentInteraction) -> Message:
        if sent.original is None or sent.original.deleted:
            raise Refused(404, 10008, "Unknown Message")
        return sent.original

    async def edit_original(self, request: web.Request, body: Json) -> web.Response:
        sent = self._interaction(request)
        if sent.response and sent.response["type"] == 5 and sent.original is None:
            flags = (sent.response.get("data") or {}).get("flags", 0)
            sent.original = self._new(sent, body | {"flags": flags})
        else:
            self._original(sent).edit(body)
        return _json(self._original(sent).json())

    async def delete_original(self, request: web.Request, body: Json) -> web.Response:
        sent = self._interaction(request)
        if sent.original is not None:
            sent.original.deleted = True
        return web.Response(status=204)

    async def follow_up(self, request: web.Request, body: Json) -> web.Response:
        sent = self._interaction(request)
        message = self._new(sent, body)
        sent.followups.append(message)
        return _json(message.json())

    def _follow_up(self, request: web.Request) -> Message:
        sent = self._interaction(request)
        for message in sent.followups:
            if message.id == int(request.match_info["message_id"]) and not message.deleted:
                return message
        raise Refused(404, 10008, "Unknown Message")

    async def edit_follow_up(self, request: web.Request, body: Json) -> web.Response:
        message = self._follow_up(request)
        message.edit(body)
        return _json(message.json())

    async def delete_follow_up(self, request: web.Request, body: Json) -> web.Response:
        self._follow_up(request).deleted = True
        return web.Response(status=204)

    # Channels

    def _channel(self, request: web.Request) -> Channel:
        channel = self.discord.channels.get(int(request.match_info["channel_id"]))
        if channel is None:
            raise Refused(404, 10003, "Unknown Channel")
        return channel

    def _message(self, request: web.Request) -> Message:
        message = self.discord.messages.get(int(request.match_info["message_id"]))
        if message is None or message.deleted:
            raise Refused(404, 10008, "Unknown Message")
        return message

    async def channel(self, request: web.Request, body: Json) -> web.Response:
        return _json(self._channel(request).json())

    async def get_message(self, request: web.Request, body: Json) -> web.Response:
        return _json(self._message(request).json())

    async def send(self, request: web.Request, body: Json) -> web.Response:
        channel = self._channel(request)
        nonce = body.get("nonce")
        if nonce and body.get("enforce_nonce") and nonce in self._nonces:
            return _json(self._nonces[nonce].json())
        target = (body.get("message_reference") or {}).get("message_id")
        reference = self.discord.messages.get(int(target)) if target else None
        if target and (reference is None or reference.deleted):
            if body["message_reference"].get("fail_if_not_exists", True):
                raise Refused(400, 50035, "Invalid Form Body: Unknown message")
            reference = None
        message = Message(snowflake(), channel, self.discord.bot, body, reference)
        self.discord.messages[message.id] = message
        if nonce:
            self._nonces[nonce] = message
        return _json(message.json())

    async def edit(self, request: web.Request, body: Json) -> web.Response:
        message = self._message(request)
        message.edit(body)
        return _json(message.json())

    async def delete(self, request: web.Request, body: Json) -> web.Response:
        self._message(request).deleted = True
        return web.Response(status=204)

    async def typing(self, request: web.Request, body: Json) -> web.Response:
        return web.Response(status=204)

    async def start_thread(self, request: web.Request, body: Json) -> web.Response:
        parent, message = self._channel(request), self._message(request)
        guild = parent.guild
        if guild is None or parent.type == PUBLIC_THREAD:
            raise Refused(400, 50024, "Cannot execute action on this channel type")
        if not guild.permissions & (1 << 35):
            raise Refused(403, 50013, "Missing Permissions")
        if message.id in self.discord.channels:
            raise Refused(400, 160004, "A thread has already been created for this message")
        thread = Channel(message.id, PUBLIC_THREAD, body["name"], guild, parent, self.discord.bot.id)
        self.discord.channels[thread.id] = thread
        guild.channels.append(thread)
        await self.discord.gateway.dispatch(
            "THREAD_CREATE", thread.json() | {"newly_created": True}, guild.id
        )
        return _json(thread.json(), status=201)


def _failed(request: web.Request, fault: Fault) -> web.StreamResponse:
    """Fail a request in the way that was asked for."""
    if fault.kind.startswith("cut"):
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
    if fault.kind == "429":
        return Refused(429, 0, "You are being rate limited.", retry_after=fault.retry_after).response()
    if ":" in fault.kind:
        status, code = map(int, fault.kind.split(":"))
        return Refused(status, code, "asked for by the test").response()
    return web.Response(status=int(fault.kind), text="upstream error")
