"""An article as read from its file: its text, to which citations refer, and its metadata.

Offsets everywhere count characters (Unicode code points) of ``Article.text``.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """An article's metadata, without its text; None for what is unknown.

    ``published`` and ``updated`` are ISO 8601 with the precision of the source: "2021-03-18" or
    "2021-03-18T18:57:00+05:30". ``path`` is relative to the corpus folder and uses "/".
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
    tags: tuple[str, ...] = field(default=(), repr=False)  # see `retrieval.tags`

    @property
    def date(self) -> str | None:
        """The day of publication ("2021-03-18"), or of the last update; None when both are unknown."""
        stamp = self.published or self.updated
        return stamp[:10] if stamp else None

    @property
    def day(self) -> datetime.date | None:
        """``date`` as a date object; None when it is unknown or invalid."""
        return _day(self.date)

    @property
    def updated_day(self) -> datetime.date | None:
        """The day of the last update; None when it is unknown or invalid."""
        return _day(self.updated)


def _day(stamp: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(stamp[:10]) if stamp else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A span of text that is not indexed: ``text[start:end]``, its 1-based ``line``, and the reason."""

    line: int
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A section heading: ``text[start:end]`` is its words, without markup such as "##"."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """One document of the corpus. ``dropped`` and ``headings`` are in text order.

    ``omitted`` are parts of its file that are not in the text, such as pages that are images.
    """

    info: ArticleInfo
    text: str
    headings: tuple[Heading, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    omitted: tuple[str, ...] = ()
    digest: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not self.digest:
            object.__setattr__(self, "digest", content_digest(self))

    @property
    def body(self) -> str:
        """The indexed text: without dropped spans and blank lines."""
        kept, offset = [], 0
        for drop in self.dropped:
            kept.append(self.text[offset : drop.start])
            offset = drop.end
        kept.append(self.text[offset:])
        lines = (line.rstrip() for line in "".join(kept).splitlines())
        return "\n".join(line for line in lines if line.strip())


def content_digest(article: Article) -> str:
    """SHA-256 of everything that determines an article's passages and how they are shown."""
    sha = hashlib.sha256()
    info = article.info
    for part in (repr(info), article.text, repr(article.headings), repr(article.dropped), *info.tags):
        sha.update(part.encode("utf-8", "surrogatepass"))
        sha.update(b"\0")
    return sha.hexdigest()
