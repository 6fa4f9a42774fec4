"""What members see of an error: a sentence for them. The error itself goes to the log, for the operator."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.discord.handlers.first_sync import LATER
from bot.discord.posts.answer_body import MODEL_FAILED
from bot.discord.posts.post import Post, notice
from bot.errors import BotError, ModelFailed, QuestionInvalid
from bot.localization import localized
from retrieval.errors import IndexMissing, RetrievalError

if TYPE_CHECKING:
    from bot.discord.handlers.first_sync import FirstSync

log = logging.getLogger("footnote.discord")
NO_ARTICLES = "I have not read any articles yet. Please try again later."
# Errors have texts of their own, which can contain paths, settings and console commands.
ERROR_TEXTS: dict[type[Exception], str] = {
    IndexMissing: NO_ARTICLES,
    RetrievalError: "I cannot use the articles at the moment. Please try again later.",
    ModelFailed: f"{MODEL_FAILED} Please try again later.",
    BotError: "I cannot do that at the moment. Please try again later.",
}


def error_notice(error: BotError | RetrievalError, first_sync: FirstSync) -> Post:
    """Log an expected error for the operator, and return what members see of it."""
    log.info("%s: %s %s", type(error).__name__, error, error.help)
    if isinstance(error, QuestionInvalid):
        advice = localized("Please ask in one or two sentences.")
        return notice(f"{localized(str(error))} {advice}", colour="red")
    if isinstance(error, IndexMissing) and first_sync.running:
        return notice(f"{first_sync.text()} {localized(LATER)}")
    text = next(text for kind, text in ERROR_TEXTS.items() if isinstance(error, kind))
    return notice(text, colour="red")
