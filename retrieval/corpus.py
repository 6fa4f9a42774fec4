"""The folders and files that hold the articles: what is there now, and each file as Articles."""

from __future__ import annotations

import os
import re
import stat
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.article import Article, ArticleInfo
from retrieval.document import to_article
from retrieval.dumps import BadRow, Row, read_row_at, read_rows, scan_rows
from retrieval.errors import CorpusError, ReadError
from retrieval.readers import DUMPS, kind_of, read_document

LARGEST = 64 * 2**20  # bytes of a file that is read whole; dumps are read row by row and may be larger
_NOT_ARTICLES = frozenset({"questions.jsonl"})
_TEMPORARY = re.compile(
    r"~\$.*|.*~|#.*#|.*\.(?:tmp|temp|swp|swo|swx|part|partial|crdownload|download|bak|lock)|\d{4,5}", re.I
)
_DUMPS_REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that may hold articles. ``path`` is relative to its corpus folder, with "/"; ``size`` in bytes.

    For a corpus that is one file it is the file's name; with several corpora the folder's name comes first.
    """

    path: str
    absolute: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What a corpus holds now: files to read, by path, and the paths of files of no known kind."""

    files: tuple[SourceFile, ...]
    unknown: tuple[str, ...] = ()


class Corpus:
    """Reads articles from folders (with all below them) and single files; changes nothing there."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self.roots = tuple(Path(os.path.abspath(root)) for root in roots)  # noqa: PTH100 (keeps symlinks)
        self._prefixes = _prefixes(self.roots)
        self._dumps: OrderedDict[tuple[str, int, int], dict[str, Row]] = OrderedDict()

    def scan(self) -> Scan:
        """All files that may hold articles. Raises CorpusError when a folder is missing or not readable."""
        files: list[SourceFile] = []
        unknown: list[str] = []
        for root, prefix in zip(self.roots, self._prefixes, strict=True):
            for path, absolute, status in _walk(root, prefix):
                if kind_of(path) is None:
                    unknown.append(path)
                else:
                    files.append(SourceFile(path, absolute, status.st_size, status.st_mtime_ns))
        return Scan(tuple(sorted(files, key=lambda file: file.path)), tuple(sorted(unknown)))

    def read(self, source: SourceFile) -> list[Article]:
        """The articles of a file. Raises ReadError with one clear sentence; its ``articles`` are those
        that could be read all the same (the whole rows of a dump that has broken ones)."""
        try:
            if kind_of(source.path) in DUMPS:
                return self._read_dump(source)
            return [_read_file(source)]
        except OSError as error:
            raise ReadError(_why(error)) from error

    def find(self, article: ArticleInfo) -> Article | None:
        """The article as it is on disk now; None when its file or row is gone or cannot be read."""
        absolute = self.locate(article.path)
        try:
            status = absolute.stat() if absolute else None
            if absolute is None or status is None or not stat.S_ISREG(status.st_mode):
                return None
            source = SourceFile(article.path, absolute, status.st_size, status.st_mtime_ns)
            if kind_of(article.path) in DUMPS:
                return self._find_row(source, article.id)
            found = _read_file(source)
        except (OSError, ReadError):
            return None
        return found

    def locate(self, path: str) -> Path | None:
        """Where the file of a relative path is; None for a path that is not within the corpus."""
        if "\0" in path or ".." in path.split("/"):
            return None
        for root, prefix in zip(self.roots, self._prefixes, strict=True):
            if root.is_file():
                if path == prefix + root.name:
                    return root
            elif path.startswith(prefix) and (candidate := root / path[len(prefix) :]).is_file():
                return candidate
        return None

    def _read_dump(self, source: SourceFile) -> list[Article]:
        articles: list[Article] = []
        bad: list[BadRow] = []
        ids = _Ids()
        for found in read_rows(source.absolute):
            if isinstance(found, BadRow):
                bad.append(found)
                continue
            row, document = found
            articles.append(to_article(document, ids.add(row, source.path), source.path))
        self._remember(source, ids.rows)
        if bad:
            raise ReadError(_bad_rows(bad, len(articles)), articles=tuple(articles))
        if not articles:
            raise ReadError("There is no article in this file.")
        return articles

    def _find_row(self, source: SourceFile, id: str) -> Article | None:
        key = (str(source.absolute), source.size, source.mtime_ns)
        if key not in self._dumps:
            ids = _Ids()
            for row in scan_rows(source.absolute):
                ids.add(row, source.path)
            self._remember(source, ids.rows)
        row_of_id = self._dumps[key].get(id)
        found = read_row_at(source.absolute, row_of_id) if row_of_id else None
        if row_of_id and found is None:  # its place says otherwise than its file: read all
            return next((each for each in self._rows_read(source) if each.info.id == id), None)
        return to_article(found, id, source.path) if found else None

    def _rows_read(self, source: SourceFile) -> list[Article]:
        try:
            return self._read_dump(source)
        except ReadError as error:
            return list(error.articles)

    def _remember(self, source: SourceFile, places: dict[str, Row]) -> None:
        self._dumps[str(source.absolute), source.size, source.mtime_ns] = places
        while len(self._dumps) > _DUMPS_REMEMBERED:
            self._dumps.popitem(last=False)


def _read_file(source: SourceFile) -> Article:
    kind = kind_of(source.path)
    if kind is None:
        raise ReadError("This kind of file is not known.")
    if source.size > LARGEST:
        raise ReadError(
            f"The file is too large: {source.size / 2**20:.0f} MB, of {LARGEST // 2**20} MB at most."
        )
    with source.absolute.open("rb") as file:
        data = file.read(LARGEST + 1)
    if not data.strip():
        raise ReadError("The file is empty.")
    return to_article(read_document(kind, data[:LARGEST]), source.path, source.path)


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "The file is no longer there."
    if isinstance(error, PermissionError):
        return "The file may not be read: permission denied."
    return f"The file cannot be read: {error.strerror or 'input/output error'}."


def _bad_rows(bad: Sequence[BadRow], good: int) -> str:
    first = bad[0]
    rows = "1 row" if len(bad) == 1 else f"{len(bad):,} rows"
    verb = "is" if len(bad) == 1 else "are"
    left = f"; {good:,} others were read" if good else ""
    return f"{rows} {verb} left out, first line {first.line}: {first.reason}{left}."


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


def _prefixes(roots: Sequence[Path]) -> tuple[str, ...]:
    """What comes before the paths of each root: nothing for one, else its folder's name, made unique."""
    if len(roots) <= 1:
        return ("",) * len(roots)
    folders: dict[str, Path] = {}
    prefixes = []
    for root in roots:
        folder = root.parent if root.is_file() else root
        name, number = folder.name or "root", 1
        while (
            folders.setdefault(prefix := f"{name}/" if number == 1 else f"{name}-{number}/", folder) != folder
        ):
            number += 1
        prefixes.append(prefix)
    return tuple(prefixes)


def _walk(root: Path, prefix: str) -> Iterator[tuple[str, Path, os.stat_result]]:
    """(path, absolute, status) of each file below *root* that is neither hidden nor temporary."""
    try:
        status = root.stat()
    except FileNotFoundError:
        raise CorpusError(f"There is no folder or file {root}.") from None
    except OSError as error:
        raise CorpusError(f"{root} cannot be read: {error.strerror}.") from error
    if stat.S_ISREG(status.st_mode):
        if kind_of(root.name) is None:
            raise CorpusError(f"{root.name} is of no kind that holds articles.")
        yield prefix + root.name, root, status
        return
    seen = {(status.st_dev, status.st_ino)}
    folders = [(str(root), prefix)]
    while folders:
        folder, before = folders.pop()
        for entry in _entries(folder):
            try:
                if entry.is_dir():
                    status = entry.stat()
                    if (key := (status.st_dev, status.st_ino)) not in seen:  # a link may lead back up
                        seen.add(key)
                        folders.append((entry.path, f"{before}{entry.name}/"))
                elif entry.is_file():
                    yield before + entry.name, Path(entry.path), entry.stat()
            except OSError:
                continue  # it vanished, or is a link to nowhere


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What a folder holds, without what is hidden, temporary, or the parts of a saved page."""
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if not _is_skipped(entry.name)]
    except FileNotFoundError:
        return []  # a subfolder that vanished during the scan
    except OSError as error:
        raise CorpusError(f"The folder {folder} cannot be read: {error.strerror}.") from error
    pages = {entry.name.rpartition(".")[0] for entry in entries if entry.name.endswith((".html", ".htm"))}
    parts = {f"{page}_files" for page in pages}
    return [entry for entry in entries if entry.name not in parts]


def _is_skipped(name: str) -> bool:
    return name.startswith(".") or name in _NOT_ARTICLES or bool(_TEMPORARY.fullmatch(name))
