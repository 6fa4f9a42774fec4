"""Finds what changed: files since the last sync, and articles before and after. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrieval.index.file_state import FileState
    from retrieval.reading.corpus import SourceFile

# (path, own id) of an article -> (digest, digest without id and path)
ArticleDigests = Mapping[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FileChanges:
    """Files to read (new, with another size or time, or failed before) and paths of deleted files."""

    to_read: tuple[SourceFile, ...]
    deleted: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.to_read or self.deleted)


def compare_files(files: Iterable[SourceFile], states: Mapping[str, FileState]) -> FileChanges:
    """Compare files with their *states* at the last sync. A file that failed is always read again."""
    found = list(files)
    to_read = tuple(file for file in found if _needs_reading(file, states.get(file.path)))
    deleted = states.keys() - {file.path for file in found}
    return FileChanges(to_read, tuple(sorted(deleted)))


def _needs_reading(file: SourceFile, state: FileState | None) -> bool:
    if state is None or state.reason is not None:
        return True
    return (file.size, file.mtime_ns) != (state.size, state.mtime_ns)


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
