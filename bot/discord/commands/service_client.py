"""The base of the clients, with the services that commands, buttons and messages need."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import discord

if TYPE_CHECKING:
    from bot.discord.commands.command_pages import CommandPages
    from bot.discord.handlers.answer_controls import AnswerControls
    from bot.discord.handlers.button_actions import ButtonActions
    from bot.discord.handlers.discord_store import DiscordStore
    from bot.discord.handlers.dispatcher import Dispatcher
    from bot.discord.handlers.loop_throttle import LoopThrottle
    from bot.discord.handlers.mention_handler import MentionHandler
    from bot.discord.handlers.sync_task import SyncTask
    from bot.discord.journal.question_journal import QuestionJournal


class ServiceClient(discord.Client):
    """A client that carries the services as attributes."""

    dispatcher: Dispatcher
    pages: CommandPages
    store: DiscordStore
    sync_task: SyncTask
    button_actions: ButtonActions
    answer_controls: AnswerControls
    journal: QuestionJournal
    mention_handler: MentionHandler
    loop_throttle: LoopThrottle


def client_of(interaction: discord.Interaction) -> ServiceClient:
    """The client that received an interaction."""
    return cast("ServiceClient", interaction.client)
