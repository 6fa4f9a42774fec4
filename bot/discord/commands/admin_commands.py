"""Commands for people who can manage the server: /sync and /settings."""

from __future__ import annotations

import asyncio

import discord
from discord import app_commands

from bot.discord.commands.member_commands import respond
from bot.discord.commands.service_client import client_of
from bot.discord.handlers.discord_store import Replies, ServerSettings
from bot.discord.handlers.first_sync import LATER
from bot.discord.posts.post import Post, arrange, notice

MAX_ALLOWED = 50  # channels or roles in the settings of a server
MANAGERS_ONLY = "You need the permission “Manage Server” to do that."
_MANAGERS = discord.Permissions(manage_guild=True)


async def _change_settings(interaction: discord.Interaction, **changes: object) -> list[Post]:
    """Change settings of the server and show all of them."""
    if not interaction.permissions.manage_guild or interaction.guild_id is None:
        return [notice(MANAGERS_ONLY)]
    store = client_of(interaction).store
    settings = await asyncio.to_thread(store.change_server, interaction.guild_id, **changes)
    return _settings_posts(settings)


def _settings_posts(settings: ServerSettings) -> list[Post]:
    channels = " ".join(f"<#{channel}>" for channel in settings.channels) or "all"
    roles = " ".join(f"<@&{role}>" for role in settings.roles) or "everyone"
    replies = "in a thread" if settings.replies == "thread" else "in the same channel"
    lines = [
        f"**Channels I answer in:** {channels}",
        f"**Who can ask:** {roles}",
        f"**Replies to mentions:** {replies}",
    ]
    return arrange("\n".join(lines), [], title="Server settings")


def _with_rule(ids: tuple[int, ...], id: int, allow: bool) -> tuple[int, ...]:
    """The ids with *id* at the end if *allow*, else without it."""
    others = tuple(other for other in ids if other != id)
    return (*others, id)[-MAX_ALLOWED:] if allow else others


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.default_permissions(_MANAGERS)
class SettingsCommands(app_commands.Group):
    """Choose where and how I answer in this server."""

    def __init__(self) -> None:
        super().__init__(name="settings", description="Choose where and how I answer in this server")

    @app_commands.command()
    async def show(self, interaction: discord.Interaction) -> None:
        """Show the settings of this server."""
        await respond(interaction, _change_settings(interaction))

    @app_commands.command()
    @app_commands.describe(
        channel="The channel or category",
        allow="True to allow it, False to remove it from the list. With an empty list, I answer everywhere",
    )
    async def channel(
        self, interaction: discord.Interaction, channel: app_commands.AppCommandChannel, allow: bool
    ) -> None:
        """Choose the channels I answer in."""
        channels = client_of(interaction).store.server(interaction.guild_id).channels
        await respond(
            interaction, _change_settings(interaction, channels=_with_rule(channels, channel.id, allow))
        )

    @app_commands.command()
    @app_commands.describe(
        role="The role",
        allow="True to allow it, False to remove it from the list. With an empty list, everyone can ask",
    )
    async def role(self, interaction: discord.Interaction, role: discord.Role, allow: bool) -> None:
        """Choose the roles that can ask me."""
        roles = client_of(interaction).store.server(interaction.guild_id).roles
        await respond(interaction, _change_settings(interaction, roles=_with_rule(roles, role.id, allow)))

    @app_commands.command()
    @app_commands.describe(where="In a new thread, or in the same channel")
    async def replies(self, interaction: discord.Interaction, where: Replies) -> None:
        """Choose where I answer when someone mentions me."""
        await respond(interaction, _change_settings(interaction, replies=where))

    @app_commands.command()
    async def reset(self, interaction: discord.Interaction) -> None:
        """Reset the settings: answer everyone, in all channels, in threads."""
        await respond(interaction, _change_settings(interaction, channels=(), roles=(), replies="thread"))


@app_commands.command()
@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.default_permissions(_MANAGERS)
async def sync(interaction: discord.Interaction) -> None:
    """Check for new, changed and deleted articles now."""
    await respond(interaction, _sync(interaction))


async def _sync(interaction: discord.Interaction) -> list[Post]:
    if not interaction.permissions.manage_guild:
        return [notice(MANAGERS_ONLY)]
    sync_task = client_of(interaction).sync_task
    report = await sync_task.sync()
    if report is None and sync_task.first_sync.running:
        return [notice(f"{sync_task.first_sync.text()} {LATER}")]
    if report is None:
        return [notice("I am already reading the articles. Please check again in a minute.")]
    names = ("added", "changed", "moved", "deleted", "unchanged")
    counts = ", ".join(f"{getattr(report, name):,} {name}" for name in names)
    failed = f" {len(report.failed):,} could not be read." if report.failed else ""
    return [notice(f"Articles updated in {report.seconds:.1f} s: {counts}.{failed}", colour="green")]
