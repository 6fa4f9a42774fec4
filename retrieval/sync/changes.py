"""What changed: files against the notes of the last sync, articles before against articles after. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrieval.index.file_state import FileState
    from retrieval.reading.corpus import SourceFile

# (path, own id) of an article -> (digest, digest without place)
ArticleDigests = Mapping[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FileChanges:
    """Files to read (new, of another size or time, failed before) and files that are gone."""

    read: tuple[SourceFile, ...]
    gone: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.read or self.gone)


def compare_files(files: Iterable[SourceFile], notes: Mapping[str, FileState]) -> FileChanges:
    """What is to be done so that the notes fit the files. A file that failed is always tried again."""
    found = list(files)
    read = tuple(file for file in found if _is_to_be_read(file, notes.get(file.path)))
    gone = notes.keys() - {file.path for file in found}
    return FileChanges(read, tuple(sorted(gone)))


def _is_to_be_read(file: SourceFile, note: FileState | None) -> bool:
    if note is None or note.reason is not None:
        return True
    return (file.size, file.mtime_ns) != (note.size, note.mtime_ns)


@dataclass(frozen=True, slots=True)
class ArticleCounts:
    """How many articles came, changed, moved to another path or id, went and stayed."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    deleted: int = 0
    unchanged: int = 0


def compare_articles(before: ArticleDigests, after: ArticleDigests) -> ArticleCounts:
    """Count the articles by what became of them. An empty digest before is unknown and counts as equal."""
    stayed = before.keys() & after.keys()
    changed = sum(1 for place in stayed if before[place][0] not in ("", after[place][0]))
    came = Counter(after[place][1] for place in after.keys() - before.keys())
    went = Counter(before[place][1] for place in before.keys() - after.keys())
    moved = (came & went).total()
    return ArticleCounts(
        added=came.total() - moved,
        changed=changed,
        moved=moved,
        deleted=went.total() - moved,
        unchanged=len(stayed) - changed,
    )
