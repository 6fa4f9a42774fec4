"""Adds the article of a web page, or the articles of a feed, to a folder."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import ReadError, RetrievalError
from retrieval.reading.document.document import Document
from retrieval.reading.formats.feeds import feed_links
from retrieval.reading.formats.html import read_html, read_html_bytes
from retrieval.web.public_download import Download, DownloadFailed, download
from retrieval.web.saved_article import SaveFailed, article_path, save_article

_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_XML_TYPES = ("/xml", "+xml")
_MAX_ENTRIES = 200  # of a feed, the first ones
_TOO_MUCH = "the articles before it in the feed are too large."
_PARALLEL = 4  # downloads of a feed's entries


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a URL or file was not added. ``text`` is for the user of this machine; ``reason`` names no file."""

    source: str
    text: str
    reason: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Added:
    """What came of a request: the files saved, and a failure for each URL or file that was not."""

    paths: tuple[Path, ...] = ()
    failed: tuple[Failure, ...] = ()


async def add_url(
    url: str, folder: Path, *, allow_private: bool = False, max_bytes: int | None = None
) -> Added:
    """Save the article at *url*, or those of a feed. Existing files of the same URLs are replaced.

    After *max_bytes* of files, no more entries of a feed are downloaded.
    """
    try:
        found = await download(url, allow_private=allow_private)
        if is_feed(found):
            return await _add_entries(found, folder, allow_private=allow_private, max_bytes=max_bytes)
        return Added((await asyncio.to_thread(_save_page, found, url, folder),))
    except RetrievalError as error:
        return Added(failed=(failure(url, error),))


async def add_feed(url: str, folder: Path, *, allow_private: bool = False) -> Added:
    """Save the articles of a feed that are not in *folder* yet."""
    try:
        found = await download(url, allow_private=allow_private)
        return await _add_entries(found, folder, allow_private=allow_private)
    except RetrievalError as error:
        return Added(failed=(failure(url, error),))


def is_feed(found: Download) -> bool:
    """True for XML that is not a page."""
    start = found.data[:1_000].lstrip().lower()
    declared = found.media_type.endswith(_XML_TYPES) and found.media_type not in _PAGE_TYPES
    return (declared or start.startswith((b"<?xml", b"<rss", b"<feed"))) and b"<html" not in start


async def _add_entries(
    feed: Download, folder: Path, *, allow_private: bool, max_bytes: int | None = None
) -> Added:
    links = dict(feed_links(feed.data)[:_MAX_ENTRIES])
    new = {link: part for link, part in links.items() if not article_path(folder, link).exists()}
    limit, saved = asyncio.Semaphore(_PARALLEL), 0

    async def add(link: str, part: Document | None) -> Path | Failure:
        nonlocal saved
        async with limit:
            if max_bytes is not None and saved > max_bytes:
                return Failure(link, f"{link}: {_TOO_MUCH}", _TOO_MUCH)
            try:
                path = await _add_entry(link, part, folder, allow_private=allow_private)
            except RetrievalError as error:
                return failure(link, error)
            saved += await asyncio.to_thread(lambda: path.stat().st_size)
            return path

    results = await asyncio.gather(*(add(link, part) for link, part in new.items()))
    paths = [result for result in results if isinstance(result, Path)]
    failed = [result for result in results if isinstance(result, Failure)]
    return Added(tuple(paths), tuple(failed))


async def _add_entry(link: str, part: Document | None, folder: Path, *, allow_private: bool) -> Path:
    """Save the page of an entry, or if that fails *part*, its text in the feed. Raises RetrievalError."""
    try:
        found = await download(link, allow_private=allow_private)
        return await asyncio.to_thread(_save_page, found, link, folder)
    except RetrievalError:
        if part is None:
            raise
        return await asyncio.to_thread(save_article, part, link, folder)


def _save_page(found: Download, url: str, folder: Path) -> Path:
    """Save a page under the URL that was asked for. Raises ReadError, SaveFailed."""
    if found.media_type not in _PAGE_TYPES and not found.data[:1_000].lstrip().lower().startswith(
        (b"<!doctype html", b"<html")
    ):
        raise ReadError(
            f"It is a file of the type {found.media_type}, not a web page: download it, then add the file."
        )
    try:
        document = _page(found)
    except ReadError:
        raise
    except Exception as error:  # parser libraries raise anything
        raise ReadError(f"The page cannot be read: {error or type(error).__name__}.") from error
    return save_article(document, url, folder)


def _page(found: Download) -> Document:
    try:
        page = found.data.decode(found.charset) if found.charset else None
    except (LookupError, UnicodeDecodeError):
        page = None
    return read_html(page) if page is not None else read_html_bytes(found.data)


def failure(source: str, error: RetrievalError) -> Failure:
    """Why *source* was not added."""
    if isinstance(error, (DownloadFailed, SaveFailed)):
        return Failure(source, str(error), error.reason)
    return Failure(source, f"{source}: {error}", str(error))
