"""Recognizes questions about the articles themselves: which, how many, by whom, from when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.catalogue_answers.catalogue_names import Sources, without_names, without_tag
from bot.catalogue_answers.catalogue_phrases import (
    ARTICLE_WORDS,
    CATALOGUE_GROUPS,
    CATALOGUE_PHRASES,
    CUES,
    DETAILS,
    IGNORED,
    SYNONYMS,
    CatalogueFact,
)
from bot.question.parsed_question import parse_question
from bot.question.phrase_pattern import PhraseMatch, PhraseTable, Words
from retrieval.question_words import DEMONSTRATIVES, DETERMINERS
from retrieval.search.date_window import DateWindow, date_windows

MAX_QUESTION_LENGTH = 300  # characters; a longer text is never a question about the catalogue
_DATE_PREPOSITION = r"(?:\b(?:in|on|of|from|since|during|for|at|dated|back\s+in)\s+)?(?:the\s+)?"
_AFTER_DATE = r"(?=\W*$|[,;]?\s+(?:about|on|from|by|in|that|which|mention\w*|cover\w*|did|do|does)\b)"
_CONNECTIVE = re.compile(r"^\W*(?:and|but|also)\s+(?=\w+\s+\w)", re.I)
_DETERMINER = re.compile(rf"^(?:{'|'.join(DETERMINERS | DEMONSTRATIVES)})\s+", re.I)
_REFERENCE = re.compile(
    r"(?:it|this|that|these|those|them|him|her|one|ones)(?:\s+(?:one|topic|subject|article))?", re.I
)
_SENTENCE_END = re.compile(r"(?<=[?!])\s+|(?<=\.)\s+(?=[A-Z])")
_LAST_PART = re.compile(r",?\s+and\s+(?=(?:wh|how|from|by)\w*\b)")
_PHRASES = PhraseTable(CATALOGUE_PHRASES, CATALOGUE_GROUPS)


@dataclass(frozen=True, slots=True)
class CatalogueRequest:
    """A question about the articles: *fact* of those about ``subject`` ("": any), from ``publishers``, by
    ``authors``, with one of ``tags``, and from the days of ``window``.

    ``mention`` is True if an article need only mention the subject. ``names_articles`` is False for a
    question without a publisher, an author or a word for an article ("anything about X?"), which can also
    continue a conversation.
    ``of_answer`` is True if the question is about the article or articles of the last answer.
    """

    fact: CatalogueFact
    subject: str = ""
    mention: bool = False
    publishers: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    window: DateWindow | None = None
    names_articles: bool = True
    of_answer: bool = False


def can_be_request(question: str) -> bool:
    """A cheap test that most other questions fail."""
    return len(question) <= MAX_QUESTION_LENGTH and not CUES.isdisjoint(_keys(question))


def catalogue_request(question: str, sources: Sources, as_of: date) -> CatalogueRequest | None:
    """The request for facts of the catalogue that a question makes; None for any other question.

    >>> catalogue_request("which articles mention Ant Group?", Sources(), date(2024, 1, 1)).subject
    'Ant Group'
    >>> catalogue_request("Who stopped Ant Group?", Sources(), date(2024, 1, 1)) is None
    True
    """
    if not can_be_request(question):
        return None
    first, *others = _SENTENCE_END.split(parse_question(question).plain)
    if not all(map(_asks_details, others)):
        return None
    text = _without_details(_CONNECTIVE.sub("", first.replace("’", "'")))
    text, tags = without_tag(text, sources.tags)
    plain, named = without_names(text, sources)
    days = _days(plain, as_of)
    for phrase, _ in days:
        text, plain = (asked.replace(phrase, "", 1).strip() for asked in (text, plain))
    for (fact, mention), match in _matches(plain, text):
        name = match.slot("by") or match.slot("author")
        by = sources.named(name, short=True) if name else None
        if name and (by is None or (match.slot("author") and by[0] != "author")):
            continue
        subject = _DETERMINER.sub("", match.slot("x") + " ").strip(" .\"“”'")
        if subject.startswith("there "):
            continue
        refers = bool(_REFERENCE.fullmatch(subject))
        names = (*named, *([by] if by else ()))
        return CatalogueRequest(
            "list" if fact == "newest" and "articles " in match.words.line else fact,
            "" if refers else subject,
            mention,
            publishers=tuple(dict.fromkeys(name for kind, name in names if kind == "publisher")),
            authors=tuple(dict.fromkeys(name for kind, name in names if kind == "author")),
            tags=tags,
            window=days[0][1] if days else None,
            names_articles=bool(names or tags or fact in ("topics", "span"))
            or not ARTICLE_WORDS.isdisjoint(_keys(question)),
            of_answer=refers or (fact in ("author", "date") and not (subject or names or tags or days)),
        )
    return None


def _words(text: str) -> Words:
    return Words(text, IGNORED, SYNONYMS)


def _keys(text: str) -> list[str]:
    return _words(text).line.replace(",", "").split()


def _asks_details(text: str) -> bool:
    """True for "Which pieces, and from when?": what comes with every listed article."""
    return DETAILS.issuperset(_keys(text))


def _without_details(question: str) -> str:
    """The question without ", and who wrote them" at its end."""
    first, *last = _LAST_PART.split(question, maxsplit=1)
    return first if last and _asks_details(last[0]) else question


def _matches(plain: str, text: str) -> Iterator[tuple[tuple[CatalogueFact, bool], PhraseMatch]]:
    """The phrases that match without the names of publishers and authors, and then with them."""
    yield from _PHRASES.matches(_words(plain))
    if text != plain:
        yield from _PHRASES.matches(_words(text))


def _days(question: str, as_of: date) -> list[tuple[str, DateWindow]]:
    """The days that a question names, with their phrases ("in May 2022"); a day before a noun ("the 2022
    election") is part of the subject."""
    found = []
    for window in date_windows(question, as_of):
        match = re.search(rf"{_DATE_PREPOSITION}{re.escape(window.text)}{_AFTER_DATE}", question)
        if match and window.text and window.kind in ("soft", "hard"):
            found.append((match[0], window))
    return found
