"""The files below folders, without what is hidden, temporary or part of a saved page."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from retrieval.errors import CorpusError
from retrieval.reading.document.safe_open import printable
from retrieval.reading.formats.registry import kind_of

_OF_AN_INDEX = {"CURRENT", "generations"}  # what the folder of an index holds, whoever's it is
_NOT_ARTICLES = frozenset({"questions.jsonl"})
_TEMPORARY = re.compile(
    r"~\$.*|.*~|#.*#|.*\.(?:tmp|temp|swp|swo|swx|part|partial|crdownload|download|bak|lock)|\d{4,5}",
    re.IGNORECASE,
)


def walk(root: Path, prefix: str) -> Iterator[tuple[str, Path, os.stat_result]]:
    """(path, absolute, status) of each file below *root* that is neither hidden nor temporary; also of
    folders below it that may not be read, whose paths end with "/"."""
    status = _status(root)
    if stat.S_ISREG(status.st_mode):
        if kind_of(root.name) is None:
            raise CorpusError(f"{root.name} is of no kind that holds articles.")
        yield prefix + printable(root.name), root, status
        return
    seen = {(status.st_dev, status.st_ino)}
    folders = [(str(root), prefix)]
    while folders:
        folder, before = folders.pop()
        try:
            entries = _entries(folder)
        except OSError as error:
            if before == prefix:
                raise CorpusError(f"The folder {folder} cannot be read: {error.strerror}.") from error
            yield before, Path(folder), status
            continue
        for entry in entries:
            try:
                if entry.is_dir():
                    status = entry.stat()
                    if (key := (status.st_dev, status.st_ino)) not in seen:  # a link may lead back up
                        seen.add(key)
                        folders.append((entry.path, f"{before}{printable(entry.name)}/"))
                elif entry.is_file():
                    yield before + printable(entry.name), Path(entry.path), entry.stat()
            except OSError:
                continue  # it vanished, or is a link to nowhere


def _status(root: Path) -> os.stat_result:
    try:
        return root.stat()
    except FileNotFoundError:
        raise CorpusError(f"There is no folder or file {root}.") from None
    except OSError as error:
        raise CorpusError(f"{root} cannot be read: {error.strerror}.") from error


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What a folder holds, without what is hidden, temporary, or the parts of a saved page; OSError."""
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if not _is_skipped(entry.name)]
    except FileNotFoundError:
        return []  # a subfolder that vanished during the scan
    if {entry.name for entry in entries} >= _OF_AN_INDEX:
        return []
    pages = {entry.name.rpartition(".")[0] for entry in entries if entry.name.endswith((".html", ".htm"))}
    parts = {f"{page}_files" for page in pages}
    return [entry for entry in entries if entry.name not in parts]


def _is_skipped(name: str) -> bool:
    return name.startswith(".") or name in _NOT_ARTICLES or bool(_TEMPORARY.fullmatch(name))


def prefixes(roots: Sequence[Path]) -> tuple[str, ...]:
    """What comes before the paths of each root: nothing for one, else its folder's name, made unique."""
    if len(roots) <= 1:
        return ("",) * len(roots)
    folders: dict[str, Path] = {}
    found: list[str] = []
    for root in roots:
        folder = root.parent if root.is_file() else root
        name, number = printable(folder.name) or "root", 1
        while (
            folders.setdefault(prefix := f"{name}/" if number == 1 else f"{name}-{number}/", folder) != folder
        ):
            number += 1
        found.append(prefix)
    return tuple(found)
