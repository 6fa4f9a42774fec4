"""Rejects texts that are no question, and cleans the others."""

from __future__ import annotations

import re

from bot.errors import QuestionInvalid

MAX_QUESTION_CHARS = 4_000
_SMALL_TALK = re.compile(
    r"\W*(?:hello|hi|hey|thanks?|thank\s+you|thx|ok|okay|great|cool|nice|bye|goodbye)(?:\W+(?:there|again|a\s+lot|very\s+much))?\W*",
    re.I,
)


def checked_question(question: str) -> str:
    """The question without control characters and surplus white space. Raises QuestionInvalid."""
    text = " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in question).split())
    if not any(map(str.isalnum, text)) or _SMALL_TALK.fullmatch(text):
        raise QuestionInvalid("This is not a question.")
    if len(text) > MAX_QUESTION_CHARS:
        raise QuestionInvalid(
            f"The question has {len(text):,} characters; the maximum is {MAX_QUESTION_CHARS:,}.",
            "Ask in a few sentences; to find the source of a long text, use `footnote quote`.",
        )
    return text
