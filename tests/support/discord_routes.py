"""The REST routes of the stand-in for the application, commands and interactions."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from aiohttp import web
from discord_channel_routes import ChannelRoutes
from discord_responses import Refused, json_response
from discord_world import Guild, Message, snowflake

if TYPE_CHECKING:
    from discord_people import SentInteraction

Json = dict[str, Any]
ACKNOWLEDGE_SECONDS = 3.0


class Routes(ChannelRoutes):
    """The routes of Discord's API v10 that the bot uses."""

    # Application

    async def me(self, request: web.Request, body: Json) -> web.Response:
        return json_response(self.discord.bot.json() | {"verified": True, "mfa_enabled": False, "flags": 0})

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
        return json_response(row)

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
        return json_response(rows if "after" not in request.query else [])

    def _guild(self, request: web.Request) -> Guild | None:
        guild_id = int(request.match_info["guild_id"])
        return next((guild for guild in self.discord.guilds if guild.id == guild_id), None)

    async def guild(self, request: web.Request, body: Json) -> web.Response:
        guild = self._guild(request)
        if guild is None:
            raise Refused(404, 10004, "Unknown Guild")
        return json_response(guild.json())

    async def gateway_bot(self, request: web.Request, body: Json) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        shards = max(1, len(self.discord.guilds))
        return json_response(
            {"url": self.discord.gateway_url, "shards": shards, "session_start_limit": limit}
        )

    async def put_commands(self, request: web.Request, body: Any) -> web.Response:
        guild = request.match_info.get("guild_id")
        if guild and (self._guild(request) is None or not self.discord.may_register_commands):
            raise Refused(403, 50001, "Missing Access")
        self.discord.command_puts.append(guild or "global")
        rows: list[Json] = [
            row | {"id": str(snowflake()), "application_id": str(self.discord.application_id)} for row in body
        ]
        for row in rows:
            row |= {"version": "1", "description": row.get("description", "")}
        self.discord.commands = rows
        return json_response(rows)

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
        return json_response(self._callback_row(sent, body["type"]))

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
        owners = {"0": str(sent.channel.guild.id)} if sent.channel.guild else {"1": str(sent.user.id)}
        metadata: Json = {"id": str(sent.id), "type": sent.kind, "user": sent.user.json()}
        message.interaction = metadata | {"authorizing_integration_owners": owners}
        if not ephemeral:
            self.discord.messages[message.id] = message
        return message

    async def get_original(self, request: web.Request, body: Json) -> web.Response:
        return json_response(self._original(self._interaction(request)).json())

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
        return json_response(self._original(sent).json())

    async def delete_original(self, request: web.Request, body: Json) -> web.Response:
        sent = self._interaction(request)
        if sent.original is not None:
            sent.original.deleted = True
        return web.Response(status=204)

    async def follow_up(self, request: web.Request, body: Json) -> web.Response:
        sent = self._interaction(request)
        message = self._new(sent, body)
        sent.followups.append(message)
        return json_response(message.json())

    def _follow_up(self, request: web.Request) -> Message:
        sent = self._interaction(request)
        for message in sent.followups:
            if message.id == int(request.match_info["message_id"]) and not message.deleted:
                return message
        raise Refused(404, 10008, "Unknown Message")

    async def get_follow_up(self, request: web.Request, body: Json) -> web.Response:
        return json_response(self._follow_up(request).json())

    async def edit_follow_up(self, request: web.Request, body: Json) -> web.Response:
        message = self._follow_up(request)
        message.edit(body)
        return json_response(message.json())

    async def delete_follow_up(self, request: web.Request, body: Json) -> web.Response:
        self._follow_up(request).deleted = True
        return web.Response(status=204)
