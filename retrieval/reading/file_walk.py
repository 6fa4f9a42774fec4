"""Walks folders; skips hidden, temporary and ignored files, saved-page assets and index folders."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from retrieval.errors import CorpusError
from retrieval.reading.document.safe_open import printable_name
from retrieval.reading.file_selection import FileSelection, IgnoreRules, is_ignored
from retrieval.reading.formats.registry import kind_of

_INDEX_FOLDER_ENTRIES = {"CURRENT", "generations"}  # a folder that contains both is an index
_IGNORED_NAMES = frozenset({"questions.jsonl"})
_TEMPORARY_NAME = re.compile(
    r"~\$.*|.*~|#.*#|.*\.(?:tmp|temp|swp|swo|swx|part|partial|crdownload|download|bak|lock)", re.IGNORECASE
)
_VIM_PROBE = re.compile(r"\d{4,5}")  # "4913": a file that vim creates to test if a folder is writable


LeftOutReason = Literal["unreadable", "temporary", "ignored", "outside"]


@dataclass(frozen=True, slots=True)
class WalkedFile:
    """A file below a root, or a subfolder that is left out, whose ``path`` ends with "/".

    ``left_out`` is the reason not to read it: temporary are drafts, backups and incomplete downloads of other
    programs, outside are links that leave the corpus.
    """

    path: str
    absolute: Path
    status: os.stat_result
    left_out: LeftOutReason | None = None


def walk(root: Path, prefix: str, selection: FileSelection) -> Iterator[WalkedFile]:
    """Each file below *root* that is not hidden, and each subfolder left out. Raises CorpusError."""
    status = _status(root)
    if stat.S_ISREG(status.st_mode):
        if kind_of(root.name) is None:
            raise CorpusError(f"{root.name} has an unsupported file format.")
        yield WalkedFile(prefix + printable_name(root.name), root, status)
        return
    seen = {(status.st_dev, status.st_ino)}
    folders: list[tuple[str, str, tuple[IgnoreRules, ...]]] = [(str(root), prefix, ())]
    while folders:
        folder, folder_prefix, rules = folders.pop()
        try:
            entries = _entries(folder)
        except OSError as error:
            if folder_prefix == prefix:
                raise CorpusError(f"The folder {folder} cannot be read: {error.strerror}.") from error
            yield WalkedFile(folder_prefix, Path(folder), status, "unreadable")
            continue
        rules += selection.rules(folder, folder_prefix)
        for entry in entries:
            try:
                is_folder, status = entry.is_dir(), entry.stat()
                if not is_folder and not entry.is_file():
                    continue
                path = folder_prefix + printable_name(entry.name)
                ignored = is_ignored(rules, path, folder=is_folder)
                if ignored or selection.leaves_corpus(entry):
                    shown = f"{path}/" if is_folder else path
                    yield WalkedFile(shown, Path(entry.path), status, "ignored" if ignored else "outside")
                elif not is_folder:
                    reason: LeftOutReason | None = "temporary" if _is_temporary(entry.name) else None
                    yield WalkedFile(path, Path(entry.path), status, reason)
                elif (key := (status.st_dev, status.st_ino)) not in seen:  # symlinks can form cycles
                    seen.add(key)
                    folders.append((entry.path, f"{path}/", rules))
            except OSError:
                continue  # deleted during the scan, or a broken symlink


def _status(root: Path) -> os.stat_result:
    try:
        return root.stat()
    except FileNotFoundError:
        raise CorpusError(f"The folder or file {root} does not exist.") from None
    except OSError as error:
        raise CorpusError(f"{root} cannot be read: {error.strerror}.") from error


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """The entries of a folder that are not skipped. Raises OSError."""
    try:
        with os.scandir(folder) as scan:
            entries = [entry for entry in scan if not _is_skipped(entry.name)]
    except FileNotFoundError:
        return []  # deleted during the scan
    if {entry.name for entry in entries} >= _INDEX_FOLDER_ENTRIES:
        return []
    pages = {entry.name.rpartition(".")[0] for entry in entries if entry.name.endswith((".html", ".htm"))}
    asset_folders = {f"{page}_files" for page in pages}
    return [entry for entry in entries if entry.name not in asset_folders]


def _is_skipped(name: str) -> bool:
    return name.startswith(".") or name in _IGNORED_NAMES


def _is_temporary(name: str) -> bool:
    return bool(_TEMPORARY_NAME.fullmatch(name) or _VIM_PROBE.fullmatch(name))


def root_prefixes(roots: Sequence[Path]) -> tuple[str, ...]:
    """The path prefix of each root: empty for a single root, else the folder's name, made unique."""
    if len(roots) <= 1:
        return ("",) * len(roots)
    folders: dict[str, Path] = {}
    prefixes: list[str] = []
    for root in roots:
        folder = root.parent if root.is_file() else root
        name, number = printable_name(folder.name) or "root", 1
        while (
            folders.setdefault(prefix := f"{name}/" if number == 1 else f"{name}-{number}/", folder) != folder
        ):
            number += 1
        prefixes.append(prefix)
    return tuple(prefixes)
