"""One file of a corpus as Articles, and one article of it found again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from retrieval.article import Article
from retrieval.errors import ReadError
from retrieval.reading.document.document import Document, to_article
from retrieval.reading.document.encoding import is_wide
from retrieval.reading.document.safe_open import open_file
from retrieval.reading.formats.json_lines import BadRow, Row, read_row_at, read_rows, scan_rows
from retrieval.reading.formats.registry import (
    COLLECTIONS,
    DUMP,
    LARGEST,
    kind_of,
    read_collection,
    read_document,
    unpacked,
)

_DUMPS_REMEMBERED = 8
_COLLECTIONS_REMEMBERED = 1  # they are in memory whole


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that may hold articles. ``path`` is relative to its corpus folder, with "/"; ``size`` in bytes.

    For a corpus that is one file it is the file's name; with several corpora the folder's name comes first.
    """

    path: str
    absolute: Path
    size: int
    mtime_ns: int


_Value = TypeVar("_Value")
_State = tuple[str, int, int]  # of a file: when it differs, the file may have changed


class FileReader:
    """Reads files; remembers where the rows of the last dumps are, so that one row is found fast."""

    def __init__(self) -> None:
        self._dumps: OrderedDict[_State, dict[str, Row]] = OrderedDict()
        self._collections: OrderedDict[_State, dict[str, Article]] = OrderedDict()

    def read(self, source: SourceFile) -> list[Article]:
        """The articles of a file. Raises ReadError with one clear sentence; its ``articles`` are those
        that could be read all the same (the whole rows of a dump that has broken ones)."""
        try:
            return self._read(source)
        except OSError as error:
            raise ReadError(_why(error)) from error

    def find(self, source: SourceFile, id: str) -> Article | None:
        """The article with this id as it is in the file now, None when gone. Raises ReadError, OSError."""
        kind = kind_of(source.path)
        if kind == DUMP and _has_places(source):
            return self._find_row(source, id)
        if kind == DUMP or kind in COLLECTIONS:
            state = _state(source)
            articles = self._collections.get(state)
            if articles is None:
                articles = {article.info.id: article for article in self._readable(source)}
                _remember(self._collections, state, articles, _COLLECTIONS_REMEMBERED)
            return articles.get(id)
        return _one(source)

    def _read(self, source: SourceFile) -> list[Article]:
        kind = kind_of(source.path)
        if kind == DUMP and _has_places(source):
            return self._read_dump(source)
        if kind is not None and (kind == DUMP or kind in COLLECTIONS):
            ids = _Ids()
            return _whole(_articles(read_collection(kind, _content(source)), source, ids))
        return [_one(source)]

    def _readable(self, source: SourceFile) -> list[Article]:
        try:
            return self._read(source)
        except ReadError as error:
            return list(error.articles)

    def _read_dump(self, source: SourceFile) -> list[Article]:
        ids = _Ids()
        found = _articles(read_rows(source.absolute), source, ids)
        _remember(self._dumps, _state(source), ids.rows, _DUMPS_REMEMBERED)
        return _whole(found)

    def _find_row(self, source: SourceFile, id: str) -> Article | None:
        state = _state(source)
        rows = self._dumps.get(state)
        if rows is None:
            ids = _Ids()
            for row in scan_rows(source.absolute):
                ids.add(row, source.path)
            rows = ids.rows
            _remember(self._dumps, state, rows, _DUMPS_REMEMBERED)
        row_of_id = rows.get(id)
        if row_of_id is None:
            return None
        document = read_row_at(source.absolute, row_of_id)
        if document is None:  # its place says otherwise than its file: read all
            return next((each for each in self._readable(source) if each.info.id == id), None)
        return to_article(document, id, source.path)


@dataclass(frozen=True, slots=True)
class _Found:
    articles: list[Article]
    bad: list[BadRow]


def _articles(rows: Iterable[tuple[Row, Document] | BadRow], source: SourceFile, ids: _Ids) -> _Found:
    found = _Found([], [])
    for each in rows:
        if isinstance(each, BadRow):
            found.bad.append(each)
        else:
            row, document = each
            found.articles.append(to_article(document, ids.add(row, source.path), source.path))
    return found


def _whole(found: _Found) -> list[Article]:
    if found.bad:
        raise ReadError(_bad_rows(found.bad, len(found.articles)), articles=tuple(found.articles))
    if not found.articles:
        raise ReadError("There is no article in this file.")
    return found.articles


def _one(source: SourceFile) -> Article:
    kind = kind_of(source.path)
    if kind is None:
        raise ReadError("This kind of file is not known.")
    return to_article(read_document(kind, _content(source)), source.path, source.path)


def _content(source: SourceFile) -> bytes:
    """The bytes of a file, unpacked; never more than LARGEST."""
    if source.size > LARGEST:
        size, most = source.size / 2**20, LARGEST // 2**20
        raise ReadError(f"The file is too large: {size:.0f} MB, of {most} MB at most.")
    with open_file(source.absolute) as file:
        data = file.read(LARGEST) or b""  # None when it would have to be waited for
    if source.path.lower().endswith(".gz"):
        data = unpacked(data)
    if not data.strip():
        raise ReadError("The file is empty.")
    return data


def _has_places(source: SourceFile) -> bool:
    """Whether rows can be read alone: not when they are packed, or two bytes make a character."""
    if source.path.lower().endswith(".gz"):
        return False
    with open_file(source.absolute) as file:
        return not is_wide(file.read(4096) or b"")


def _state(source: SourceFile) -> _State:
    return str(source.absolute), source.size, source.mtime_ns


def _remember(kept: OrderedDict[_State, _Value], state: _State, value: _Value, most: int) -> None:
    kept[state] = value
    while len(kept) > most:
        kept.popitem(last=False)


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "The file is no longer there."
    if isinstance(error, PermissionError):
        return "The file may not be read: permission denied."
    return f"The file cannot be read: {error.strerror or 'input/output error'}."


def _bad_rows(bad: Sequence[BadRow], good: int) -> str:
    rows = "1 row" if len(bad) == 1 else f"{len(bad):,} rows"
    verb = "is" if len(bad) == 1 else "are"
    left = "" if good == 0 else "; 1 other was read" if good == 1 else f"; {good:,} others were read"
    return f"{rows} {verb} left out, first {bad[0].place}: {bad[0].reason}{left}."


class _Ids:
    """Gives each row of a file an id of its own: "x", then "x#2", "x#3" for rows that say "x" again."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self._times: dict[str, int] = {}

    def add(self, row: Row, path: str) -> str:
        wanted = row.id or f"{path}#{row.line}"
        free = wanted
        while free in self.rows:
            self._times[wanted] = self._times.get(wanted, 1) + 1
            free = f"{wanted}#{self._times[wanted]}"
        self.rows[free] = row
        return free
