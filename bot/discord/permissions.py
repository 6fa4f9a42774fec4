"""The invite link of the bot, and the checks of `discord --check`."""

from __future__ import annotations

import discord

from bot.discord.placement.required_permissions import REQUIRED, missing_permissions
from bot.errors import BotError

RESET_HELP = (
    "Reset the token at https://discord.com/developers/applications (your application, Bot, Reset Token)."
)
_PAGE_SIZE = 200  # servers; Discord's maximum per request
SCOPES = ("bot", "applications.commands")


class DiscordUnusable(BotError):
    """The bot cannot run with this token, application or server."""


def required_permissions() -> discord.Permissions:
    """All permissions that the invite link asks for."""
    return discord.Permissions(**dict.fromkeys(REQUIRED, True))


def invite_link(application_id: int) -> str:
    """The link that moderators use to add the bot to a server."""
    return discord.utils.oauth_url(application_id, permissions=required_permissions(), scopes=SCOPES)


async def report(client: discord.Client) -> tuple[str, bool]:
    """The result of the check as text, and True if the bot can run. The client must be logged in."""
    application, user = client.application, client.user
    assert application is not None
    assert user is not None
    lines = [f"Token: accepted, the bot is {user.name} ({user.id}).", f"Application: {application.name}."]
    usable = True
    if application.interactions_endpoint_url:
        usable = False
        lines.append(
            "Interactions: sent to a URL, not to the bot. Remove the Interactions Endpoint URL in the portal."
        )
    servers = await _servers(client)
    for server, granted in servers:
        for name in missing_permissions(granted):
            usable = False
            label, use = REQUIRED[name]
            lines.append(f"{server}: cannot {use}; grant “{label}”.")
    lines.append(f"Servers: {len(servers):,}." if servers else "Servers: none yet. Invite the bot first.")
    lines.append(f"Invite link: {invite_link(application.id)}")
    return "\n".join(lines), usable


async def _servers(client: discord.Client) -> list[tuple[str, discord.Permissions]]:
    """Every server by name with the bot's server-wide permissions; single channels can differ."""
    servers: list[tuple[str, discord.Permissions]] = []
    last = None
    while page := await client.http.get_guilds(_PAGE_SIZE, after=last, with_counts=False):
        servers += [(server["name"], discord.Permissions(int(server["permissions"]))) for server in page]
        last = int(page[-1]["id"])
        if len(page) < _PAGE_SIZE:
            break
    return servers
