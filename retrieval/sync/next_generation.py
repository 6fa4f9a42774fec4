"""What a writer has done so far for the next generation: begun from the current one, or gone on with.

The folder ``building/`` is a function of the articles: after a kill the same steps are made again and
find most of their work done. What does not fit (another base, another fingerprint) is discarded.
"""

from __future__ import annotations

import shutil
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from retrieval.article import Article
from retrieval.errors import IndexFailure
from retrieval.index.catalogue import Catalogue, text_hash
from retrieval.index.durable_files import copy_file, copy_tree
from retrieval.index.file_state import NAME as LEDGER
from retrieval.index.file_state import FileState, FileStates
from retrieval.index.generation_state import CATALOGUE, CHROMA, GenerationState, read_state, write_state
from retrieval.index.generations import Generations, Lease, damage
from retrieval.index.vector_matrix import ROWS, VECTORS, VectorMatrix
from retrieval.index.vector_store import VectorStore
from retrieval.splitting.passage_splitter import split
from retrieval.sync.catalogue_writer import place_free_digest, replace_file, settle_ids
from retrieval.sync.changes import ArticleDigests
from retrieval.sync.file_intake import FileReading
from retrieval.sync.vector_journal import VectorJournal


@dataclass(frozen=True)
class BaseGeneration:
    """The generation that is built upon, and which of its parts are damaged (names in its folder)."""

    lease: Lease
    catalogue: Catalogue
    matrix: VectorMatrix
    damaged: frozenset[str]

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self.lease.folder


class NextGeneration:
    """The next generation in the making. For the one writer."""

    def __init__(
        self, folder: Path, state: GenerationState, base: BaseGeneration | None, journal: VectorJournal
    ) -> None:
        self.folder = folder
        self.state = state
        self.base = base
        self.journal = journal
        self.catalogue = Catalogue(folder / CATALOGUE, writable=True)
        self.ledger = FileStates(folder)

    def articles(self) -> ArticleDigests:
        """The articles as far as they are recorded."""
        return articles_of(self.catalogue)

    def base_articles(self) -> ArticleDigests:
        """The articles of the generation that is built upon."""
        return articles_of(self.base.catalogue) if self.base else {}

    def base_version(self) -> str | None:
        """The version on a server of the generation that is built upon; None without a base."""
        return self.base.lease.current.server if self.base else None

    def is_unchanged(self) -> bool:
        """Whether readers would find the same as in the base, and the base is whole."""
        if self.base is None or self.base.damaged:
            return False
        keys = "SELECT key FROM passages ORDER BY key"
        same = self.base.catalogue.query(keys) == self.catalogue.query(keys)
        return same and self.base.catalogue.articles_by_key() == self.catalogue.articles_by_key()

    def record(self, readings: Sequence[FileReading]) -> None:
        """Take the articles of some files over, lastingly."""
        for reading in readings:
            path = reading.note.path
            rows = self.catalogue.query("SELECT own_id, digest FROM articles WHERE path = ?", path)
            digests = dict(rows)
            changed = [
                (article, None if digests.get(article.info.id) == article.digest else split(article))
                for article in reading.articles
            ]
            replace_file(self.catalogue, path, changed)
        self._commit([reading.note for reading in readings])

    def forget_all_but(self, paths: Container[str]) -> None:
        """Drop the articles and notes of files that are gone, also of files without a note."""
        known = {path for path, _ in self.articles()} | self.ledger.notes().keys()
        gone = sorted(path for path in known if path not in paths)
        for path in gone:
            replace_file(self.catalogue, path, [])
        self._commit(gone=gone)

    def settle(self) -> None:
        """Make the ids of the articles unique, after the last file."""
        settle_ids(self.catalogue)
        self.catalogue.commit()

    def _commit(self, notes: Sequence[FileState] = (), gone: Sequence[str] = ()) -> None:
        self.catalogue.commit()
        self.ledger.write(notes, gone)  # after the articles: a note without its articles would lose them

    def discard(self) -> None:
        """Give the work up."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def close(self) -> None:
        """Let go of all files, also of the base."""
        self.catalogue.close()
        if self.base:
            self.base.catalogue.close()
            self.base.lease.release()


def articles_of(catalogue: Catalogue) -> ArticleDigests:
    """The articles of a catalogue with their digests."""
    rows = catalogue.query("SELECT path, own_id, digest, content FROM articles")
    return {(path, own_id): (digest, content) for path, own_id, digest, content in rows}


def digests_of(articles: Sequence[Article]) -> ArticleDigests:
    """The same of articles that were just read."""
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
    """Go on with what a killed writer left, when it fits; else begin from the current generation.

    With *rebuild*, or when the current generation has another fingerprint, nothing of it is used; of a
    generation that is used, not the parts in *distrust*.
    """
    generations.reclaim()
    folder = generations.building
    base = None if rebuild else _base(generations, fingerprint, distrust)
    state = _state(base, fingerprint)
    left = read_state(folder)
    if left is None or (left.base, left.fingerprint) != (state.base, fingerprint):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if base:
            copy_file(base.folder / CATALOGUE, folder / CATALOGUE)
            if (base.folder / LEDGER).is_file():
                copy_file(base.folder / LEDGER, folder / LEDGER)
        else:
            _create(generations, folder, fingerprint, journal, rebuild or CHROMA in distrust)
        write_state(folder, state)  # last: what is here is whole
    return NextGeneration(folder, state, base, journal)


def _base(generations: Generations, fingerprint: str, distrust: frozenset[str]) -> BaseGeneration | None:
    """The current generation, when it can be built upon."""
    try:
        lease = generations.lease()
    except IndexFailure:  # there is none, or it is not there any more
        return None
    damaged = distrust.union(name.split("/")[0] for name in damage(lease.folder))
    try:
        if lease.current.fingerprint != fingerprint or damaged & {CATALOGUE, VECTORS, ROWS}:
            raise IndexFailure("made by other rules, or damaged")
        matrix = VectorMatrix(lease.folder)
        catalogue = Catalogue(lease.folder / CATALOGUE)
        if catalogue.query("PRAGMA quick_check(1)") != [("ok",)] or catalogue.count()[1] != len(matrix):
            raise IndexFailure("damaged")
        return BaseGeneration(lease, catalogue, matrix, damaged)
    except IndexFailure:
        lease.release()
        return None


def _state(base: BaseGeneration | None, fingerprint: str) -> GenerationState:
    before = read_state(base.folder) if base else None
    number = base.lease.current.generation if base else 0
    return replace(before, base=number) if before else GenerationState(number, fingerprint)


def _create(
    generations: Generations, folder: Path, fingerprint: str, journal: VectorJournal, anew: bool
) -> None:
    """An empty catalogue; when the current generation is damaged, its vectors are saved from Chroma."""
    catalogue = Catalogue.create(folder / CATALOGUE)
    catalogue.close()
    current = generations.trusted()
    if not anew and current is not None and current.fingerprint == fingerprint:
        _recover(generations.path(current.generation) / CHROMA, folder, journal)


def _recover(chroma: Path, folder: Path, journal: VectorJournal) -> None:
    """Take the vectors of a generation over from Chroma into the journal, as far as it can be read."""
    copy = folder / "chroma-recovered"
    try:
        copy_tree(chroma, copy)
        store = VectorStore.open(copy)
    except (OSError, IndexFailure):
        return  # damaged too: the articles will be read and embedded again
    try:
        for rows in store.batches():
            journal.write([text_hash(row.passage) for row in rows], [row.vector for row in rows])
    except IndexFailure:
        pass  # what could be read spares embedding
    finally:
        store.close()
        shutil.rmtree(copy, ignore_errors=True)
