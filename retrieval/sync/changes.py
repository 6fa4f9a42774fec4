"""Finds what changed: files since the last sync, and articles before and after."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retrieval.index.file_state import FileState, content_hash

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.reading.corpus import Corpus, Scan, SourceFile
    from retrieval.sync.file_intake import FileReading

# (path, own id) of an article -> (digest, digest without id and path)
ArticleDigests = Mapping[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FileChanges:
    """Files to read (new, with another size, time or content, or failed before), paths of deleted files.

    ``moved`` are the new states of files that a copy or a change of permissions left with the same content.
    """

    to_read: tuple[SourceFile, ...]
    deleted: tuple[str, ...]
    moved: tuple[FileState, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.to_read or self.deleted)


def scan_without_index(corpus: Corpus, index: Path) -> Scan:
    """The files of the corpus, except those of an index in the same folder."""
    scan, inside = corpus.scan(), f"{index.absolute()}{os.sep}"
    files = tuple(file for file in scan.files if not str(file.absolute).startswith(inside))
    return replace(scan, files=files)


def compare_files(files: Iterable[SourceFile], states: Mapping[str, FileState]) -> FileChanges:
    """Compare files with their *states* at the last sync. A file that failed is always read again.

    The content of a file is compared only if its inode or ctime changed, but neither size nor mtime.
    """
    found = list(files)
    to_read: list[SourceFile] = []
    moved: list[FileState] = []
    for file in found:
        state = states.get(file.path)
        if (
            state is None
            or state.reason is not None
            or (file.size, file.mtime_ns) != (state.size, state.mtime_ns)
        ):
            to_read.append(file)
        elif (file.inode, file.ctime_ns) != (state.inode, state.ctime_ns):
            if not state.content or content_hash(file.absolute) != state.content:
                to_read.append(file)
            else:
                moved.append(replace(state, inode=file.inode, ctime_ns=file.ctime_ns))
    deleted = states.keys() - {file.path for file in found}
    return FileChanges(tuple(to_read), tuple(sorted(deleted)), tuple(moved))


def only_fails_again(
    changes: FileChanges,
    states: Mapping[str, FileState],
    read: Callable[[FileChanges], Iterable[FileReading]],
) -> bool:
    """True if all files to read failed before, have not changed, and fail in the same way when *read* now."""
    before = [states.get(file.path) for file in changes.to_read]
    if changes.deleted or any(state is None or state.reason is None for state in before):
        return False
    return [_placeless(reading.state) for reading in read(changes)] == [
        _placeless(state) for state in before if state is not None
    ]


def _placeless(state: FileState) -> FileState:
    return replace(state, inode=0, ctime_ns=0)


@dataclass(frozen=True, slots=True)
class ArticleCounts:
    """Numbers of articles; ``moved`` is to another path or id."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    deleted: int = 0
    unchanged: int = 0


def compare_articles(before: ArticleDigests, after: ArticleDigests) -> ArticleCounts:
    """Count the changes. An empty digest before means unknown and counts as unchanged."""
    common = before.keys() & after.keys()
    changed = sum(1 for key in common if before[key][0] not in ("", after[key][0]))
    added = Counter(after[key][1] for key in after.keys() - before.keys())
    deleted = Counter(before[key][1] for key in before.keys() - after.keys())
    moved = (added & deleted).total()
    return ArticleCounts(
        added=added.total() - moved,
        changed=changed,
        moved=moved,
        deleted=deleted.total() - moved,
        unchanged=len(common) - changed,
    )
