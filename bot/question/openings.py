"""Removes what precedes and follows a question: greetings, introductions and thanks."""

from __future__ import annotations

import re

from bot.question.phrase_pattern import PUNCTUATION, PhraseTable, Words
from bot.question.question_phrases import CLOSINGS, OPENINGS
from retrieval.question_words import ASKING_WORDS

MAX_OPENINGS = 8  # removed from a question
_OPENINGS = PhraseTable(OPENINGS)
_ASKING = ASKING_WORDS | {"if", "whether"}
_FIRST_WORD = re.compile(r"\W")
_CONTRACTED = re.compile(r"\b(who|what|when|where|why|how)(?:['’]?(s|d)|['’](re))\b", re.I)
_EXPANDED = {"s": "is", "d": "did", "re": "are"}
_CLOSING = re.compile(rf"(?<![\s,.!?])[\s,.!?]++(?:{'|'.join(CLOSINGS)})[\s.!]*$", re.I)


def without_opening(question: str) -> str:
    """A question without greetings, "can you tell me" before a question word, and "please" at its end.

    >>> without_opening("hey, can you tell me who founded Ferrant Optics? thanks")
    'who founded Ferrant Optics?'
    >>> without_opening("whats new"), without_opening("how'd it end")
    ('what is new', 'how did it end')
    """
    text = _CONTRACTED.sub(
        lambda found: f"{found[1]} {_EXPANDED[(found[2] or found[3]).lower()]}", question.strip()
    )
    for _ in range(MAX_OPENINGS):
        if not (rest := _after_opening(text)):
            break
        text = rest
    closed = _CLOSING.sub("", text)
    if closed != text:
        text = closed + ("?" if "?" in text[len(closed) :] else "")
    return text


def _after_opening(text: str) -> str:
    """A question after its first greeting or introduction; "" if it has none or is nothing else."""
    for form, match in _OPENINGS.matches(Words(text)):
        rest = match.rest.lstrip(PUNCTUATION)
        if rest and (form == "greeting" or _FIRST_WORD.split(rest.lower(), maxsplit=1)[0] in _ASKING):
            return rest
    return ""
