"""What a Discord client carries for those who handle its events: the base of our clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import discord

if TYPE_CHECKING:
    from bot.discord.commands.command_pages import CommandPages
    from bot.discord.handlers.button_actions import ButtonActions
    from bot.discord.handlers.discord_store import DiscordStore
    from bot.discord.handlers.dispatcher import Dispatcher
    from bot.discord.handlers.loop_throttle import LoopThrottle
    from bot.discord.handlers.mention_handler import MentionHandler
    from bot.discord.handlers.sync_task import SyncTask
    from bot.discord.posts.buttons import ButtonHandler


class ServiceClient(discord.Client):
    """A client with the services that commands, buttons and messages need."""

    dispatcher: Dispatcher
    lists: CommandPages
    store: DiscordStore
    watcher: SyncTask
    presses: ButtonHandler
    passages: ButtonActions
    mentions: MentionHandler
    loop_throttle: LoopThrottle


def client_of(interaction: discord.Interaction) -> ServiceClient:
    """The client that an interaction came to, with all that answers need."""
    return cast("ServiceClient", interaction.client)
