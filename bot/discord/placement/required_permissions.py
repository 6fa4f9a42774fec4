"""The Discord permissions that the bot needs."""

from __future__ import annotations

import discord

# Permission: its name in Discord's settings, and what it is needed for. Slash commands need none.
REQUIRED = {
    "view_channel": ("View Channels", "see the channels where it is mentioned"),
    "send_messages": ("Send Messages", "answer a mention"),
    "send_messages_in_threads": ("Send Messages in Threads", "answer in threads and forum posts"),
    "create_public_threads": ("Create Public Threads", "answer a mention in a thread made from it"),
    "add_reactions": ("Add Reactions", "react to a greeting or thanks"),
    "embed_links": ("Embed Links", "show answers as cards with their sources"),
    "read_message_history": (
        "Read Message History",
        "reply to the message that asked, and answer what was asked during a lost connection",
    ),
}


def missing_permissions(granted: discord.Permissions) -> tuple[str, ...]:
    """The required permissions that are not granted. Administrators have all."""
    return () if granted.administrator else tuple(name for name in REQUIRED if not getattr(granted, name))
