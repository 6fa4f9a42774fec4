"""The REST side of the stand-in: routing, authorization, validation, rate limits and faults."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web
from discord_limits import violations
from discord_responses import Refused
from discord_routes import Routes

if TYPE_CHECKING:
    from discord_stand_in import DiscordStandIn, Fault

Json = dict[str, Any]
Handler = Callable[[web.Request, Json], Awaitable[web.Response]]
BURST = 5  # requests per window


class Rest:
    """The routes of Discord's API v10 that the bot uses."""

    def __init__(self, discord: DiscordStandIn) -> None:
        self.discord = discord
        self.routes = Routes(discord)
        self.requests: list[tuple[str, str, Json]] = []
        self._used: dict[str, deque[float]] = defaultdict(deque)

    def add_to(self, app: web.Application) -> None:
        routes: list[tuple[str, str, Handler, bool]] = [
            ("GET", "/users/@me", self.routes.me, True),
            ("GET", "/oauth2/applications/@me", self.routes.application, True),
            ("GET", "/users/@me/guilds", self.routes.my_guilds, True),
            ("GET", "/gateway/bot", self.routes.gateway_bot, True),
            ("GET", "/channels/{channel_id}", self.routes.channel, True),
            ("GET", "/channels/{channel_id}/messages", self.routes.history, True),
            ("POST", "/users/@me/channels", self.routes.open_direct, True),
            ("GET", "/guilds/{guild_id}", self.routes.guild, True),
            ("GET", "/guilds/{guild_id}/members/{user_id}", self.routes.member, True),
            ("GET", "/channels/{channel_id}/messages/{message_id}", self.routes.get_message, True),
            ("PUT", "/applications/{application_id}/commands", self.routes.put_commands, True),
            (
                "PUT",
                "/applications/{application_id}/guilds/{guild_id}/commands",
                self.routes.put_commands,
                True,
            ),
            (
                "POST",
                "/interactions/{interaction_id}/{interaction_token}/callback",
                self.routes.callback,
                False,
            ),
            (
                "GET",
                "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
                self.routes.get_original,
                False,
            ),
            (
                "PATCH",
                "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
                self.routes.edit_original,
                False,
            ),
            (
                "DELETE",
                "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
                self.routes.delete_original,
                False,
            ),
            ("POST", "/webhooks/{webhook_id}/{webhook_token}", self.routes.follow_up, False),
            (
                "GET",
                "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
                self.routes.get_follow_up,
                False,
            ),
            (
                "PATCH",
                "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
                self.routes.edit_follow_up,
                False,
            ),
            (
                "DELETE",
                "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
                self.routes.delete_follow_up,
                False,
            ),
            ("POST", "/channels/{channel_id}/messages", self.routes.send, True),
            ("PATCH", "/channels/{channel_id}/messages/{message_id}", self.routes.edit, True),
            ("DELETE", "/channels/{channel_id}/messages/{message_id}", self.routes.delete, True),
            ("POST", "/channels/{channel_id}/typing", self.routes.typing, True),
            (
                "PUT",
                "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me",
                self.routes.react,
                True,
            ),
            ("POST", "/channels/{channel_id}/messages/{message_id}/threads", self.routes.start_thread, True),
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
            if fault is not None and not fault.kind.endswith("_after"):
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
            self.discord.violations += [f"{request.method} {template}: {text}" for text in wrong]
            if wrong:
                raise Refused(400, 50035, "Invalid Form Body: " + wrong[0])
        response = await handler(request, body)
        response.headers.update(headers)
        return response

    def _rate_limit(self, request: web.Request, template: str) -> dict[str, str]:
        """The headers of the limit: five requests per window, per method and webhook token or channel."""
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


def _failed(request: web.Request, fault: Fault) -> web.StreamResponse:
    """The failed response that a fault asks for."""
    if fault.kind.startswith("cut"):
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
    if fault.kind == "429":
        return Refused(429, 0, "You are being rate limited.", retry_after=fault.retry_after).response()
    if ":" in fault.kind:
        status, code = map(int, fault.kind.split(":"))
        return Refused(status, code, "requested by the test", errors=fault.errors).response()
    return web.Response(status=int(fault.kind.removesuffix("_after")), text="upstream error")
