"""Reads one file of a corpus as Articles, and finds a single article in it by id."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from retrieval.article import Article
from retrieval.errors import ReadError
from retrieval.reading.document.document import to_article
from retrieval.reading.document.safe_open import open_file
from retrieval.reading.formats.json_lines import BadRow, Row, scan_rows
from retrieval.reading.formats.registry import (
    COLLECTIONS,
    DUMP,
    MAX_FILE_BYTES,
    STREAMS,
    WITH_ROW_ACCESS,
    Results,
    decompress,
    kind_of,
    read_collection,
    read_document,
    read_row,
    read_stream,
)

_MAX_CACHED_DUMPS = 8
_BLANK_BYTES = 65_536  # a stream that starts with this much white space is empty
_MAX_CACHED_COLLECTIONS = 1  # a collection is cached with all its articles


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that can contain articles; ``size`` is in bytes.

    ``path`` is relative to its corpus folder and uses "/". It is the file's name if the corpus is a single
    file. With several corpora it is prefixed with the folder's name. ``inode`` and ``ctime_ns`` also change
    when a program restores the modification time.
    """

    path: str
    absolute: Path
    size: int
    mtime_ns: int
    inode: int = 0
    ctime_ns: int = 0

    @classmethod
    def of(cls, path: str, absolute: Path, status: os.stat_result) -> SourceFile:
        """A file with its status."""
        return cls(path, absolute, status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns)


_Value = TypeVar("_Value")
_FileVersion = tuple[str, int, int, int, int]  # path, size, mtime, inode, ctime


class FileReader:
    """Reads files; caches the row offsets of recent dumps, so that a single row is found fast."""

    def __init__(self) -> None:
        self._row_cache: OrderedDict[_FileVersion, dict[str, Row]] = OrderedDict()
        self._article_cache: OrderedDict[_FileVersion, dict[str, Article]] = OrderedDict()

    def read(self, source: SourceFile) -> list[Article]:
        """The articles of a file. Raises ReadError; its ``articles`` are those that could be read (the valid
        rows of a dump)."""
        try:
            return self._read(source)
        except OSError as error:
            raise ReadError(_describe_os_error(error)) from error

    def find(self, source: SourceFile, id: str) -> Article | None:
        """The article with this id as it is in the file now, or None. Raises ReadError, OSError."""
        kind = _require_kind(source)
        if kind not in COLLECTIONS:
            return next(iter(self._read(source)))
        if kind in WITH_ROW_ACCESS and not _is_compressed(source):
            row = self._rows(source).get(id)
            if row is None:
                return None
            if row.length and (article := _read_row(source, kind, row, id)) is not None:
                return article
        version = _file_version(source)
        articles = self._article_cache.get(version)
        if articles is None:
            articles = {article.info.id: article for article in self._read_valid(source)}
            _cache(self._article_cache, version, articles, _MAX_CACHED_COLLECTIONS)
        return articles.get(id)

    def _read(self, source: SourceFile) -> list[Article]:
        ids = _RowIds()
        articles = _require_articles(_articles(_results(source), source, ids))
        if _require_kind(source) in WITH_ROW_ACCESS and not _is_compressed(source):
            _cache(self._row_cache, _file_version(source), ids.rows, _MAX_CACHED_DUMPS)
        return articles

    def _read_valid(self, source: SourceFile) -> list[Article]:
        try:
            return self._read(source)
        except ReadError as error:
            return list(error.articles)

    def _rows(self, source: SourceFile) -> dict[str, Row]:
        version = _file_version(source)
        rows = self._row_cache.get(version)
        if rows is None:
            ids = _RowIds()
            for scanned in _scan(source):
                ids.add(scanned, source.path)
            rows = ids.rows
            _cache(self._row_cache, version, rows, _MAX_CACHED_DUMPS)
        return rows


def _results(source: SourceFile) -> Results:
    """The documents of a file, one at a time if its format allows it."""
    kind = _require_kind(source)
    if kind in STREAMS and not _is_compressed(source):
        with open_file(source.absolute) as file:
            if not (file.read(_BLANK_BYTES) or b"").strip():
                raise ReadError("The file is empty.")
            file.seek(0)
            yield from read_stream(kind, file)
    elif kind in COLLECTIONS:
        yield from read_collection(kind, _read_bytes(source))
    else:
        yield Row(None, 0), read_document(kind, _read_bytes(source))


def _scan(source: SourceFile) -> Iterator[Row]:
    if _require_kind(source) == DUMP:
        with open_file(source.absolute) as file:
            yield from scan_rows(file)
        return
    for result in _results(source):
        if not isinstance(result, BadRow):
            yield result[0]


def _read_row(source: SourceFile, kind: str, row: Row, id: str) -> Article | None:
    with open_file(source.absolute) as file:
        file.seek(row.offset)
        return read_row(kind, file.read(row.length), row, id, source.path)


@dataclass(slots=True)
class _RowResults:
    articles: list[Article]
    first_bad: BadRow | None = None
    bad_count: int = 0


def _articles(rows: Results, source: SourceFile, ids: _RowIds) -> _RowResults:
    results = _RowResults([])
    for result in rows:
        if isinstance(result, BadRow):
            results.first_bad = results.first_bad or result
            results.bad_count += 1
        else:
            row, document = result
            results.articles.append(to_article(document, ids.add(row, source.path), source.path))
    return results


def _require_articles(results: _RowResults) -> list[Article]:
    if results.first_bad:
        raise ReadError(_describe_bad_rows(results.first_bad, results), articles=tuple(results.articles))
    if not results.articles:
        raise ReadError("The file contains no articles.")
    return results.articles


def _require_kind(source: SourceFile) -> str:
    kind = kind_of(source.path)
    if kind is None:
        raise ReadError("Unknown file format.")
    return kind


def _is_compressed(source: SourceFile) -> bool:
    return source.path.lower().endswith(".gz")


def _read_bytes(source: SourceFile) -> bytes:
    """The decompressed contents of a file, at most MAX_FILE_BYTES."""
    if source.size > MAX_FILE_BYTES:
        size, limit = source.size / 2**20, MAX_FILE_BYTES // 2**20
        raise ReadError(f"The file is too large: {size:.0f} MB; the limit is {limit} MB.")
    with open_file(source.absolute) as file:
        data = file.read(MAX_FILE_BYTES) or b""  # None if a read would block
    if _is_compressed(source):
        data = decompress(data)
    if not data.strip():
        raise ReadError("The file is empty.")
    return data


def _file_version(source: SourceFile) -> _FileVersion:
    return str(source.absolute), source.size, source.mtime_ns, source.inode, source.ctime_ns


def _cache(
    cache: OrderedDict[_FileVersion, _Value], version: _FileVersion, value: _Value, max_size: int
) -> None:
    cache[version] = value
    while len(cache) > max_size:
        cache.popitem(last=False)


def _describe_os_error(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "The file no longer exists."
    if isinstance(error, PermissionError):
        return "The file cannot be read: permission denied."
    return f"The file cannot be read: {error.strerror or 'input/output error'}."


def _describe_bad_rows(first: BadRow, results: _RowResults) -> str:
    """ "Skipped 2 rows, first line 4: it is not valid JSON; 3 others were read."."""
    unit = first.location.partition(" ")[0].replace("line", "row")
    bad, good = results.bad_count, len(results.articles)
    rows = f"1 {unit}" if bad == 1 else f"{bad:,} {unit}s".replace("entrys", "entries")
    rest = "" if good == 0 else "; 1 other was read" if good == 1 else f"; {good:,} others were read"
    return f"Skipped {rows}, first {first.location}: {first.reason}{rest}."


class _RowIds:
    """Gives each row of a file a unique id: "x", then "x#2", "x#3" for further rows with the id "x"."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self._counts: dict[str, int] = {}

    def add(self, row: Row, path: str) -> str:
        file = f"{path}/{row.member}" if row.member else path
        base = row.id or (f"{file}#{row.line}" if row.line else file)
        unique = base
        while unique in self.rows:
            self._counts[base] = self._counts.get(base, 1) + 1
            unique = f"{base}#{self._counts[base]}"
        self.rows[unique] = row
        return unique
