"""What a sync would do: reads the files that changed, writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.building import CATALOGUE, articles_of, digests_of
from retrieval.catalogue import Catalogue
from retrieval.difference import Articles, Counts, FileDifference, compare_articles, compare_files
from retrieval.ledger import Failure, Ledger

if TYPE_CHECKING:
    from retrieval.corpus import SourceFile
    from retrieval.generations import Generations
    from retrieval.intake import Reading
    from retrieval.ledger import Note


@dataclass(frozen=True, slots=True)
class Preview:
    """What was found: the articles there would be, how they differ, and the passages there are now."""

    articles: Articles
    counts: Counts
    passages: int
    failed: tuple[Failure, ...]


def preview(
    generations: Generations,
    files: Sequence[SourceFile],
    read: Callable[[FileDifference], Iterator[Reading]],
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
            failed.append(Failure(reading.note.path, reading.note.reason))
    return Preview(after, compare_articles(before, after), passages, tuple(failed))


def _current(generations: Generations) -> tuple[Articles, dict[str, Note], int]:
    """The articles and notes of the current generation, and how many passages it has."""
    if generations.trusted() is None:
        return {}, {}, 0
    with generations.lease() as lease, closing(Catalogue(lease.folder / CATALOGUE)) as catalogue:
        return articles_of(catalogue), Ledger(lease.folder).notes(), catalogue.count()[1]
