"""Previews a sync: reads the changed files, writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.index.catalogue import Catalogue
from retrieval.index.file_state import FileStates
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
    """The articles and file states after a sync, the changes, and the current number of passages."""

    articles: ArticleDigests
    counts: ArticleCounts
    passages: int
    states: tuple[FileState, ...]


def preview(
    generations: Generations,
    files: Sequence[SourceFile],
    read: Callable[[FileChanges], Iterator[FileReading]],
    *,
    rebuild: bool,
) -> Preview:
    """Compare the current generation with *files*; *read* reads the changed ones (with *rebuild*: all)."""
    before, states, passages = _current(generations)
    changes = compare_files(files, {} if rebuild else states)
    replaced = {file.path for file in changes.to_read} | (states.keys() - {file.path for file in files})
    after = {key: digests for key, digests in before.items() if key[0] not in replaced}
    kept = {path: state for path, state in states.items() if path not in replaced}
    for reading in read(changes):
        after.update(digests_of(reading.articles))
        kept[reading.state.path] = reading.state
    return Preview(after, compare_articles(before, after), passages, tuple(kept.values()))


def _current(generations: Generations) -> tuple[ArticleDigests, dict[str, FileState], int]:
    """The articles, file states and number of passages of the current generation."""
    if generations.current_or_none() is None:
        return {}, {}, 0
    with generations.lease() as lease, closing(Catalogue(lease.folder / CATALOGUE)) as catalogue:
        return articles_of(catalogue), FileStates(lease.folder).load(), catalogue.count()[1]
