"""Rejects texts that are no question, and cleans the others."""

from __future__ import annotations

from bot.errors import QuestionInvalid
from bot.question.small_talk import small_talk

MAX_QUESTION_CHARS = 4_000


def checked_question(question: str) -> str:
    """The question without control characters and surplus white space. Raises QuestionInvalid."""
    text = " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in question).split())
    if small_talk(text):
        raise QuestionInvalid("This is not a question.")
    if len(text) > MAX_QUESTION_CHARS:
        raise QuestionInvalid(
            f"The question has {len(text):,} characters; the maximum is {MAX_QUESTION_CHARS:,}.",
            "Ask in a few sentences; to find the source of a long text, use `footnote quote`.",
        )
    return text
