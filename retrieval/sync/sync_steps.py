"""The steps of a sync: find changes, read, embed, write, report."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retrieval.errors import CorpusError, IndexFailure
from retrieval.index.catalogue import Catalogue
from retrieval.index.checksums import damaged_files
from retrieval.index.current_generation import model_of
from retrieval.index.file_state import FileState, FileStates, ReadFailure, failures_of
from retrieval.index.generations import Generations
from retrieval.sync import corpus_guards
from retrieval.sync.changes import (
    ArticleCounts,
    FileChanges,
    compare_articles,
    compare_files,
    only_fails_again,
    scan_without_index,
)
from retrieval.sync.file_intake import FileReading, flag_articles, read_file
from retrieval.sync.sync_progress import ProgressReporter
from retrieval.sync.sync_report import SyncReport, left_out_of, make_report

if TYPE_CHECKING:
    from retrieval.index.generations import Lease
    from retrieval.models.embeddings import FootnoteEmbeddings
    from retrieval.reading.corpus import Corpus
    from retrieval.sync.first_parts import Embedding
    from retrieval.sync.next_generation import NextGeneration
    from retrieval.sync.shared_server import SharedServer

_FILES_PER_COMMIT, _SECONDS_PER_COMMIT = 200, 1.0  # of reading, whichever comes first


@dataclass
class SyncRun:
    """One sync; its methods are the steps."""

    corpus: Corpus
    generations: Generations
    embeddings: Callable[[], FootnoteEmbeddings]
    fingerprint: str
    rebuild: bool
    allow_empty: bool
    distrust: frozenset[str]
    reporter: ProgressReporter
    server: SharedServer | None

    def __post_init__(self) -> None:
        self.started = time.monotonic()
        corpus_guards.refuse_corpus_in_index(self.corpus, self.generations.folder)
        self.scan = scan_without_index(self.corpus, self.generations.folder)
        self.flagged: dict[ReadFailure, None] = {}  # in the order read

    def _version(self) -> str:
        """The server version that the current generation must replicate; "" without a server."""
        return self.server.version() if self.server else ""

    def _is_complete(self, lease: Lease) -> bool:
        return lease.current.server == self._version() and not lease.current.pending

    def report_if_unchanged(self) -> SyncReport | None:
        """The report if no file changed and the index is intact, else None. Takes no lock."""
        if self._rebuild_reason() or self.distrust:
            return None
        try:
            with self.generations.lease() as lease:
                if damaged_files(lease.folder) or not self._is_complete(lease):
                    return None
                states = FileStates(lease.folder).load()
                changes = compare_files(self.scan.files, states)
                if changes and not only_fails_again(changes, states, self._readings):
                    return None
                if changes.moved:  # stored unless another process is writing: it only saves work
                    with suppress(IndexFailure), self.generations.writing(0):
                        FileStates(lease.folder).write(changes.moved)
                return self._report_unchanged(lease)
        except IndexFailure:
            return None

    def _rebuild_reason(self) -> str:
        """Why nothing but vectors of the current generation is reused; "" if more is, or if there is none."""
        if self.rebuild:
            return "requested"
        current = self.generations.current_or_none()
        if current is None or current.fingerprint == self.fingerprint:
            return ""
        is_same_model = model_of(current.fingerprint) == model_of(self.fingerprint)
        return f"the {'rules for reading articles' if is_same_model else 'embedding model'} changed"

    def write(self, wait_seconds: float) -> SyncReport:
        """Update the index, as the only writer."""
        with self.generations.writing(wait_seconds, self.reporter.waiting), ExitStack() as stack:
            if self.server:
                stack.enter_context(self.server.writing(wait_seconds))
                self._follow(self.server)
            # Again: another writer may have finished meanwhile.
            self.scan = scan_without_index(self.corpus, self.generations.folder)
            return self.report_if_unchanged() or self._update_touched() or self._build()

    def _follow(self, server: SharedServer) -> None:
        from retrieval.sync.replica import update_replica

        if not self.rebuild:
            update_replica(server, self.generations, self.fingerprint)

    def _update_touched(self) -> SyncReport | None:
        """Store the new times of files whose articles are unchanged; None if there are other changes."""
        if self._rebuild_reason() or self.distrust or self.generations.building.exists():
            return None
        try:
            lease = self.generations.lease()
        except IndexFailure:
            return None
        with lease:
            states = FileStates(lease.folder).load()
            changes = compare_files(self.scan.files, states)
            if damaged_files(lease.folder) or changes.deleted or not self._is_complete(lease):
                return None
            touched: list[FileState] = []
            for reading in self._readings(changes):
                state = states.get(reading.state.path)
                if state is None or state.digest != reading.state.digest:
                    return None
                touched.append(reading.state)
            FileStates(lease.folder).write([*touched, *changes.moved])
            return self._report_unchanged(lease)

    def _build(self) -> SyncReport:
        from retrieval.sync.first_parts import Embedding
        from retrieval.sync.next_generation import begin_generation
        from retrieval.sync.store_writer import assemble
        from retrieval.sync.vector_journal import VectorJournal

        rebuilt, previous = self._rebuild_reason(), self.generations.current_or_none()
        with closing(VectorJournal(self.generations.folder, self.fingerprint)) as journal:
            building = begin_generation(
                self.generations, self.fingerprint, journal, self.rebuild, self.distrust
            )
            with closing(building):
                is_first = (previous is None or previous.pending > 0) and not (rebuilt or self.server)
                parts = self.generations if is_first else None
                embedding = Embedding(building, self.embeddings, self.reporter, parts)
                counts = self._read(building, embedding)
                repaired = () if rebuilt else tuple(sorted(building.damaged))
                if building.base is None and not (is_first or previous is None or rebuilt):
                    rebuilt = "the index was damaged"
                    counts = ArticleCounts(unchanged=len(building.articles()))
                if building.is_unchanged() and building.base_version() == self._version():
                    return self._keep_current(building)
                embedding.embed()
                version = assemble(building, self.reporter.stage("writing"), self.server)
                passages, states = building.catalogue.count()[1], building.file_states.load().values()
            current = self.generations.publish(self.fingerprint, version)
            journal.discard()
        if self.server:
            self.server.retire_collections(previous)
        report = self._report(current.generation, counts, passages, states)
        return replace(report, embedded=embedding.count, rebuilt=rebuilt, repaired=repaired)

    def _read(self, building: NextGeneration, embedding: Embedding) -> ArticleCounts:
        """Read the changed files in batches, and remove the deleted ones."""
        states = building.file_states.load()
        changes = compare_files(self.scan.files, states)
        try:
            if not self.allow_empty:
                corpus_guards.refuse_missing_files(self.corpus, self.scan, changes.deleted)
            building.remove_other_files({file.path for file in self.scan.files})
            building.file_states.write(changes.moved)
            unread = len(changes.to_read)
            for readings in _batched(self._readings(changes)):
                building.record(readings)
                unread -= len(readings)
                if unread and embedding.is_part_due:
                    embedding.embed(unread)
            building.assign_unique_ids()
            counts = compare_articles(building.base_articles(), building.articles())
            if not self.allow_empty:
                kept = self.generations.current_or_none() is not None
                failed = building.file_states.failures()
                corpus_guards.refuse_empty(self.corpus, self.scan, building.articles(), failed, kept)
                if self.server and not states:
                    corpus_guards.refuse_different_corpus(self.corpus, counts, self.server.url)
        except CorpusError:
            building.discard()
            raise
        return counts

    def _keep_current(self, building: NextGeneration) -> SyncReport:
        """Keep the current generation, since readers would see no difference, and update its file states."""
        assert building.base is not None
        FileStates(building.base.folder).replace(building.file_states.load())
        report = self._report_unchanged(building.base.lease)
        building.discard()
        return report

    def _readings(self, changes: FileChanges) -> Iterator[FileReading]:
        done = self.reporter.stage("reading")
        for number, source in enumerate(changes.to_read):
            done(number, len(changes.to_read))
            reading = read_file(self.corpus, source)
            self.flagged.update(dict.fromkeys(flag_articles(reading)))
            yield reading
        done(len(changes.to_read), len(changes.to_read))

    def preview(self) -> SyncReport:
        """The report of a dry run: reads the changed files, writes nothing."""
        from retrieval.sync.dry_run import preview

        rebuilt, current = self._rebuild_reason(), self.generations.current_or_none()
        seen = preview(self.generations, self.scan.files, self._readings, rebuild=bool(rebuilt))
        if not self.allow_empty:
            failed, kept = failures_of(seen.states), current is not None
            corpus_guards.refuse_empty(self.corpus, self.scan, seen.articles, failed, kept)
        number = current.generation if current else 0
        report = self._report(number, seen.counts, seen.passages, seen.states)
        return replace(report, rebuilt=rebuilt, dry_run=True)

    def _report_unchanged(self, lease: Lease) -> SyncReport:
        with closing(Catalogue(lease.folder / "catalogue.sqlite")) as catalogue:
            articles, passages = catalogue.count()
        states = FileStates(lease.folder).load().values()
        return self._report(lease.current.generation, ArticleCounts(unchanged=articles), passages, states)

    def _report(
        self, generation: int, counts: ArticleCounts, passages: int, states: Collection[FileState]
    ) -> SyncReport:
        left_out, seconds = left_out_of(states, self.scan), time.monotonic() - self.started
        return make_report(generation, counts, passages, left_out, seconds, tuple(self.flagged))


def _batched(readings: Iterator[FileReading]) -> Iterator[list[FileReading]]:
    batch, started = list[FileReading](), time.monotonic()
    for reading in readings:
        batch.append(reading)
        if len(batch) == _FILES_PER_COMMIT or time.monotonic() - started >= _SECONDS_PER_COMMIT:
            yield batch
            batch, started = [], time.monotonic()
    if batch:
        yield batch
