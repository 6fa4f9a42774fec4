"""Finds the words and signs in a question that show if it depends on its conversation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.question.conversation_mentions import content_words
from retrieval.calendar_terms import MONTH_NAME, WEEKDAY

CALENDAR = re.compile(rf"\b(?:{MONTH_NAME}|{WEEKDAY})\b", re.IGNORECASE)
_ASKS_MORE = re.compile(r"\b(?:else|others?|another|more|besides|anything|anyone)\b", re.IGNORECASE)
_NAME_INSIDE = re.compile(r"(?<!^)(?<![.?!] )\b[A-Z][a-z]")


@dataclass(frozen=True, slots=True)
class QuestionCues:
    """``content``: the content words in lower case; ``asks_more``: it asks for more than was said ("else",
    "another"); ``has_name``: it contains a name."""

    content: frozenset[str]
    asks_more: bool
    has_name: bool

    @classmethod
    def of(cls, question: str) -> QuestionCues:
        """Analyze a question."""
        return cls(
            content_words(question), bool(_ASKS_MORE.search(question)), bool(_NAME_INSIDE.search(question))
        )
