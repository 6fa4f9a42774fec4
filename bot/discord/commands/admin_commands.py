"""Commands for people who can manage the server: /sync and /settings."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from typing import Any, Literal, TypeVar

import discord
from discord import app_commands

from bot.discord.commands.article_options import check_path, filters_from
from bot.discord.commands.member_commands import refusal, respond
from bot.discord.commands.option_choices import publishers, tags
from bot.discord.commands.service_client import client_of
from bot.discord.handlers.channel_rules import MANAGERS_ONLY, managed_server
from bot.discord.handlers.dispatcher import Refused
from bot.discord.handlers.first_sync import LATER
from bot.discord.handlers.server_settings import ChannelSettings, Replies, ServerSettings
from bot.discord.posts.post import Post, arrange, notice
from bot.discord.posts.source_lines import short_name
from bot.localization import localized

MAX_ALLOWED = 50  # channels or roles in the settings of a server
SYNCED = (
    "Articles updated: {added} added, {changed} changed, {moved} moved, {deleted} deleted, "
    "{unchanged} unchanged."
)
PLACES: dict[Replies, str] = {"thread": "in a thread", "in place": "in the same channel"}
LANGUAGE_NAMES = {"en": "English", "de": "Deutsch"}
ONLY_HERE = "Only in this channel or category. Leave out for the whole server"
_MANAGERS = discord.Permissions(manage_guild=True)


async def _change_settings(
    interaction: discord.Interaction, channel: app_commands.AppCommandChannel | None = None, **changes: object
) -> list[Post]:
    """Change settings of the server, or of one channel, and show all of them."""
    if (server := managed_server(interaction)) is None:
        return [notice(MANAGERS_ONLY)]
    client = client_of(interaction)
    if folder := changes.get("folder"):
        try:
            scope = client.server_articles.scope(server, None)
            check_path(str(folder), await client.pages.infos(scope))
        except Refused as refused:
            return [notice(str(refused))]
    place = channel.id if channel else None
    change = client.store.change_server
    settings = await asyncio.to_thread(lambda: change(server, place, **changes))
    client.use_language(interaction)  # it can be one of the changes
    return _settings_posts(settings)


def _settings_posts(settings: ServerSettings) -> list[Post]:
    channels = " ".join(f"<#{channel}>" for channel in settings.channels) or localized("all")
    roles = " ".join(f"<@&{role}>" for role in settings.roles) or localized("everyone")
    lines = [
        localized("**Channels I answer in:** {channels}", channels=channels),
        localized("**Who can ask:** {roles}", roles=roles),
        localized("**Replies to mentions:** {place}", place=localized(PLACES[settings.replies])),
        localized("**Articles:** {articles}", articles=_articles(settings) or localized("all")),
        localized("**Language of my own messages:** {language}", language=_language(settings.language)),
    ]
    for channel, exception in settings.exceptions.items():
        parts = [
            localized(PLACES[exception.replies]) if exception.replies else "",
            _articles(exception),
            _language(exception.language) if exception.language else "",
        ]
        lines.append(f"<#{channel}>: {'; '.join(part for part in parts if part)}")
    return arrange("\n".join(lines), [], title=localized("Server settings"))


def _articles(settings: ServerSettings | ChannelSettings) -> str:
    """Which articles are used, in words; "" for all, or for those of the server."""
    parts = []
    if settings.folder:
        parts.append(localized("in the folder “{folder}”", folder=short_name(settings.folder)))
    if settings.publishers:
        parts.append(localized("of {names}", names=", ".join(map(short_name, settings.publishers))))
    if settings.tags:
        parts.append(localized("with the tag “{name}”", name=", ".join(map(short_name, settings.tags))))
    return " ".join(parts)


def _language(language: str) -> str:
    return LANGUAGE_NAMES.get(language) or localized("that of the person who asks")


def _with_rule(ids: tuple[int, ...], id: int, allow: bool) -> tuple[int, ...]:
    """The ids with *id* at the end if *allow*, else without it."""
    others = tuple(other for other in ids if other != id)
    return (*others, id)[-MAX_ALLOWED:] if allow else others


Managed = TypeVar("Managed", bound="app_commands.Command[Any, ..., Any] | type[app_commands.Group]")


def manager_command(command: Managed) -> Managed:
    """Restrict a command to servers, and to those who can manage them."""
    for restrict in (
        app_commands.guild_only(),
        app_commands.allowed_installs(guilds=True, users=False),
        app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False),
        app_commands.default_permissions(_MANAGERS),
    ):
        command = restrict(command)
    return command


@manager_command
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
    @app_commands.describe(where="In a new thread, or in the same channel", channel=ONLY_HERE)
    async def replies(
        self,
        interaction: discord.Interaction,
        where: Replies,
        channel: app_commands.AppCommandChannel | None = None,
    ) -> None:
        """Choose where I answer when someone mentions me."""
        await respond(interaction, _change_settings(interaction, channel, replies=where))

    @app_commands.command()
    @app_commands.describe(
        folder="Only articles in this folder, or with this path: politics, 2024/*.md. Leave out for all",
        publisher="Only articles of this publisher. Leave out for all",
        tag="Only articles with this tag. Leave out for all",
        channel=ONLY_HERE,
    )
    @app_commands.autocomplete(publisher=publishers, tag=tags)
    async def articles(
        self,
        interaction: discord.Interaction,
        folder: app_commands.Range[str, 1, 200] | None = None,
        publisher: app_commands.Range[str, 1, 200] | None = None,
        tag: app_commands.Range[str, 1, 200] | None = None,
        channel: app_commands.AppCommandChannel | None = None,
    ) -> None:
        """Choose the articles I answer from."""
        try:
            known = client_of(interaction).pages.known_names(interaction.guild_id)
            filters = filters_from(publisher=publisher, tag=tag, known=known)
        except Refused as refused:
            await respond(interaction, refusal(refused))
            return
        # In a channel, None means: as in the server.
        names = {"publishers": filters.publishers, "tags": filters.tags}
        chosen = {"folder": folder, **{name: values or None for name, values in names.items()}}
        if channel is None:
            chosen = {"folder": folder or "", **names}
        await respond(interaction, _change_settings(interaction, channel, **chosen))

    @app_commands.command()
    @app_commands.describe(language="Automatic: the language of the person who asks", channel=ONLY_HERE)
    async def language(
        self,
        interaction: discord.Interaction,
        language: Literal["Automatic", "English", "Deutsch"],
        channel: app_commands.AppCommandChannel | None = None,
    ) -> None:
        """Choose the language of my own messages."""
        code = next((code for code, name in LANGUAGE_NAMES.items() if name == language), None)
        chosen = code if channel else code or ""
        await respond(interaction, _change_settings(interaction, channel, language=chosen))

    @app_commands.command()
    async def reset(self, interaction: discord.Interaction) -> None:
        """Reset all settings, also those of single channels."""
        defaults = {field.name: getattr(ServerSettings(), field.name) for field in fields(ServerSettings)}
        await respond(interaction, _change_settings(interaction, **defaults))


@manager_command
@app_commands.command()
async def sync(interaction: discord.Interaction) -> None:
    """Check for new, changed and deleted articles now."""
    await respond(interaction, _sync(interaction))


async def _sync(interaction: discord.Interaction) -> list[Post]:
    if managed_server(interaction) is None:
        return [notice(MANAGERS_ONLY)]
    sync_task = client_of(interaction).sync_task
    report = await sync_task.sync()
    if report is None and sync_task.first_sync.running:
        return [notice(f"{sync_task.first_sync.text()} {localized(LATER)}")]
    if report is None:
        return [notice("I am already reading the articles. Please check again in a minute.")]
    names = ("added", "changed", "moved", "deleted", "unchanged")
    text = localized(SYNCED, **{name: getattr(report, name) for name in names})
    if report.failed:
        text += " " + localized("{count} could not be read.", count=len(report.failed))
    return [notice(text, colour="green")]
