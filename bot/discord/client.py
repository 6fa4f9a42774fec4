"""The client of discord.py: no privileged intent, nothing cached that grows, each event taken once."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections import OrderedDict
from typing import Any

import discord
from discord import app_commands

from bot.discord.backfill import Backfill
from bot.discord.commands.admin_commands import SettingsCommands, sync
from bot.discord.commands.member_commands import COMMANDS
from bot.discord.commands.service_client import ServiceClient
from bot.discord.handlers.button_actions import WHY
from bot.discord.handlers.dispatcher import TROUBLE
from bot.discord.permissions import missing
from bot.discord.posts.buttons import AnswerButton
from bot.discord.posts.delivery import InteractionSurface
from bot.discord.posts.post import notice

log = logging.getLogger("footnote.discord")
_SEEN = 10_000  # events remembered, so that one that Discord sends twice is taken once


def intents() -> discord.Intents:
    """Servers and their channels, messages that mention us, direct messages: none of it privileged."""
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


def options(shard_count: int | None = None) -> dict[str, Any]:
    """What the client is made with: nobody is pinged, no message and no member is kept."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody misses voice here
    return {
        "intents": intents(),
        "allowed_mentions": discord.AllowedMentions.none(),
        "max_messages": None,
        "member_cache_flags": discord.MemberCacheFlags.none(),
        "chunk_guilds_at_startup": False,
        "guild_ready_timeout": 0.2,  # seconds: only the line "connected" waits for the servers
        **({"shard_count": shard_count} if shard_count else {}),
    }


class Tree(app_commands.CommandTree[Any]):
    """The commands; each interaction is taken once, and no error leaves without a sentence."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Whether an interaction is new, when it is its turn."""
        new = bool(interaction.client.is_new(interaction.id))
        await interaction.client.loop_throttle.wait_turn()
        return new

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Log what a command did not expect, and say so."""
        log.error("a command failed: %s", error, exc_info=error)
        surface = InteractionSurface(interaction, private=True)
        async with interaction.client.dispatcher.error_boundary(lambda post: surface.show([post])):
            await surface.show([notice(TROUBLE, colour="red")])


class EventClient(ServiceClient):
    """What both kinds of client do with Discord's events."""

    def prepare(self, trial_server: int | None = None) -> None:
        """Get ready before the connection: commands, buttons."""
        self._trial_server = trial_server
        self._seen: OrderedDict[int, None] = OrderedDict()
        self.connected = asyncio.Event()
        self.missed = Backfill(lambda message: self.dispatch("message", message), self._seen)
        self.tree = Tree(
            self,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        for command in (*COMMANDS, sync, SettingsCommands()):
            self.tree.add_command(command)
        self.add_dynamic_items(AnswerButton)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Tell an event to its handlers; none once the end has begun, for then there is no loop for them."""
        if not self.is_closed():
            super().dispatch(event, *args, **kwargs)

    def is_new(self, event: int) -> bool:
        """Whether an event is met for the first time; after a lost connection Discord may repeat some."""
        if event in self._seen:
            return False
        self._seen[event] = None
        if len(self._seen) > _SEEN:
            self._seen.popitem(last=False)
        return True

    async def setup_hook(self) -> None:
        """Register the commands if they have changed since they last were."""
        scope = discord.Object(self._trial_server) if self._trial_server else None
        if scope:
            self.tree.copy_global_to(guild=scope)
        digest = self._digest(scope)
        name = f"{self.application_id}:{scope.id if scope else 'global'}"
        if await asyncio.to_thread(self.store.synced, name) != digest:
            await self.tree.sync(guild=scope)
            await asyncio.to_thread(self.store.set_synced, name, digest)
            log.info("commands registered (%s)", name)

    def _digest(self, scope: discord.abc.Snowflake | None) -> str:
        commands = [command.to_dict(self.tree) for command in self.tree.get_commands(guild=scope)]
        commands.sort(key=lambda each: (each["type"], each["name"]))
        return hashlib.sha256(json.dumps(commands, sort_keys=True, default=str).encode()).hexdigest()

    async def on_ready(self) -> None:
        """Say that we are there."""
        log.info("connected as %s, in %d servers", self.user, len(self.guilds))
        for server in self.guilds:
            self._warn_of_missing_permissions(server)
        self.connected.set()
        if self.user is not None:
            await self.missed.direct(self, self.user)

    async def on_connect(self) -> None:
        """A new session has begun."""
        self.missed.connected()

    async def on_resumed(self) -> None:
        """The old session goes on; Discord has repeated what happened meanwhile."""
        self.missed.connected()

    async def on_disconnect(self) -> None:
        """The connection is lost."""
        self.missed.lost()

    async def on_guild_available(self, server: discord.Guild) -> None:
        """A server is there again: see what was asked in it meanwhile."""
        if self.user is not None:
            await self.missed.of_server(server, self.user)

    async def on_guild_join(self, server: discord.Guild) -> None:
        """Say what a new server does not allow."""
        self._warn_of_missing_permissions(server)

    def _warn_of_missing_permissions(self, server: discord.Guild) -> None:
        lacking = missing(server.name, server.me.guild_permissions) if server.me else None
        if lacking:
            log.warning("server %d does not allow: %s", server.id, ", ".join(lacking.names))

    async def on_message(self, message: discord.Message) -> None:
        """Take a message to those who know whether it is meant for us."""
        if self.user is not None and self.is_new(message.id):
            self.missed.note(message)
            await self.loop_throttle.wait_turn()
            await self.mentions.take(message, self.user)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Take forms; commands and buttons find their way by themselves."""
        is_form = interaction.type is discord.InteractionType.modal_submit
        if is_form and (interaction.custom_id or "").startswith(WHY) and self.is_new(interaction.id):
            await self.passages.take_reason(interaction)

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:
        """Log what an event handler did not expect, without what people wrote."""
        log.exception("%s failed", event_method)


class FootnoteClient(EventClient):
    """One connection: for up to some 2,000 servers."""


class ShardedFootnoteClient(EventClient, discord.AutoShardedClient):
    """As many connections as Discord recommends."""
