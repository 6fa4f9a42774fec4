"""The next generation while it is being built: started from the current one, or resumed.

The content of ``building/`` depends only on the articles: after a kill, the same steps run again and find
most of their work done. Leftovers with another base or fingerprint are discarded.
"""

from __future__ import annotations

import shutil
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from retrieval.article import Article
from retrieval.errors import IndexDamaged, IndexFailure
from retrieval.index.catalogue import Catalogue
from retrieval.index.checksums import MANIFEST, damaged_files
from retrieval.index.durable_files import copy_file
from retrieval.index.file_state import FILE_STATES, FileState, FileStates
from retrieval.index.generation_state import (
    CATALOGUE,
    STATE,
    GenerationState,
    read_state,
    write_state,
)
from retrieval.index.generations import Generations, Lease
from retrieval.index.vector_matrix import ROWS, VECTORS, VectorMatrix
from retrieval.splitting.passage_splitter import split
from retrieval.sync.catalogue_writer import assign_unique_ids, place_free_digest, replace_file
from retrieval.sync.changes import ArticleDigests
from retrieval.sync.file_intake import FileReading
from retrieval.sync.vector_journal import VectorJournal


@dataclass(frozen=True)
class BaseGeneration:
    """The current generation, which the next one starts from, and its damaged parts (names in its folder)."""

    lease: Lease
    catalogue: Catalogue
    matrix: VectorMatrix
    damaged: frozenset[str]

    @property
    def folder(self) -> Path:
        """The folder of the generation."""
        return self.lease.folder


class NextGeneration:
    """The next generation. Only for the writer.

    *damaged* are the parts of the current generation that are written again.
    """

    def __init__(
        self,
        folder: Path,
        state: GenerationState,
        base: BaseGeneration | None,
        journal: VectorJournal,
        damaged: frozenset[str] = frozenset(),
    ) -> None:
        self.folder = folder
        self.state = state
        self.base = base
        self.journal = journal
        self.damaged = damaged
        self.catalogue = Catalogue(folder / CATALOGUE, writable=True)
        self.file_states = FileStates(folder)

    def articles(self) -> ArticleDigests:
        """The articles recorded so far."""
        return articles_of(self.catalogue)

    def base_articles(self) -> ArticleDigests:
        """The articles of the base."""
        return articles_of(self.base.catalogue) if self.base else {}

    def base_version(self) -> str | None:
        """The server version that the base is a replica of; None without a base."""
        return self.base.lease.current.server if self.base else None

    def is_unchanged(self) -> bool:
        """True if the base is intact and readers would find the same articles and passages in it."""
        if self.base is None or self.base.damaged:
            return False
        base = self.base.catalogue
        same_passages = base.passage_keys() == self.catalogue.passage_keys()
        return same_passages and base.articles_by_key() == self.catalogue.articles_by_key()

    def record(self, readings: Sequence[FileReading]) -> None:
        """Store the articles and states of some files, and commit."""
        for reading in readings:
            path = reading.state.path
            rows = self.catalogue.query("SELECT own_id, digest FROM articles WHERE path = ?", path)
            digests = dict(rows)
            changed = [
                (article, None if digests.get(article.info.id) == article.digest else split(article))
                for article in reading.articles
            ]
            replace_file(self.catalogue, path, changed)
        self._commit([reading.state for reading in readings])

    def remove_other_files(self, paths: Container[str]) -> None:
        """Remove the articles and states of all files except *paths*."""
        known = {path for path, _ in self.articles()} | self.file_states.load().keys()
        deleted = sorted(path for path in known if path not in paths)
        for path in deleted:
            replace_file(self.catalogue, path, [])
        self._commit(deleted=deleted)

    def assign_unique_ids(self) -> None:
        """Make the ids of the articles unique; to be called after the last file."""
        assign_unique_ids(self.catalogue)
        self.catalogue.commit()

    def _commit(self, states: Sequence[FileState] = (), deleted: Sequence[str] = ()) -> None:
        self.catalogue.commit()
        self.file_states.write(states, deleted)  # last: a state without its articles would lose them

    def discard(self) -> None:
        """Close and delete the folder."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def close(self) -> None:
        """Close all files and release the base."""
        self.catalogue.close()
        if self.base:
            self.base.catalogue.close()
            self.base.lease.release()


def articles_of(catalogue: Catalogue) -> ArticleDigests:
    """The digests of the articles in a catalogue."""
    rows = catalogue.query("SELECT path, own_id, digest, content FROM articles")
    return {(path, own_id): (digest, content) for path, own_id, digest, content in rows}


def digests_of(articles: Sequence[Article]) -> ArticleDigests:
    """The digests of articles that were just read."""
    return {
        (article.info.path, article.info.id): (article.digest, place_free_digest(article))
        for article in articles
    }


def begin_generation(
    generations: Generations,
    fingerprint: str,
    journal: VectorJournal,
    rebuild: bool,
    distrust: frozenset[str] = frozenset(),
) -> NextGeneration:
    """Resume the work of a killed writer if it fits; else start from the current generation.

    With *rebuild*, nothing of the current generation is reused; if it has another fingerprint, only the
    vectors of the same model. The parts in *distrust* are never reused.
    """
    generations.reclaim()
    folder = generations.building
    base, damaged = (None, distrust) if rebuild else _base(generations, fingerprint, distrust)
    state = _state(base, fingerprint)
    leftover = read_state(folder)
    if leftover is None or (leftover.base, leftover.fingerprint) != (state.base, fingerprint):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if base:
            copy_file(base.folder / CATALOGUE, folder / CATALOGUE)
            if (base.folder / FILE_STATES).is_file():
                copy_file(base.folder / FILE_STATES, folder / FILE_STATES)
        else:
            Catalogue.create(folder / CATALOGUE).close()
            if not rebuild:
                journal.take_vectors(generations, damaged, folder)
        write_state(folder, state)  # last: it marks the copy as complete
    return NextGeneration(folder, state, base, journal, damaged)


def _base(
    generations: Generations, fingerprint: str, distrust: frozenset[str]
) -> tuple[BaseGeneration | None, frozenset[str]]:
    """The current generation, None if it is incomplete or cannot be reused; and its damaged parts."""
    try:
        lease = generations.lease()
    except IndexDamaged as damage:  # its folder is missing
        return None, frozenset(damage.files)
    except IndexFailure:  # there is none
        return None, frozenset()
    damaged = distrust.union(name.split("/")[0] for name in damaged_files(lease.folder))
    try:
        if lease.current.fingerprint != fingerprint or lease.current.pending:
            raise IndexFailure("cannot be a base")
        if damaged & {CATALOGUE, VECTORS, ROWS, MANIFEST}:
            raise IndexDamaged(lease.folder, sorted(damaged))
        matrix = VectorMatrix(lease.folder)
        catalogue = Catalogue(lease.folder / CATALOGUE)
        if catalogue.query("PRAGMA quick_check(1)") != [("ok",)] or catalogue.count()[1] != len(matrix):
            raise IndexDamaged(lease.folder, [CATALOGUE])
        return BaseGeneration(lease, catalogue, matrix, damaged), damaged
    except IndexDamaged as damage:
        lease.release()
        return None, damaged.union(damage.files)
    except IndexFailure:
        lease.release()
        return None, damaged


def _state(base: BaseGeneration | None, fingerprint: str) -> GenerationState:
    previous = read_state(base.folder) if base and STATE not in base.damaged else None
    number = base.lease.current.generation if base else 0
    return replace(previous, base=number) if previous else GenerationState(number, fingerprint)
