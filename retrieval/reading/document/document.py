"""What a reader makes of one document, and how it becomes an Article."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import date

from retrieval.article import Article, ArticleInfo, Dropped, Heading
from retrieval.reading.metadata.language import language_of

READING_RULES = "reading-2"  # changed whenever the same file would give another text, fact or dropped line
_LONGEST_TITLE = 300
_FIRST_WORDS = 70  # characters of the text that name an article which has no other name


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document says about itself; what it does not say is None. Dates are ISO 8601."""

    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: str | None = None
    updated: str | None = None
    url: str | None = None
    language: str | None = None

    def over(self, other: Facts) -> Facts:
        """These facts, and those of *other* where these say nothing."""
        missing = {f.name: getattr(other, f.name) for f in fields(self) if getattr(self, f.name) is None}
        return replace(self, **missing)


@dataclass(frozen=True, slots=True)
class Document:
    """A text as read, never changed, with spans into it: what is a heading, what is not indexed."""

    text: str
    facts: Facts = Facts()
    headings: tuple[Heading, ...] = ()
    dropped: tuple[Dropped, ...] = ()


def to_article(document: Document, id: str, path: str) -> Article:
    """The article of a document; one without a title is named by its file, else by its first words."""
    facts = document.facts
    title = tidy(facts.title) or _name_of_file(path, id) or _first_words(document) or id
    return Article(
        info=ArticleInfo(
            id=id,
            path=path,
            title=title[:_LONGEST_TITLE],
            publisher=tidy(facts.publisher),
            author=_without_by(tidy(facts.author)),
            published=facts.published or _day_of_path(facts.url) or _day_of_file(path, id),
            updated=facts.updated,
            url=tidy(facts.url),
            language=_language_code(facts.language) or language_of(document.text),
        ),
        text=document.text,
        headings=document.headings,
        dropped=document.dropped,
    )


def tidy(value: str | None) -> str | None:
    """A fact on one line, without control characters; None when nothing is left of it."""
    if value is None:
        return None
    words = " ".join(
        re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", " ", value).split()
    )
    return words or None


def _without_by(name: str | None) -> str | None:
    return re.sub(r"^[Bb]y:?\s+(?=\S)", "", name) if name else None


def _day_of_path(path: str | None) -> str | None:
    """The day in a file's name or an address ("2021/03/18/ant.html", "2021-03-18-ant.txt"), if one is."""
    match = re.search(r"(?<!\d)((?:19|20)\d\d)([-_/]?)(\d\d)\2(\d\d)(?!\d)", path or "")
    try:
        return date(int(match[1]), int(match[3]), int(match[4])).isoformat() if match else None
    except ValueError:
        return None


def _day_of_file(path: str, id: str) -> str | None:
    """The day in the name of a file; a row of a dump has the dump's name, which says nothing about it."""
    return _day_of_path(path) if id == path else None


def _language_code(tag: str | None) -> str | None:
    """ "en-US" and "en_GB.UTF-8" -> "en"; None for what is no code."""
    code = re.match(r"[a-z]{2,3}(?![a-z])", (tag or "").strip().lower())
    return code[0] if code else None


def _name_of_file(path: str, id: str) -> str | None:
    """The words of a file's name ("2021-03-18-china-summons" -> "china summons"); two words at least.

    A row of a dump has the name of the dump, which is nothing about the row.
    """
    if id != path:
        return None
    stem = path.rpartition("/")[2].partition(".")[0]
    words = [word for word in re.split(r"[\W_]+", stem) if word and not any(map(str.isdigit, word))]
    return " ".join(words) if sum(len(word) > 2 for word in words) > 1 else None


def _first_words(document: Document) -> str | None:
    at = 0
    for drop in (*document.dropped, None):
        end = drop.start if drop else len(document.text)
        words = tidy(document.text[at : min(end, at + 2000)])
        if words and any(map(str.isalnum, words)):
            return words if len(words) <= _FIRST_WORDS else words[:_FIRST_WORDS].rsplit(" ", 1)[0] + " …"
        at = drop.end if drop else at
    return None
