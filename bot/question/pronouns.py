"""What a question itself tells about what it leans on: its pronouns, and whether it says enough."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.question.conversation_mentions import content_words

PRONOUNS: Mapping[str, re.Pattern[str]] = {
    "he": re.compile(r"\b(?:he|him|his|himself)\b", re.IGNORECASE),
    "she": re.compile(r"\b(?:she|her|hers|herself)\b", re.IGNORECASE),
    "they": re.compile(r"\b(?:they|them|their|theirs|themselves|thier)\b", re.IGNORECASE),
    "it": re.compile(r"\b(?:it|its|itself)\b", re.IGNORECASE),
    "this": re.compile(r"\b(?:this|that|these|those)\b", re.IGNORECASE),
}
ASKS_MORE = re.compile(r"\b(?:else|others?|another|more|besides|anything|anyone)\b", re.IGNORECASE)
CALENDAR = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
_NAME_INSIDE = re.compile(r"(?<!^)(?<![.?!] )\b[A-Z][a-z]")


@dataclass(frozen=True, slots=True)
class QuestionPronouns:
    """``pronouns`` by the names in PRONOUNS; ``content``: its words of meaning, ``words``: all, in lower
    case; ``asks_more``: it goes beyond what was said; ``has_name``: it names something itself."""

    pronouns: tuple[str, ...]
    content: frozenset[str]
    words: frozenset[str]
    asks_more: bool
    has_name: bool

    @classmethod
    def of(cls, question: str) -> QuestionPronouns:
        """Read the question."""
        return cls(
            tuple(kind for kind, pattern in PRONOUNS.items() if pattern.search(question)),
            content_words(question),
            frozenset(re.findall(r"\w+", question.lower())),
            bool(ASKS_MORE.search(question)),
            bool(_NAME_INSIDE.search(question)),
        )
