"""The discord.py client: no privileged intents, no growing caches, each event handled once."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from datetime import timedelta
from typing import Any

import discord
from discord import app_commands

from bot.discord.backfill import Backfill
from bot.discord.command_registration import register_commands
from bot.discord.commands.addition_commands import ADDITION_COMMANDS
from bot.discord.commands.admin_commands import SettingsCommands, sync
from bot.discord.commands.member_commands import COMMANDS
from bot.discord.commands.service_client import ServiceClient
from bot.discord.event_guard import guard_parsers
from bot.discord.handlers.button_actions import FEEDBACK_FORM
from bot.discord.handlers.dispatcher import UNEXPECTED_ERROR
from bot.discord.placement.required_permissions import missing_permissions
from bot.discord.posts.buttons import AnswerButton
from bot.discord.posts.command_translator import CommandTranslator
from bot.discord.posts.interaction_surface import InteractionSurface
from bot.discord.posts.post import notice
from bot.discord.recovery import Recovery

log = logging.getLogger("footnote.discord")
_MAX_SEEN = 10_000  # event ids remembered, to drop events that Discord sends twice


def intents() -> discord.Intents:
    """Servers and their channels, messages that mention the bot, direct messages. None is privileged."""
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


def client_options() -> dict[str, Any]:
    """Keyword arguments of the client: no pings, no message or member cache."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # voice is not used
    return {
        "intents": intents(),
        "allowed_mentions": discord.AllowedMentions.none(),
        "max_messages": None,
        "member_cache_flags": discord.MemberCacheFlags.none(),
        "chunk_guilds_at_startup": False,
        "guild_ready_timeout": 0.2,  # seconds; only the log line "connected" waits for the servers
    }


class Tree(app_commands.CommandTree[Any]):
    """The application commands: drops repeated interactions and reports unexpected errors."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Wait for the loop throttle. Returns False if the interaction was seen before."""
        is_new = bool(interaction.client.is_new(interaction.id))
        await interaction.client.loop_throttle.wait_turn()
        interaction.client.use_language(interaction)
        return is_new

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Log an unexpected error and tell the person that something went wrong."""
        log.error("command failed: %s", error, exc_info=error)
        surface = InteractionSurface(interaction, private=True)
        async with interaction.client.dispatcher.error_boundary(lambda post: surface.show([post])):
            await surface.show([notice(UNEXPECTED_ERROR, colour="red")])


class EventClient(ServiceClient):
    """Event handling shared by the plain and the sharded client."""

    def prepare(self, trial_server: int | None, max_age: timedelta) -> None:
        """Set up commands and buttons before connecting. *max_age*: of missed messages that are answered."""
        self._trial_server = trial_server
        self._seen: OrderedDict[int, None] = OrderedDict()
        self.connected = asyncio.Event()
        self.backfill = Backfill(self._handle_missed, self.journal, self._seen, max_age)
        self.recovery = Recovery(self, self.journal, self._handle_missed, max_age, self.language_of)
        self.tree = Tree(
            self,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        additions = ADDITION_COMMANDS if self.server_articles.is_enabled else ()
        for command in (*COMMANDS, *additions, sync, SettingsCommands()):
            self.tree.add_command(command)
        self.add_dynamic_items(AnswerButton)
        guard_parsers(self)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Pass an event to its handlers, unless the client is closed and has no event loop for them."""
        if not self.is_closed():
            super().dispatch(event, *args, **kwargs)

    def is_new(self, event_id: int) -> bool:
        """Record an event and return True if it was not seen before.

        Discord can repeat events after a lost connection.
        """
        if event_id in self._seen:
            return False
        self._seen[event_id] = None
        if len(self._seen) > _MAX_SEEN:
            self._seen.popitem(last=False)
        return True

    async def setup_hook(self) -> None:
        """Register the commands if they have changed since the last registration."""
        await self.tree.set_translator(CommandTranslator())
        await register_commands(self, self.tree, self.store, self._trial_server)

    async def on_ready(self) -> None:
        """Log the connection and handle missed direct messages."""
        log.info("connected as %s, in %d servers", self.user, len(self.guilds))
        for server in self.guilds:
            self._warn_of_missing_permissions(server)
        self.connected.set()
        await self.recovery.run()
        if self.user is not None:
            await self.backfill.fetch_direct(self, self.user)

    def _handle_missed(self, message: discord.Message) -> None:
        self.dispatch("missed_message", message)

    async def on_missed_message(self, message: discord.Message) -> None:
        """Answer a message that was sent while the bot was not connected."""
        await self._handle_message(message, missed=True)

    async def on_connect(self) -> None:
        """A new session has started."""
        self.backfill.connection_restored()

    async def on_resumed(self) -> None:
        """The old session has resumed; Discord has replayed the events in between."""
        self.backfill.connection_restored()

    async def on_disconnect(self) -> None:
        """The connection is lost."""
        self.backfill.connection_lost()

    async def on_guild_available(self, server: discord.Guild) -> None:
        """Handle messages missed while the server was unavailable."""
        if self.user is not None:
            await self.backfill.fetch_server(server, self.user)

    async def on_guild_join(self, server: discord.Guild) -> None:
        """Log the permissions that a new server does not grant."""
        self._warn_of_missing_permissions(server)

    def _warn_of_missing_permissions(self, server: discord.Guild) -> None:
        names = missing_permissions(server.me.guild_permissions) if server.me else ()
        if names:
            log.warning("server %d does not grant: %s", server.id, ", ".join(names))

    async def on_message(self, message: discord.Message) -> None:
        """Pass a new message to the mention handler, which ignores those not meant for the bot."""
        await self._handle_message(message, missed=False)

    async def _handle_message(self, message: discord.Message, *, missed: bool) -> None:
        if self.user is not None and self.is_new(message.id):
            await self.loop_throttle.wait_turn()
            await self.mention_handler.handle(message, self.user, missed=missed)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Stop answers that nobody can see any more."""
        self.dispatcher.runner.running.message_deleted(payload.message_id)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Stop answers that nobody can see any more."""
        self.dispatcher.runner.running.channel_deleted(payload.thread_id)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Stop answers that nobody can see any more."""
        self.dispatcher.runner.running.channel_deleted(channel.id)

    async def on_guild_remove(self, server: discord.Guild) -> None:
        """Stop answers that nobody can see any more."""
        self.dispatcher.runner.running.server_left(server.id)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Handle submitted forms; discord.py itself routes commands and buttons."""
        is_form = interaction.type is discord.InteractionType.modal_submit
        is_feedback = is_form and (interaction.custom_id or "").startswith(FEEDBACK_FORM)
        if is_feedback and self.is_new(interaction.id):
            self.use_language(interaction)
            await self.button_actions.add_reason(interaction)

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:
        """Log an unexpected error of an event handler, without the text of messages."""
        log.exception("%s failed", event_method)


class FootnoteClient(EventClient):
    """A single connection, enough for about 2,000 servers."""


class ShardedFootnoteClient(EventClient, discord.AutoShardedClient):
    """As many connections as Discord recommends."""
