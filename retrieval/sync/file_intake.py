"""One file read for the index: its articles, a note of how it was found, and why it failed if it did."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retrieval.errors import ReadError
from retrieval.index.file_state import FileState, ReadFailure
from retrieval.reading.prompt_injection import addresses_language_model

if TYPE_CHECKING:
    from retrieval.article import Article
    from retrieval.reading.corpus import Corpus, SourceFile

_NEVER = -1  # a time that no file has: the file is read again next time


@dataclass(frozen=True, slots=True)
class FileReading:
    """A file's articles, with ids that differ among them; none when it cannot be read at all."""

    note: FileState
    articles: tuple[Article, ...]


def read_files(corpus: Corpus, source: SourceFile) -> FileReading:
    """Read a file; whatever is wrong with it costs this file, never the sync."""
    now = time.time_ns()
    reason = None
    articles: Sequence[Article] = ()
    try:
        articles = corpus.read(source)
    except ReadError as error:
        articles, reason = error.articles, str(error)
    except Exception as error:  # a parser of some library gave up in its own way
        reason = f"The file cannot be read: {error or type(error).__name__}."
    whole = tuple(article for article in articles if _is_unicode(article))
    if len(whole) < len(articles):
        reason = reason or "The file holds characters that are not Unicode."
    whole = _with_own_ids(whole)
    mtime_ns = _NEVER if _may_change_unseen(source.mtime_ns, now) else source.mtime_ns
    return FileReading(FileState(source.path, source.size, mtime_ns, _digest(whole, reason), reason), whole)


def flagged(reading: FileReading) -> Iterator[ReadFailure]:
    """The articles that talk to a language model, and by which words."""
    for article in reading.articles:
        sign = addresses_language_model(article)
        if sign is not None:
            yield ReadFailure(article.info.id, sign)


def _may_change_unseen(mtime_ns: int, now_ns: int) -> bool:
    """Whether a change right after the reading could leave the time of the file as it is.

    Most file systems keep times to some milliseconds, some only to two seconds.
    """
    grain = 20_000_000 if mtime_ns % 1_000_000_000 else 2_000_000_000
    return now_ns - mtime_ns < grain


def _is_unicode(article: Article) -> bool:
    """Whether no half of a surrogate pair is in it, which neither SQLite nor Chroma can store."""
    try:
        (article.text + repr(article.info)).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _with_own_ids(articles: tuple[Article, ...]) -> tuple[Article, ...]:
    """The articles with ids made unique within the file: "x", "x#2" …."""
    taken: set[str] = set()
    unique = []
    for article in articles:
        own_id, number = article.info.id, 1
        while own_id in taken:
            number += 1
            own_id = f"{article.info.id}#{number}"
        taken.add(own_id)
        same = own_id == article.info.id
        unique.append(article if same else replace(article, info=replace(article.info, id=own_id), digest=""))
    return tuple(unique)


def _digest(articles: Sequence[Article], reason: str | None) -> str:
    parts = "\0".join((reason or "", *(article.digest for article in articles)))
    return hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()
