"""Recognizes questions about the articles themselves: which, how many, by whom, from when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal

from bot.question.catalogue_phrases import CATALOGUE_PHRASES
from bot.question.parsed_question import without_opening
from bot.question.phrase_pattern import Phrase
from bot.question.question_phrases import GROUPS
from retrieval.search.date_window import DateWindow, date_windows
from retrieval.search.publisher_scope import site_label
from retrieval.tags import folded_tag

CatalogueFact = Literal[
    "list", "count", "author", "date", "newest", "oldest", "publishers", "tags", "topics", "span"
]
MAX_QUESTION_LENGTH = 300  # characters; a longer text is never a question about the catalogue


def _nouns() -> str:
    return (
        "|".join(GROUPS[name] for name in ("article", "outlets", "corpus", "topics"))
        .replace(" (", "(")
        .replace(" ", r"\s+")
    )


_DATE_PREPOSITION = r"(?:\b(?:in|on|of|from|since|during|for|at|dated|back\s+in)\s+)?(?:the\s+)?"
_AFTER_DATE = r"(?=\W*$|[,;]?\s+(?:about|on|from|by|in|that|which|mention\w*|cover\w*|did|do|does)\b)"
_BY = r"\b(?P<by>from|by|in|of|on|at|according to)\s+(?:the\s+)?"
_TAGGED = re.compile(
    r"\b(?:(?:that|which)\s+)?(?:(?:are|is|have|has)\s+)?"
    r"(?:(?:been\s+)?tagged\s+(?:as|with)?|(?:with|under|having|have|has)\s+(?:the\s+)?(?:tag|keyword))\s*",
    re.I,
)
_QUOTES = "\"'“”‘’"
_CONNECTIVE = re.compile(r"^\W*(?:and|but|also)\s+(?=\w+\s+\w)", re.I)
_PLURAL = re.compile(r"\b(?:articles|stories|pieces|posts|reports)\b", re.I)
_ARTICLE = re.compile(r"^(?:the|an?|this|that|any|some|your|our|these|those)\s+", re.I)
_REFERENCE = re.compile(
    r"(?:it|this|that|these|those|them|him|her|one|ones)(?:\s+(?:one|topic|subject|article))?", re.I
)
_NAMES_ARTICLES = re.compile(rf"\b(?:{_nouns()})\b", re.I)
_SENTENCE_END = re.compile(r"(?<=[?!])\s+|(?<=\.)\s+(?=[A-Z])")
_ONLY_DETAILS = re.compile(  # "Which pieces, and from when?": asks for what every listed article comes with
    r"(?:\W|\b(?:and|or|which|what|who|whom|when|where|how|many|by|from|are|is|was|were|they|them|it|those|list|show|me|give|the"
    r"|articles?|pieces?|stor(?:y|ies)|ones?|titles?|dates?|outlets?|publishers?|authors?|wrote|published|please|thanks?)\b)*",
    re.I,
)


@dataclass(frozen=True)
class Sources:
    """The publishers, authors and tags of a corpus, to recognize them in questions."""

    publishers: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @cached_property
    def _full_names(self) -> dict[str, tuple[str, str]]:
        """Folded spelling -> (kind, name)."""
        found = {_folded(author): ("author", author) for author in self.authors}
        for publisher in self.publishers:
            for spelling in filter(None, (publisher, site_label(publisher))):
                found[_folded(spelling)] = ("publisher", publisher)
        return found

    @cached_property
    def _short_names(self) -> dict[str, set[tuple[str, str]]]:
        """Folded first and last word of a publisher, or last word of an author -> (kind, name)."""
        found: dict[str, set[tuple[str, str]]] = {}
        for publisher in self.publishers:
            first, *_, last = (_ARTICLE.sub("", publisher).split() or [""]) * 2
            for short in (first, last, first + last):
                found.setdefault(_folded(short), set()).add(("publisher", publisher))
        for author in self.authors:
            found.setdefault(_folded(author.rpartition(" ")[2]), set()).add(("author", author))
        return found

    def named(self, text: str, *, short: bool = False) -> tuple[str, str] | None:
        """("publisher" or "author", its name in the corpus) if *text* is one, however it is typed.

        With *short*, part of the name is enough if no other has it.

        >>> Sources(publishers=("usatoday.com", "The Week")).named("USA Today")
        ('publisher', 'usatoday.com')
        >>> Sources(authors=("Ines Haldane",)).named("haldane", short=True)
        ('author', 'Ines Haldane')
        """
        parts = self._short_names.get(_folded(text), set()) if short else set()
        return self._full_names.get(_folded(text)) or (next(iter(parts)) if len(parts) == 1 else None)

    @cached_property
    def longest(self) -> int:
        """The number of words of the longest name."""
        return max((len(name.split()) for name in (*self.publishers, *self.authors)), default=1) + 1


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


def catalogue_request(question: str, sources: Sources, as_of: date) -> CatalogueRequest | None:
    """The request for facts of the catalogue that a question makes; None for any other question.

    >>> catalogue_request("which articles mention Ant Group?", Sources(), date(2024, 1, 1)).subject
    'Ant Group'
    >>> catalogue_request("Who stopped Ant Group?", Sources(), date(2024, 1, 1)) is None
    True
    """
    first, *others = _SENTENCE_END.split(without_opening(question))
    if len(question) > MAX_QUESTION_LENGTH or not all(map(_ONLY_DETAILS.fullmatch, others)):
        return None
    text = _without_details(_CONNECTIVE.sub("", first.replace("’", "'")))
    text, tags = _without_tag(text, sources.tags)
    plain, named = _without_names(text, sources)
    days = _days(plain, as_of)
    for phrase, _ in days:
        text, plain = (asked.replace(phrase, "", 1).strip() for asked in (text, plain))
    window = days[0][1] if days else None
    for fact, mention, slots in (*_matches(plain), *(_matches(text) if named else ())):
        name = slots.get("by") or slots.get("author")
        by = sources.named(name, short=True) if name else None
        if name and (by is None or ("author" in slots and by[0] != "author")):
            continue
        subject = _ARTICLE.sub("", f"{slots.get('x') or ''} ").strip(" ,.;:?!\"“”'")
        if subject.startswith("there "):
            continue
        refers = bool(_REFERENCE.fullmatch(subject))
        names = (*named, *([by] if by else ()))
        return CatalogueRequest(
            "list" if fact == "newest" and _PLURAL.search(plain) else fact,
            "" if refers else subject,
            mention,
            publishers=tuple(dict.fromkeys(name for kind, name in names if kind == "publisher")),
            authors=tuple(dict.fromkeys(name for kind, name in names if kind == "author")),
            tags=tags,
            window=window,
            names_articles=bool(names or tags or _NAMES_ARTICLES.search(question)),
            of_answer=refers or (fact in ("author", "date") and not (subject or names or tags or window)),
        )
    return None


def _matches(text: str) -> Iterator[tuple[CatalogueFact, bool, dict[str, str]]]:
    for fact, mention, phrases in _phrases():
        for phrase in phrases:
            if match := phrase.match(text):
                yield fact, mention, match.groupdict()


@lru_cache(maxsize=1)
def _phrases() -> Sequence[tuple[CatalogueFact, bool, Sequence[Phrase]]]:
    return [
        (fact, mention, [Phrase(phrase, GROUPS) for phrase in phrases])  # type: ignore[misc]
        for fact, mention, phrases in CATALOGUE_PHRASES
    ]


def _without_details(question: str) -> str:
    """The question without ", and who wrote them" at its end."""
    match = re.search(r",?\s+and\s+(?=(?:wh|how|from|by)\w*\b)", question)
    return question[: match.start()] if match and _ONLY_DETAILS.fullmatch(question, match.end()) else question


def _days(question: str, as_of: date) -> list[tuple[str, DateWindow]]:
    """The days that a question names, with their phrases ("in May 2022"); a day before a noun ("the 2022
    election") is part of the subject."""
    found = []
    for window in date_windows(question, as_of):
        match = re.search(rf"{_DATE_PREPOSITION}{re.escape(window.text)}{_AFTER_DATE}", question)
        if match and window.text and window.kind in ("soft", "hard"):
            found.append((match[0], window))
    return found


def _without_tag(question: str, tags: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The question without "tagged TAG", and the tag: a known one, or the last word of the question.

    >>> _without_tag("which notes about ferries are tagged #harbour?", ("Harbour", "news"))
    ('which notes about ferries ?', ('Harbour',))
    """
    match = _TAGGED.search(question)
    if not match:
        return question, ()
    known = {folded_tag(tag): tag for tag in tags}
    words = list(re.finditer(rf"[^\s,?!{_QUOTES}]+", question[match.end() :]))
    ends = [word.end() for word in words[: 1 + max((tag.count(" ") for tag in known), default=0)]]
    for end in map(match.end().__add__, reversed(ends)):
        typed = folded_tag(question[match.end() : end].strip(_QUOTES + "."))
        if typed in known or len(words) == 1:
            rest = question[end:].lstrip(_QUOTES)
            return question[: match.start()] + rest, (known.get(typed, typed),)
    return question, ()


def _without_names(question: str, sources: Sources) -> tuple[str, list[tuple[str, str]]]:
    """The question without "from PUBLISHER" and "by AUTHOR" at its end or before the subject, and these."""
    found: list[tuple[str, str]] = []
    for preposition in reversed(list(re.finditer(_BY, question, re.I))):
        words = list(re.finditer(r"[^\s,?!]+", question[preposition.end() :]))[: sources.longest]
        for count in range(len(words), 0, -1):
            end = preposition.end() + words[count - 1].end()
            text = question[preposition.end() : end]
            if named := sources.named(text.rstrip("."), short=preposition["by"].lower() in ("by", "from")):
                found.insert(0, named)
                question = (question[: preposition.start()] + question[end:]).strip()
                break
    return question, found


def _folded(name: str) -> str:
    """A name in lower case without "the", spaces and punctuation."""
    return re.sub(r"[\W_]+", "", name.casefold()).removeprefix("the")


def names_of(authors: Iterable[str]) -> Iterator[str]:
    """The people in the author fields of articles: "A and B" are two."""
    for author in authors:
        yield author
        yield from (part.strip() for part in re.split(r",| and | & |;", author) if len(part.split()) > 1)
