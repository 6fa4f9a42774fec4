"""What is shown of an answer that was interrupted: its complete part, and a button to ask again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answer import Answer
from bot.checking.quote_location import without_lost_quotes
from bot.discord.posts.post import Post, notice, with_button
from bot.localization import localized

if TYPE_CHECKING:
    from bot.discord.handlers.running_questions import Reason
    from retrieval.article import Article, ArticleInfo

STOPPED = "This answer was stopped before it had any text."
RESTARTED = "I was restarted before I could answer."
STOPPED_HALFWAY = "This answer was stopped; its end is missing."
RESTARTED_HALFWAY = "I was restarted while I wrote this answer; its end is missing."
ASK_AGAIN = "Ask again"


def complete_part(latest: Answer | None, find: Callable[[ArticleInfo], Article | None]) -> Answer | None:
    """The sentences of a growing answer that were complete, None if there are none.

    The last one can still have been growing, unless the answer was being checked already.
    """
    if latest is None:
        return None
    sentences = latest.sentences if latest.checking else latest.sentences[:-1]
    cited = {number for sentence in sentences for number in sentence.citations}
    part = replace(
        latest,
        status="answered",
        sentences=sentences,
        citations=tuple(citation for citation in latest.citations if citation.number in cited),
        checking=False,
        complete=True,
    )
    part = without_lost_quotes(part, find)
    return part if part.sentences else None


def halfway_notice(reason: Reason) -> str:
    """The notice of the part that was complete."""
    return localized(RESTARTED_HALFWAY if reason == "restart" else STOPPED_HALFWAY)


def interrupted_posts(reason: Reason, question_id: int) -> list[Post]:
    """What is shown instead of an answer without any text."""
    text = RESTARTED if reason == "restart" else STOPPED
    return with_ask_again([notice(localized(text))], question_id)


def with_ask_again(posts: list[Post], question_id: int) -> list[Post]:
    """The posts with a button that asks the question again."""
    return with_button(posts, localized(ASK_AGAIN), f"fn:again:{question_id}", "blue")
