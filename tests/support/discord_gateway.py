"""The gateway of the stand-in: HELLO, IDENTIFY, RESUME with replay, heartbeats, disconnects."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from discord_stand_in import DiscordStandIn

Json = dict[str, Any]
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)  # GUILD_MEMBERS, PRESENCES, MESSAGE_CONTENT
SHARDING_BIT = 22


@dataclass
class Session:
    """A session of the bot with all events sent, so that RESUME can replay them."""

    id: str
    intents: int
    shard: tuple[int, int] = (0, 1)
    events: list[Json] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None
    transport: asyncio.Transport | None = None
    valid: bool = True


class Gateway:
    """All sessions of the bot and their sockets."""

    def __init__(self, discord: DiscordStandIn) -> None:
        self.discord = discord
        self.sessions: list[Session] = []
        self.identifies: list[Json] = []
        self.resumes = 0
        self.refuse: int | None = None  # close code for every IDENTIFY and RESUME

    @property
    def connected(self) -> list[Session]:
        return [session for session in self._on_sockets if session.valid]

    @property
    def _on_sockets(self) -> list[Session]:
        return [
            session for session in self.sessions if session.socket is not None and not session.socket.closed
        ]

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": 41250}, "s": None, "t": None})
        session: Session | None = None
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            payload = json.loads(message.data)
            if payload["op"] == HEARTBEAT:
                await socket.send_json({"op": ACK, "d": None, "s": None, "t": None})
            elif payload["op"] == IDENTIFY:
                session = await self._identify(socket, request, payload["d"])
            elif payload["op"] == RESUME:
                session = await self._resume(socket, request, payload["d"])
        if session is not None and session.socket is socket:
            session.socket = None
            session.valid = socket.close_code not in {1000, 1001}  # these close codes end a session
        return socket

    async def _identify(
        self, socket: web.WebSocketResponse, request: web.Request, data: Json
    ) -> Session | None:
        self.identifies.append(data)
        code = self.refuse or self._close_code(data)
        if code:
            await socket.close(code=code)
            return None
        for earlier in self.sessions:  # left by a bot that was killed without closing
            earlier.valid = earlier.valid and earlier.shard != tuple(data.get("shard", (0, 1)))
        session = Session(f"session-{len(self.sessions)}", data["intents"], tuple(data.get("shard", (0, 1))))
        session.socket, session.transport = socket, request.transport
        self.sessions.append(session)
        await self._send(session, "READY", self._ready(session))
        for guild in self._guilds(session):
            await self._send(session, "GUILD_CREATE", guild.json())
        return session

    def _close_code(self, data: Json) -> int | None:
        if data["token"] != self.discord.token:
            return 4004
        if data["intents"] & PRIVILEGED & ~self.discord.privileged_allowed:
            return 4014
        return None

    def _guilds(self, session: Session) -> list[Any]:
        shard, count = session.shard
        return [guild for guild in self.discord.guilds if (guild.id >> SHARDING_BIT) % count == shard]

    def _ready(self, session: Session) -> Json:
        return {
            "v": 10,
            "user": self.discord.bot.json(),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in self._guilds(session)],
            "session_id": session.id,
            "resume_gateway_url": self.discord.gateway_url,
            "shard": list(session.shard),
            "application": {"id": str(self.discord.application_id), "flags": 0},
        }

    async def _resume(
        self, socket: web.WebSocketResponse, request: web.Request, data: Json
    ) -> Session | None:
        if self.refuse:
            await socket.close(code=self.refuse)
            return None
        session = next(
            (session for session in self.sessions if session.id == data["session_id"] and session.valid), None
        )
        if session is None:
            await socket.send_json({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
            return None
        self.resumes += 1
        session.socket, session.transport = socket, request.transport
        for event in session.events[data["seq"] or 0 :]:
            await socket.send_json(event)
        await self._send(session, "RESUMED", {})
        return session

    async def _send(self, session: Session, event: str, data: Json) -> None:
        payload = {"op": DISPATCH, "d": data, "s": len(session.events) + 1, "t": event}
        session.events.append(payload)
        if session.socket is not None and not session.socket.closed:
            try:
                await session.socket.send_json(payload)
            except (ConnectionError, RuntimeError):
                session.socket = None  # the event is in session.events, so RESUME replays it

    async def dispatch(self, event: str, data: Json, guild_id: int | None = None) -> None:
        """Send an event to the session of the server's shard (direct messages: the first shard)."""
        for session in self.sessions:
            shard, count = session.shard
            if session.valid and shard == ((guild_id or 0) >> SHARDING_BIT) % count:
                await self._send(session, event, data)
                return

    def cut(self) -> None:
        """Break all connections without a close frame, as a network failure does."""
        for session in self._on_sockets:
            if session.transport is not None:
                session.transport.abort()
            session.socket = None

    async def send_raw(self, text: str) -> None:
        """Send a text frame that need not be an event."""
        for session in self.connected:
            assert session.socket is not None
            await session.socket.send_str(text)

    async def reconnect(self) -> None:
        """Ask the bot to reconnect (op 7), as Discord does before it restarts a server."""
        for session in self.connected:
            assert session.socket is not None
            await session.socket.send_json({"op": RECONNECT, "d": None, "s": None, "t": None})

    def forget(self) -> None:
        """Forget all sessions: they get no more events and cannot be resumed."""
        for session in self.sessions:
            session.valid = False

    async def invalidate(self) -> None:
        """End the sessions (op 9): the bot must identify again."""
        self.forget()
        for session in self._on_sockets:
            assert session.socket is not None
            await session.socket.send_json({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
