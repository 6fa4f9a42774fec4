"""Parses a question: its topic without greetings and request words, its parts, and what it refers to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.question.conversation_mentions import content_words
from bot.question.phrase_pattern import Phrase, compile_phrase
from bot.question.question_phrases import (
    CLOSINGS,
    EVENT_REQUESTS,
    GREETINGS,
    GROUPS,
    INTRODUCTIONS,
    TOPIC_REQUESTS,
)
from retrieval.calendar_terms import MONTH_NAME, WEEKDAY
from retrieval.language_words import ENGLISH
from retrieval.text_analysis import STOP_WORDS, stems, without_stop_words

MAX_TOPIC_WORDS = 3  # content words; a longer text is a question without the form of one
CALENDAR = re.compile(rf"\b(?:{MONTH_NAME}|{WEEKDAY})\b", re.IGNORECASE)
_ASKS = re.compile(
    r"^\W*(?:name|list|define|identify)\b"
    r"|\b(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|can|could|will|would|shall"
    r"|should|may|might|must|has|have|had)\b",
    re.I,
)
_REFERENCE = re.compile(
    r"\b(?:it|its|he|him|his|she|hers?|they|them|their|this|that|these|those|the|more|else|other|another)\b",
    re.I,
)
_ASKS_MORE = re.compile(r"\b(?:else|others?|another|more|besides|anything|anyone)\b", re.IGNORECASE)
_NAME_INSIDE = re.compile(r"(?<!^)(?<![.?!] )\b[A-Z][a-z]")
_NEXT_PART = re.compile(
    r"(?:[?;]\s+|,?\s+and\s+)(?=(?:(?:in|on|at|by|for|from|to|with)\s+)?(?:who|whom|whose|what|when|where|why|how|which)\b)",
    re.I,
)
_CONTRACTED = re.compile(r"\b(who|what|when|where|why|how)(?:['’]?(s|d)|['’](re))\b", re.I)
_EXPANDED = {"s": "is", "d": "did", "re": "are"}
_CLOSING = re.compile(rf"[\s,.!?]+(?:{CLOSINGS})[\s.!]*$", re.I)


@dataclass(frozen=True)
class ParsedQuestion:
    """A question as typed (``asked``) and what it asks for.

    ``text`` is the question without greetings, introductions and request words ("ferries?" for "Hi, tell me
    about ferries?"); ``is_topic`` is True if that only names a topic. ``parts`` are the questions of a
    compound question, else the question itself.
    """

    asked: str
    text: str
    is_topic: bool
    parts: tuple[str, ...]

    @property
    def names_topic(self) -> bool:
        """True for a request that names its topic instead of referring to it with a pronoun."""
        asked = without_opening(self.asked)
        return (
            self.text != asked
            and bool(without_stop_words(stems(self.text)))
            and not _REFERENCE.search(self.text)
        )

    @property
    def refers(self) -> bool:
        """True if it contains a pronoun, "the" or another word that can refer to something said before."""
        return bool(_REFERENCE.search(self.asked))

    @property
    def is_keywords(self) -> bool:
        """True for words without the form of a question or request ("ferry fares tern")."""
        return self.text == self.asked and not _ASKS.search(self.text)

    @cached_property
    def content(self) -> frozenset[str]:
        """The content words in lower case."""
        return content_words(self.asked)

    @property
    def asks_more(self) -> bool:
        """True if it asks for more than was said ("else", "another")."""
        return bool(_ASKS_MORE.search(self.asked))

    @property
    def has_name(self) -> bool:
        """True if it contains a name after its first word."""
        return bool(_NAME_INSIDE.search(self.asked))


@lru_cache(maxsize=1024)  # every stage of an answer reads it
def parse_question(question: str, language: str = ENGLISH) -> ParsedQuestion:
    """Parse a question as typed. One in another *language* than English is taken as it is.

    >>> parsed = parse_question("hey, can you tell me about Ferrant Optics please")
    >>> parsed.text, parsed.is_topic
    ('Ferrant Optics', True)
    >>> parse_question("Who stopped the listing, and how much was it worth?").parts
    ('Who stopped the listing', 'how much was it worth?')
    """
    if language != ENGLISH:
        return ParsedQuestion(question, question.strip(), False, (question.strip(),))
    text = _topic_of(without_opening(question))
    is_topic = not _ASKS.search(text) and len(without_stop_words(stems(text))) <= MAX_TOPIC_WORDS
    return ParsedQuestion(question, text, is_topic, _parts(text))


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
    while (match := _greeting().match(text)) and any(map(str.isalnum, text[match.end() :])):
        text = text[match.end() :]
    closed = _CLOSING.sub("", text)
    if closed != text:
        text = closed + ("?" if "?" in text[len(closed) :] else "")
    return text


@lru_cache(maxsize=1)
def _greeting() -> re.Pattern[str]:
    greetings = "|".join(compile_phrase(phrase, GROUPS).pattern for phrase in GREETINGS)
    introductions = "|".join(compile_phrase(phrase, GROUPS).pattern for phrase in INTRODUCTIONS)
    asking = compile_phrase("<asking>", GROUPS).pattern
    return re.compile(
        rf"(?:(?:{greetings})(?<!-)|(?:{introductions})(?={asking}))[.!?;–—-]*\s*", re.IGNORECASE
    )


@lru_cache(maxsize=1)
def _requests() -> tuple[Sequence[Phrase], Sequence[Phrase]]:
    topics = [Phrase(phrase, GROUPS) for phrase in TOPIC_REQUESTS]
    return topics, [Phrase(phrase, GROUPS) for phrase in EVENT_REQUESTS]


def _topic_of(question: str) -> str:
    """The topic of a request ("ferries?"); the question itself if it is no request."""
    (tell, *said), events = _requests()
    if match := tell.match(question):
        question = question[match.start("topic") :]
    for phrase in said:
        match = phrase.match(question)
        if match and not _ASKS.search(topic := question[match.start("topic") :]):
            return topic
    for phrase in events:
        match = phrase.match(question)
        if match and not _ASKS.search(topic := question[match.start("topic") :]) and _is_name(topic):
            return topic
    return question


def _is_name(text: str) -> bool:
    """True if a text begins with a name (not a month or weekday) and contains no reference to others."""
    return text[0].isupper() and not CALENDAR.match(text) and not _REFERENCE.search(text)


def _parts(question: str) -> tuple[str, ...]:
    parts = [part.strip(" ,;") for part in _NEXT_PART.split(question)]
    questions = [part for part in parts if part and not frozenset(stems(part)) <= STOP_WORDS]
    return tuple(questions) if len(questions) > 1 else (question,)
