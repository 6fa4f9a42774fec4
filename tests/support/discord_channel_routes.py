"""The REST routes of the stand-in for channels, messages, threads and members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web
from discord_responses import Refused, json_response
from discord_world import (
    ADD_REACTIONS,
    CREATE_PUBLIC_THREADS,
    PUBLIC_THREAD,
    READ_HISTORY,
    Channel,
    Message,
    snowflake,
)

if TYPE_CHECKING:
    from discord_stand_in import DiscordStandIn

Json = dict[str, Any]


class ChannelRoutes:
    """The channel routes of Discord's API v10."""

    def __init__(self, discord: DiscordStandIn) -> None:
        self.discord = discord
        self._nonces: dict[str, Message] = {}

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
        return json_response(self._channel(request).json())

    async def get_message(self, request: web.Request, body: Json) -> web.Response:
        return json_response(self._message(request).json())

    async def history(self, request: web.Request, body: Json) -> web.Response:
        """The messages of a channel, newest first, as a bot without the message content intent sees them."""
        channel, after = self._channel(request), int(request.query.get("after", 0))
        if not channel.grants(READ_HISTORY):
            raise Refused(403, 50001, "Missing Access")
        limit = int(request.query.get("limit", 50))
        messages = [
            message
            for message in self.discord.messages.values()
            if message.channel is channel and not message.deleted and message.id > after
        ]
        oldest = sorted(messages, key=lambda message: message.id)[:limit]
        return json_response(
            [message.json(content=self._is_readable(message)) for message in reversed(oldest)]
        )

    def _is_readable(self, message: Message) -> bool:
        bot = self.discord.bot
        return message.channel.guild is None or message.author is bot or bot in message.mentions

    async def member(self, request: web.Request, body: Json) -> web.Response:
        person = next(
            message.author
            for message in self.discord.messages.values()
            if message.author.id == int(request.match_info["user_id"])
        )
        return json_response(self.discord.member(manager=False) | {"user": person.json()})

    async def send(self, request: web.Request, body: Json) -> web.Response:
        channel = self._channel(request)
        nonce = body.get("nonce")
        if nonce and body.get("enforce_nonce") and nonce in self._nonces:
            return json_response(self._nonces[nonce].json())
        if not channel.may_write():
            raise Refused(403, 50013, "Missing Permissions")
        target = (body.get("message_reference") or {}).get("message_id")
        if target and not channel.grants(READ_HISTORY):
            raise Refused(403, 160002, "Cannot reply without permission to read message history")
        reference = self.discord.messages.get(int(target)) if target else None
        if target and (reference is None or reference.deleted):
            if body["message_reference"].get("fail_if_not_exists", True):
                raise Refused(400, 50035, "Invalid Form Body: Unknown message")
            reference = None
        message = Message(snowflake(), channel, self.discord.bot, body, reference)
        self.discord.messages[message.id] = message
        if nonce:
            self._nonces[nonce] = message
        return json_response(message.json())

    async def open_direct(self, request: web.Request, body: Json) -> web.Response:
        """The direct messages with a person, who may not allow them."""
        person = self.discord.people.get(int(body["recipient_id"]))
        if person is None:
            raise Refused(403, 50007, "Cannot send messages to this user")
        return json_response(self.discord.direct(person).json())

    async def edit(self, request: web.Request, body: Json) -> web.Response:
        message = self._message(request)
        message.edit(body)
        return json_response(message.json())

    async def delete(self, request: web.Request, body: Json) -> web.Response:
        self._message(request).deleted = True
        return web.Response(status=204)

    async def typing(self, request: web.Request, body: Json) -> web.Response:
        return web.Response(status=204)

    async def react(self, request: web.Request, body: Json) -> web.Response:
        message = self._message(request)
        if not message.channel.grants(ADD_REACTIONS):
            raise Refused(403, 50013, "Missing Permissions")
        message.reactions.append(request.match_info["emoji"])
        return web.Response(status=204)

    async def start_thread(self, request: web.Request, body: Json) -> web.Response:
        parent, message = self._channel(request), self._message(request)
        guild = parent.guild
        if guild is None or parent.type == PUBLIC_THREAD:
            raise Refused(400, 50024, "Cannot execute action on this channel type")
        if not parent.grants(CREATE_PUBLIC_THREADS):
            raise Refused(403, 50013, "Missing Permissions")
        if message.id in self.discord.channels:
            raise Refused(400, 160004, "A thread has already been created for this message")
        thread = Channel(message.id, PUBLIC_THREAD, body["name"], guild, parent, self.discord.bot.id)
        self.discord.channels[thread.id] = thread
        guild.channels.append(thread)
        await self.discord.gateway.dispatch(
            "THREAD_CREATE", thread.json() | {"newly_created": True}, guild.id
        )
        return json_response(thread.json(), status=201)
