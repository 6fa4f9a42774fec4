"""Parses a question once: what it asks for, its topic and parts, and what it refers to in a conversation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.question.conversation_mentions import content_words
from bot.question.openings import without_opening
from bot.question.phrase_pattern import PhraseTable, Words
from bot.question.question_phrases import (
    FORMS,
    FRAGMENTS,
    KINDS,
    REQUESTS,
    STORY_KINDS,
    EllipsisForm,
    QuestionKind,
)
from retrieval.calendar_terms import MONTH_NAME, WEEKDAY
from retrieval.language_words import ENGLISH
from retrieval.question_words import (
    ARTICLES,
    ASKING_WORDS,
    AUXILIARIES,
    DEMONSTRATIVES,
    PRONOUNS,
    WH_WORDS,
    WORDS_FOR_MORE,
)
from retrieval.text_analysis import STOP_WORDS, stems, without_stop_words

MAX_TOPIC_WORDS = 3  # content words; a longer text is a question without the form of one
MAX_TERM_WORDS = 2  # of a definition
MAX_FRAGMENT_WORDS = 5  # after "and" or "what about"
CALENDAR = re.compile(rf"\b(?:{MONTH_NAME}|{WEEKDAY})\b", re.IGNORECASE)
_REFERENCES = PRONOUNS | DEMONSTRATIVES | WORDS_FOR_MORE | {"the"}
_IMPERATIVES = frozenset("name list define identify".split())
_ASKS_MORE = WORDS_FOR_MORE | {"besides", "anything", "anyone"}
_ASKS_ANYTHING = WH_WORDS | frozenset(
    "any anything anyone anybody more tell explain describe compare list show give".split()
)
_VAGUE_TERMS = frozenset("example reason way alternative result consequence part problem".split())
_NAME_INSIDE = re.compile(r"(?<!^)(?<![.?!] )\b[A-Z][a-z]")
_PAST = re.compile(r"\b\w{3,}ed\b", re.I)
_NEXT_PART = re.compile(
    rf"(?:[?;]\s+|,?\s+and\s+)(?=(?:(?:in|on|at|by|for|from|to|with)\s+)?(?:{'|'.join(sorted(WH_WORDS))})\b)",
    re.I,
)
_ANTECEDENTS = (  # pronouns, and their possible antecedents earlier in the same question
    (
        re.compile(r"\b(?:their|they|them)\b", re.I),
        re.compile(r"\b(?!happens|does|says|means)[a-z]{3,}s\b|\b[A-Z]\w+"),
    ),
    (re.compile(r"\b(?:its|it|his|he|him|her|she)\b", re.I), re.compile(r"\b[A-Z]\w+")),
)

_FORMS, _REQUESTS = PhraseTable(FORMS), PhraseTable(REQUESTS)
_KINDS, _FRAGMENTS = PhraseTable(KINDS), PhraseTable(FRAGMENTS)


@dataclass(frozen=True)
class ParsedQuestion:
    """A question as typed (``asked``) and what it asks for.

    ``plain`` is the question without greetings, introductions and closings, ``text`` also without request
    words ("ferries?" for "Hi, tell me about ferries?"), and ``topic`` also without the request for a list or
    a timeline. ``is_topic`` is True if the text only names a topic. ``parts`` are the questions of a compound
    question, else the question itself.
    """

    asked: str
    plain: str
    text: str
    topic: str
    kind: QuestionKind
    is_topic: bool
    parts: tuple[str, ...]

    @property
    def names_topic(self) -> bool:
        """True for a request that names its topic instead of referring to it ("it", "the fine")."""
        size = len(_content(self.topic))
        refers = _has(self.topic, _REFERENCES - ARTICLES) or (size == 1 and _words(self.topic)[:1] == ["the"])
        return self.topic != self.plain and size > 0 and not refers

    @property
    def subject(self) -> str:
        """The topic; for "What happened to Ada Quill?" the name."""
        return _topic(self.topic, self.kind) if self.kind == "what_happened" else self.topic

    @property
    def refers(self) -> bool:
        """True if it contains a word, except "the", that refers to something said before: "it", "another"."""
        return _has(self.asked, _REFERENCES - ARTICLES)

    @property
    def is_keywords(self) -> bool:
        """True for words without the form of a question or request ("ferry fares tern")."""
        return self.text == self.asked and not _asks(self.text)

    @cached_property
    def content(self) -> frozenset[str]:
        """The content words in lower case."""
        return content_words(self.asked)

    @property
    def asks_more(self) -> bool:
        """True if it asks for more than was said ("else", "another")."""
        return _has(self.asked, _ASKS_MORE)

    @property
    def has_name(self) -> bool:
        """True if it contains a name after its first word."""
        return bool(_NAME_INSIDE.search(self.asked))

    @property
    def after_topic_change(self) -> str | None:
        """The question after "Now something else:"; None without such a phrase."""
        match = _FORMS.match("topic change", Words(self.asked))
        rest = match.rest.lstrip() if match else ""
        return rest[1:].strip() if rest.startswith(tuple(":,.;–—-")) and _words(rest) else None

    @property
    def is_definition(self) -> bool:
        """True for "What is a deepfake?", False for "What is an example?"."""
        match = _FORMS.match("definition", Words(self.plain))
        words = _words(match.slot("term")) if match else []
        is_short = words[:1] in (["a"], ["an"]) and len(words) <= MAX_TERM_WORDS + 1
        return is_short and _VAGUE_TERMS.isdisjoint(words)

    @property
    def has_unresolved_pronoun(self) -> bool:
        """True if a pronoun of the question has no antecedent in the question itself."""
        if _has(self.asked, DEMONSTRATIVES):
            return True
        for pronoun, antecedent in _ANTECEDENTS:
            match = pronoun.search(self.asked)
            if match and not antecedent.search(self.asked[: match.start()].partition(" ")[2]):
                return True
        return False

    @cached_property
    def fragment(self) -> str:
        """The question without "and", "what about" and its mark."""
        match = _FORMS.match("follow-up", Words(self.asked))
        return match.rest.strip(" ,?!.") if match else self.asked

    @property
    def is_continued(self) -> bool:
        """True if it begins with "and" or "what about"."""
        return self.fragment != self.asked.strip(" ?!.")

    @cached_property
    def ellipsis(self) -> EllipsisForm | None:
        """In which form a question is incomplete without the one before it; None if it is complete."""
        rest = self.fragment
        if form := _FRAGMENTS.find(Words(rest)):
            return form if self.is_continued or not form.startswith("year") else "other"
        is_complete = _has(rest, AUXILIARIES | {"am", "be", "been"}) or _PAST.search(rest)
        if is_complete or len(rest.split()) > MAX_FRAGMENT_WORDS or parse_question(rest).names_topic:
            return None
        return "other" if self.is_continued or not _has(rest, _ASKS_ANYTHING) else None


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
        plain = question.strip()
        return ParsedQuestion(question, plain, plain, plain, "fact", False, (plain,))
    plain = without_opening(question)
    text = _requested(plain)
    is_topic = not _asks(text) and len(_content(text)) <= MAX_TOPIC_WORDS
    kind = _kind(plain, is_topic=is_topic or text != plain)
    topic = _topic(text, kind) if kind in ("list", "timeline") else text
    return ParsedQuestion(question, plain, text, topic, kind, is_topic, _parts(text))


def _requested(question: str) -> str:
    """The topic of a request ("ferries?"); the question itself if it is no request."""
    words = Words(question)
    if (match := _FORMS.match("tell", words)) and (told := match.slot_to_end("topic")):
        question, words = told, Words(told)
    for form, match in _REQUESTS.matches(words):
        topic = match.slot_to_end("topic")
        if topic and not _asks(topic) and (form == "said" or _is_name(topic)):
            return topic
    return question


def _is_name(text: str) -> bool:
    """True if a text begins with a name (not a month or weekday) and contains no reference to others."""
    return text[0].isupper() and not CALENDAR.match(text) and not _has(text, _REFERENCES)


def _kind(question: str, *, is_topic: bool) -> QuestionKind:
    after_comma = question.partition(", ")[2]
    clauses = [question, after_comma] if set(_words(after_comma)[:1]) & ASKING_WORDS else [question]
    for text in clauses:
        for kind, match in _KINDS.matches(Words(text)):
            if (is_topic and kind == "yes_no") or (text is not question and kind in STORY_KINDS):
                continue  # "Can you tell me about …?", "When the vote failed, what happened?"
            if kind != "who_is" or _names_person(match.slot("topic")):
                return kind
    return "topic" if is_topic else "fact"


def _names_person(text: str) -> bool:
    """True for "Ada Quill", False for "the head of Ferrant Optics" or "responsible for the fine"."""
    words = stems(text)
    return words[:1] == without_stop_words(words[:1]) and len(words) <= MAX_TOPIC_WORDS


def _topic(text: str, kind: QuestionKind) -> str:
    """What the phrase of a kind names; the text itself if it names nothing."""
    topics = (match.slot_to_end("topic") for found, match in _KINDS.matches(Words(text)) if found == kind)
    return next(filter(None, topics), text)


def _parts(question: str) -> tuple[str, ...]:
    parts = [part.strip(" ,;") for part in _NEXT_PART.split(question)]
    questions = [part for part in parts if part and not frozenset(stems(part)) <= STOP_WORDS]
    return tuple(questions) if len(questions) > 1 else (question,)


def _asks(text: str) -> bool:
    """True if a text has a question word or an auxiliary, or begins with "name" or "list"."""
    return _has(text, ASKING_WORDS) or bool(set(_words(text)[:1]) & _IMPERATIVES)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _has(text: str, words: Iterable[str]) -> bool:
    return not frozenset(words).isdisjoint(_words(text))


def _content(text: str) -> list[str]:
    return without_stop_words(stems(text))
