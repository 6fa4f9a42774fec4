"""Reads one file for the index: its articles, its state, and the reason if it failed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retrieval.errors import ReadError
from retrieval.index.file_state import FileState, ReadFailure, content_hash
from retrieval.reading.prompt_injection import find_prompt_injection

if TYPE_CHECKING:
    from retrieval.article import Article
    from retrieval.reading.corpus import Corpus, SourceFile

_UNKNOWN_TIME = -1  # matches no file: the file is compared or read again at the next sync


@dataclass(frozen=True, slots=True)
class FileReading:
    """The articles of a file, with unique ids within the file; none if it cannot be read at all."""

    state: FileState
    articles: tuple[Article, ...]


def read_file(corpus: Corpus, source: SourceFile) -> FileReading:
    """Read a file. Errors are recorded as its ``reason``; they never stop the sync."""
    now, content = time.time_ns(), content_hash(source.absolute)
    reason = None
    articles: Sequence[Article] = ()
    try:
        articles = corpus.read(source)
    except ReadError as error:
        articles, reason = error.articles, str(error)
    except Exception as error:  # parser libraries raise anything
        reason = f"The file cannot be read: {error or type(error).__name__}."
    valid = tuple(article for article in articles if _is_unicode(article))
    if len(valid) < len(articles):
        reason = reason or "The file contains characters that are not Unicode."
    valid = _with_unique_ids(valid)
    mtime_ns = _UNKNOWN_TIME if _is_within_time_grain(source.mtime_ns, now) else source.mtime_ns
    ctime_ns = _UNKNOWN_TIME if _is_within_time_grain(source.ctime_ns, now) else source.ctime_ns
    omitted = tuple(dict.fromkeys(part for article in valid for part in article.omitted))
    state = FileState(
        source.path,
        source.size,
        mtime_ns,
        _digest(valid, reason),
        reason,
        omitted,
        source.inode,
        ctime_ns,
        content,
    )
    return FileReading(state, valid)


def flag_articles(reading: FileReading) -> Iterator[ReadFailure]:
    """The articles that address a language model, each with what was found in it."""
    for article in reading.articles:
        finding = find_prompt_injection(article)
        if finding is not None:
            yield ReadFailure(article.info.id, finding)


def _is_within_time_grain(mtime_ns: int, now_ns: int) -> bool:
    """True if the file could change right after reading without a new time.

    Most file systems store times to a few milliseconds, some only to two seconds.
    """
    grain = 20_000_000 if mtime_ns % 1_000_000_000 else 2_000_000_000
    return now_ns - mtime_ns < grain


def _is_unicode(article: Article) -> bool:
    """True if the article has no lone surrogates, which neither SQLite nor Chroma can store."""
    try:
        (article.text + repr(article.info)).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _with_unique_ids(articles: tuple[Article, ...]) -> tuple[Article, ...]:
    """The articles with unique ids within the file: "x", "x#2" and so on."""
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
