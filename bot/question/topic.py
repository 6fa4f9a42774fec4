"""Finds the current topic of a conversation: the turns that a follow-up question can refer to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.question.conversation_mentions import MAX_TURNS, content_words, is_answer
from bot.question.parsed_question import ParsedQuestion, parse_question

MIN_NEW_TOPIC_WORDS = 4  # content words of a question that begins a topic; one less if it contains a name
MAX_KNOWN_WORDS = 0.25  # share of them that can be known from the topic before

Exchange = tuple[str, str]  # a question and its answer
_ADDED_PHRASES = re.compile(r"\s*\([^()]*\)(?=\W*$)|\s+besides\s[^?]*")
_REPEATED_QUESTION = re.compile(r"^[^?]*\?\s*\(([^();]*)[^()]*\)$")  # "Why? (previous question; names)"


def without_added_phrases(question: str) -> str:
    """A standalone question without the phrases that `follow_up` added, so that they do not accumulate.

    One that repeats the previous question ("Why? (Who stopped it; Ant Group)") becomes that question.
    """
    return _repeated_question(question) or _ADDED_PHRASES.sub("", question)


def full_question(question: str) -> str:
    """A standalone question with its added phrases; the previous question if it repeats that."""
    return _repeated_question(question) or question


def _repeated_question(question: str) -> str | None:
    match = _REPEATED_QUESTION.match(question)
    return match[1] if match else None


def current_topic(history: Sequence[Exchange]) -> list[Exchange]:
    """The last turns of *history* on the same topic, oldest first, without added phrases.

    A topic begins with a standalone question that shares few words with the topic before.
    """
    topic: list[Exchange] = []
    words: set[str] = set()
    for question, answer in history[-MAX_TURNS:]:
        turn = without_added_phrases(question), answer if is_answer(answer) else ""
        if begins_topic(parse_question(turn[0]), words):
            topic, words = [], set()
        topic.append(turn)
        words |= word_prefixes(" ".join(turn))
    return topic


def begins_topic(parsed: ParsedQuestion, topic_words: set[str]) -> bool:
    """True if a question stands alone and shares few words with the current topic (`word_prefixes`)."""
    if parsed.asks_more or parsed.has_unresolved_pronoun:
        return False
    known = word_prefixes(" ".join(parsed.content)) & topic_words
    if parsed.is_definition or (parsed.kind == "who_is" and parsed.has_name and len(parsed.content) > 1):
        return not known
    size = len(parsed.content)
    return size >= MIN_NEW_TOPIC_WORDS - parsed.has_name and len(known) <= size * MAX_KNOWN_WORDS


def word_prefixes(text: str) -> set[str]:
    """The content words of *text*, cut to their first five letters as a crude stem."""
    return {word[:5] for word in content_words(text)}
