"""The base of the clients, with the services that commands, buttons and messages need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import discord

from bot.discord.handlers.channel_rules import channel_ids
from bot.discord.journal.question_journal import save
from bot.localization import language_of, set_language

if TYPE_CHECKING:
    from bot.discord.additions.server_articles import ServerArticles
    from bot.discord.commands.addition_pages import AdditionPages
    from bot.discord.commands.command_pages import CommandPages
    from bot.discord.commands.deletion_pages import DeletionPages
    from bot.discord.handlers.answer_controls import AnswerControls
    from bot.discord.handlers.button_actions import ButtonActions
    from bot.discord.handlers.discord_store import DiscordStore
    from bot.discord.handlers.dispatcher import Dispatcher
    from bot.discord.handlers.loop_throttle import LoopThrottle
    from bot.discord.handlers.mention_handler import MentionHandler
    from bot.discord.handlers.server_settings import ServerSettings
    from bot.discord.handlers.sync_task import SyncTask
    from bot.discord.journal.asked_question import Question
    from bot.discord.journal.question_journal import QuestionJournal
    from retrieval.hit import Filters


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
    server_articles: ServerArticles
    addition_pages: AdditionPages
    deletions: DeletionPages

    def use_language(self, interaction: discord.Interaction[Any]) -> None:
        """Respond in the language that the server or channel has chosen, else in that of the person."""
        locale, person = interaction.locale.value, interaction.user.id
        set_language(self.settings_of(interaction).language or locale)
        if self.store.language_of(person) != language_of(locale):
            saving = save(lambda: self.store.set_language(person, language_of(locale)))
            self.dispatcher.run_in_background(saving)

    def language_of(self, question: Question) -> str:
        """The language for messages about an earlier question: of its server or channel, or its asker."""
        channel = self.get_channel(question.channel)
        chosen = self.store.server(question.server).at(channel_ids(channel)).language
        server = self.get_guild(question.server) if question.origin else None
        return chosen or (str(server.preferred_locale) if server else self.store.language_of(question.person))

    def settings_of(self, interaction: discord.Interaction[Any]) -> ServerSettings:
        """The settings that apply where an interaction was started."""
        return self.store.server(interaction.guild_id).at(channel_ids(interaction.channel))

    def scope_of(self, interaction: discord.Interaction[Any]) -> Filters | None:
        """The articles that are used where an interaction was started; None for all."""
        return self.server_articles.scope(interaction.guild_id or 0, self.settings_of(interaction).scope)


def client_of(interaction: discord.Interaction) -> ServiceClient:
    """The client that received an interaction."""
    return cast("ServiceClient", interaction.client)
