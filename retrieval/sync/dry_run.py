"""What a sync would do: reads the files that changed, writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.index.catalogue import Catalogue
from retrieval.index.file_state import FileStates, ReadFailure
from retrieval.index.generation_state import CATALOGUE
from retrieval.sync.changes import ArticleCounts, ArticleDigests, FileChanges, compare_articles, compare_files
from retrieval.sync.next_generation import articles_of, digests_of

if TYPE_CHECKING:
    from retrieval.index.file_state import FileState
    from retrieval.index.generations import Generations
    from retrieval.reading.corpus import SourceFile
    from retrieval.sync.file_intake import FileReading


@dataclass(frozen=True, slots=True)
class Preview:
    """What was found: the articles there would be, how they differ, and the passages there are now."""

    articles: ArticleDigests
    counts: ArticleCounts
    passages: int
    failed: tuple[ReadFailure, ...]


def preview(
    generations: Generations,
    files: Sequence[SourceFile],
    read: Callable[[FileChanges], Iterator[FileReading]],
    *,
    anew: bool,
) -> Preview:
    """Compare the current generation with *files*, of which *read* reads what changed (*anew*: all)."""
    before, notes, passages = _current(generations)
    difference = compare_files(files, {} if anew else notes)
    not_kept = {file.path for file in difference.read} | (notes.keys() - {file.path for file in files})
    after = {place: digests for place, digests in before.items() if place[0] not in not_kept}
    failed = []
    for reading in read(difference):
        after.update(digests_of(reading.articles))
        if reading.note.reason is not None:
            failed.append(ReadFailure(reading.note.path, reading.note.reason))
    return Preview(after, compare_articles(before, after), passages, tuple(failed))


def _current(generations: Generations) -> tuple[ArticleDigests, dict[str, FileState], int]:
    """The articles and notes of the current generation, and how many passages it has."""
    if generations.trusted() is None:
        return {}, {}, 0
    with generations.lease() as lease, closing(Catalogue(lease.folder / CATALOGUE)) as catalogue:
        return articles_of(catalogue), FileStates(lease.folder).notes(), catalogue.count()[1]
