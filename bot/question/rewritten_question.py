"""Decides if a model's rewritten question can replace the question as asked.

Weak models answer instead of rewriting, or write about something else.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

from bot.question.conversation_mentions import content_words
from retrieval.question_words import ASKING_WORDS
from retrieval.text_analysis import stems

MIN_KEPT_WORDS = 0.5  # share of the question's content words that its rewritten form must contain
MIN_SIMILARITY = 0.75  # of a word and its corrected form: difflib's ratio
_QUESTION_END = re.compile(r"[?？؟][\s\"'”’»)]*$")
_STATEMENT_END = re.compile(r"[.!…。！][\s\"'”’»)]*$")
_STARTS = ASKING_WORDS | frozenset(
    "any more tell explain describe compare list show give name find summarise summarize translate count on"
    " in by for from to since with".split()
)
_START = re.compile(r"\W*(?:(?:and|but|so|then)\s+)?(\w+)", re.IGNORECASE)
MAX_GROWTH = 3  # a rewritten question has at most this many times the characters, and MAX_ADDED more
MAX_ADDED = 400
_REPLACED = frozenset("latter former other second third same rest company person place event it".split())
_DENSE = re.compile("[\u2e80-\uffef]")  # scripts without spaces between words


def can_replace(rewritten: str, question: str) -> bool:
    """True if *rewritten* is a question and still asks for what *question* asks for.

    >>> asked = "Who stopped it, and how much was it worth?"
    >>> can_replace("Who stopped Ant Group's listing, and how much was it worth?", asked)
    True
    >>> can_replace("Chinese authorities stopped it, and it was worth 2026-11-28.", asked)
    False
    """
    if len(rewritten) > MAX_GROWTH * len(question) + MAX_ADDED:
        return False
    return _is_question(rewritten, question) and _keeps_words(rewritten, question)


def _is_question(rewritten: str, question: str) -> bool:
    if _QUESTION_END.search(rewritten):
        return True
    start = _START.match(rewritten)
    asks = start is not None and start[1].lower() in _STARTS
    if _QUESTION_END.search(question):
        return asks and not _STATEMENT_END.search(rewritten)
    return asks or not _STATEMENT_END.search(rewritten)


def _keeps_words(rewritten: str, question: str) -> bool:
    words = content_words(question) - _REPLACED
    found = set(stems(rewritten))
    kept = sum(_contains(found, word, rewritten) for word in words)
    return kept >= MIN_KEPT_WORDS * len(words)


def _contains(found: Collection[str], word: str, text: str) -> bool:
    """True if *text*, whose stems are *found*, contains *word*, or the word that it is a typo of."""
    if _DENSE.search(word):
        return sum(character in text for character in word) >= MIN_KEPT_WORDS * len(word)
    return any(get_close_matches(stem, found, n=1, cutoff=MIN_SIMILARITY) for stem in stems(word))
