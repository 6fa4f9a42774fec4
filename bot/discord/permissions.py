"""What the bot needs from Discord and why: the invite link, and a check of token, application and servers."""

from __future__ import annotations

from dataclasses import dataclass

import discord

from bot.errors import BotError

PORTAL = (
    "Reset the token at https://discord.com/developers/applications (your application, Bot, Reset Token)."
)
_PAGE = 200  # servers that Discord lists at once
SCOPES = ("bot", "applications.commands")
# Each permission: its name in Discord's settings, and what goes only with it. Slash commands need none.
NEEDED = {
    "view_channel": ("View Channels", "see the channels where it is mentioned"),
    "send_messages": ("Send Messages", "answer a mention"),
    "send_messages_in_threads": ("Send Messages in Threads", "answer in threads and forum posts"),
    "create_public_threads": ("Create Public Threads", "answer a mention in a thread made from it"),
    "embed_links": ("Embed Links", "show answers as cards with their sources"),
    "read_message_history": (
        "Read Message History",
        "reply to the message that asked, and answer what was asked during a lost connection",
    ),
}


class NotUsable(BotError):
    """The bot cannot run with this token, application or server."""


@dataclass(frozen=True, slots=True)
class MissingPermissions:
    """Permissions that a server does not give."""

    server: str
    names: tuple[str, ...]


def needed() -> discord.Permissions:
    """All permissions that the invite link asks for."""
    return discord.Permissions(**dict.fromkeys(NEEDED, True))


def invite(application_id: int) -> str:
    """The link with which those who manage a server invite the bot."""
    return discord.utils.oauth_url(application_id, permissions=needed(), scopes=SCOPES)


def missing(server: str, granted: discord.Permissions) -> MissingPermissions | None:
    """What a server does not give; None when it gives all. An administrator has everything."""
    if granted.administrator:
        return None
    names = tuple(name for name in NEEDED if not getattr(granted, name))
    return MissingPermissions(server, names) if names else None


async def report(client: discord.Client) -> tuple[str, bool]:
    """What a check found, in lines, and whether the bot can run. The client must be logged in."""
    application, user = client.application, client.user
    assert application is not None
    assert user is not None
    lines = [f"Token: accepted, the bot is {user.name} ({user.id}).", f"Application: {application.name}."]
    usable = True
    if application.interactions_endpoint_url:
        usable = False
        lines.append(
            "Interactions: go to a URL, not to this bot. Remove the Interactions Endpoint URL in the portal."
        )
    servers = await _servers(client)
    for lacking in filter(None, (missing(name, granted) for name, granted in servers)):
        usable = False
        wanted = [NEEDED[name] for name in lacking.names]
        lines += [f"{lacking.server}: cannot {use}; give it “{shown}”." for shown, use in wanted]
    lines.append(f"Servers: {len(servers):,}." if servers else "Servers: none yet; invite the bot first.")
    lines.append(f"Invite link: {invite(application.id)}")
    return "\n".join(lines), usable


async def _servers(client: discord.Client) -> list[tuple[str, discord.Permissions]]:
    """Every server with what the bot may do in it as a whole; single channels may differ."""
    found: list[tuple[str, discord.Permissions]] = []
    last = None
    while page := await client.http.get_guilds(_PAGE, after=last, with_counts=False):
        found += [(each["name"], discord.Permissions(int(each["permissions"]))) for each in page]
        last = int(page[-1]["id"])
        if len(page) < _PAGE:
            break
    return found
