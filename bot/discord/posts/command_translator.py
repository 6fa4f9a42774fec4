"""Translates the descriptions of the application commands, which Discord shows in each person's language."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.localization import catalogue, language_of

_NAMES = {
    app_commands.TranslationContextLocation.command_name,
    app_commands.TranslationContextLocation.group_name,
    app_commands.TranslationContextLocation.parameter_name,
}


class CommandTranslator(app_commands.Translator):
    """Looks descriptions up in the catalogue. Names stay, so that instructions fit every language."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The description in a supported language, None in others."""
        if context.location in _NAMES:
            return None
        return catalogue(language_of(locale.value)).get(string.message)
