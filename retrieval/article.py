"""An article as it was read: its text, which is never changed, and what is known about it.

Offsets everywhere count characters (Unicode code points) of ``Article.text``.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """What is known about an article, without its text; unknown stays None.

    ``published`` and ``updated`` are ISO 8601, as exact as the source: "2021-03-18" or
    "2021-03-18T18:57:00+05:30". ``path`` is relative to the corpus folder, with "/".
    """

    id: str
    path: str
    title: str
    publisher: str | None = None
    author: str | None = None
    published: str | None = None
    updated: str | None = None
    url: str | None = None
    language: str | None = None

    @property
    def date(self) -> str | None:
        """The day it was published ("2021-03-18"), else updated; None when neither is known."""
        stamp = self.published or self.updated
        return stamp[:10] if stamp else None

    @property
    def day(self) -> datetime.date | None:
        """The same day; None when it is no day of the calendar."""
        return _day(self.date)

    @property
    def updated_day(self) -> datetime.date | None:
        """The day of its last update; None when that is unknown."""
        return _day(self.updated)


def _day(stamp: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(stamp[:10]) if stamp else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A stretch of the text that is not indexed: ``text[start:end]``, on 1-based ``line``, and why."""

    line: int
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A section heading: ``text[start:end]`` is its words, without marks such as "##"."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """One document of the corpus. ``dropped`` and ``headings`` are in the order of the text."""

    info: ArticleInfo
    text: str
    headings: tuple[Heading, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    digest: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not self.digest:
            object.__setattr__(self, "digest", content_digest(self))

    @property
    def body(self) -> str:
        """The text that is indexed: clutter left out, lines kept as they are."""
        kept, at = [], 0
        for drop in self.dropped:
            kept.append(self.text[at : drop.start])
            at = drop.end
        kept.append(self.text[at:])
        lines = (line.rstrip() for line in "".join(kept).splitlines())
        return "\n".join(line for line in lines if line.strip())


def content_digest(article: Article) -> str:
    """SHA-256 of all that decides an article's passages and how they are shown."""
    sha = hashlib.sha256()
    for part in (repr(article.info), article.text, repr(article.headings), repr(article.dropped)):
        sha.update(part.encode("utf-8", "surrogatepass"))
        sha.update(b"\0")
    return sha.hexdigest()
