"""The commands of those who may manage a server: /sync, and /settings for how the bot behaves there."""

from __future__ import annotations

import asyncio

import discord
from discord import app_commands

from bot.discord.commands.member_commands import respond
from bot.discord.commands.service_client import client_of
from bot.discord.handlers.discord_store import Replies, ServerSettings
from bot.discord.posts.post import Post, arrange, notice

MOST = 50  # channels or roles that can be named
NOT_YOURS = "Only those who may manage this server can do that."
_MANAGERS = discord.Permissions(manage_guild=True)


async def _changed(interaction: discord.Interaction, **changes: object) -> list[Post]:
    """Change settings of the server, and show them all."""
    if not interaction.permissions.manage_guild or interaction.guild_id is None:
        return [notice(NOT_YOURS)]
    store = client_of(interaction).store
    changed = await asyncio.to_thread(store.change_server, interaction.guild_id, **changes)
    return _shown(changed)


def _shown(settings: ServerSettings) -> list[Post]:
    channels = " ".join(f"<#{each}>" for each in settings.channels) or "everywhere"
    roles = " ".join(f"<@&{each}>" for each in settings.roles) or "everybody"
    where = "in a thread" if settings.replies == "thread" else "in place"
    lines = [f"I answer: {channels}", f"May ask: {roles}", f"Mentions are answered: {where}"]
    return arrange("\n".join(lines), [], title="Settings of this server")


def _toggled(ids: tuple[int, ...], one: int, allow: bool) -> tuple[int, ...]:
    """The ids with one more, or without it."""
    others = tuple(each for each in ids if each != one)
    return (*others, one)[-MOST:] if allow else others


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.default_permissions(_MANAGERS)
class SettingsCommands(app_commands.Group):
    """How I behave in this server."""

    def __init__(self) -> None:
        super().__init__(name="settings", description="How I behave in this server")

    @app_commands.command()
    async def show(self, interaction: discord.Interaction) -> None:
        """Show the settings of this server."""
        await respond(interaction, _changed(interaction))

    @app_commands.command()
    @app_commands.describe(channel="The channel", allow="May I answer there? With none named: everywhere")
    async def channel(
        self, interaction: discord.Interaction, channel: app_commands.AppCommandChannel, allow: bool
    ) -> None:
        """Name a channel where I may answer, or take it back."""
        named = client_of(interaction).store.server(interaction.guild_id).channels
        await respond(interaction, _changed(interaction, channels=_toggled(named, channel.id, allow)))

    @app_commands.command()
    @app_commands.describe(role="The role", allow="May it ask? With none named: everybody may")
    async def role(self, interaction: discord.Interaction, role: discord.Role, allow: bool) -> None:
        """Name a role that may ask, or take it back."""
        named = client_of(interaction).store.server(interaction.guild_id).roles
        await respond(interaction, _changed(interaction, roles=_toggled(named, role.id, allow)))

    @app_commands.command()
    @app_commands.describe(where="In a thread made from the message, or where the message stands")
    async def replies(self, interaction: discord.Interaction, where: Replies) -> None:
        """Say where I answer when I am mentioned."""
        await respond(interaction, _changed(interaction, replies=where))

    @app_commands.command()
    async def reset(self, interaction: discord.Interaction) -> None:
        """Answer everybody everywhere again, in threads."""
        await respond(interaction, _changed(interaction, channels=(), roles=(), replies="thread"))


@app_commands.command()
@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.default_permissions(_MANAGERS)
async def sync(interaction: discord.Interaction) -> None:
    """Read new, changed and deleted articles now."""
    await respond(interaction, _synced(interaction))


async def _synced(interaction: discord.Interaction) -> list[Post]:
    if not interaction.permissions.manage_guild:
        return [notice(NOT_YOURS)]
    report = await client_of(interaction).watcher.sync()
    if report is None:
        return [notice("The articles are being read already. Please look again in a minute.")]
    counts = ("added", "changed", "moved", "deleted", "unchanged")
    told = ", ".join(f"{getattr(report, name):,} {name}" for name in counts)
    failed = f" {len(report.failed):,} could not be read." if report.failed else ""
    return [notice(f"Read the articles in {report.seconds:.1f} s: {told}.{failed}", colour="green")]
