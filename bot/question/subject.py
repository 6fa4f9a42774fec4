"""The thing that a question is about: "the regulator" in "How many companies did the regulator meet?"."""

from __future__ import annotations

import re

from bot.question.conversation_mentions import Mention

_ASKED_OF = r"\b(?P<asking>{})\s+(?P<article>the\s+)?{}(?P<after>\W+\w+)?"
_DOING = "did|does|do|will|would|can|could|must|should|may"  # a bare verb follows the subject
_BEING = "was|were|is|are|has|have|had|about"
_KNOWN_VERB = re.compile(
    r"\W+(?:have|do|be|go|get|make|take|come|say|tell|give|find|work|use|start|begin|happen|become|keep|need|want"
    r"|know|think|see|look|put|set|show|call|mean)$",
    re.IGNORECASE,
)
_MANY = re.compile(r"(?:(?<!s)s|\b(?:people|police|men|women|children))$", re.IGNORECASE)


def subject(mention: Mention, question: str) -> str | None:
    """The phrase, with its article, when *question* asks what it did or is; None when it asks something else.

    A phrase that is no name may hold the verb as its last word ("regulator meet"), which is left out.
    """
    pattern = _ASKED_OF.format(f"{_DOING}|{_BEING}", re.escape(mention.text) + r"\b")
    found = re.search(pattern, question, re.IGNORECASE)
    words = mention.text.split()
    if not found or (not mention.name and words[-1].endswith("ed")):
        return None
    doing = re.fullmatch(_DOING, found["asking"], re.IGNORECASE)
    if doing and len(words) > 1 and not mention.name and not _KNOWN_VERB.match(found["after"] or ""):
        words = words[:-1]
    return " ".join([*(["the"] if found["article"] else []), *words])


def is_many(phrase: str) -> bool:
    """Whether a phrase looks plural."""
    return bool(_MANY.search(phrase))
