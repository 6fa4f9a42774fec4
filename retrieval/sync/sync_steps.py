"""The steps of one sync: see what changed, read, embed, write, and say what was done."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from retrieval.errors import CorpusError, IndexFailure
from retrieval.index.catalogue import Catalogue
from retrieval.index.file_state import FileState, FileStates, ReadFailure
from retrieval.index.generations import Generations, damage
from retrieval.sync import corpus_guards
from retrieval.sync.changes import ArticleCounts, FileChanges, compare_articles, compare_files
from retrieval.sync.file_intake import FileReading, flagged, read_files
from retrieval.sync.sync_progress import ProgressReporter
from retrieval.sync.sync_report import SyncReport

if TYPE_CHECKING:
    from retrieval.index.generations import Lease
    from retrieval.models.embeddings import FootnoteEmbeddings
    from retrieval.reading.corpus import Corpus, Scan
    from retrieval.sync.next_generation import NextGeneration
    from retrieval.sync.shared_server import SharedServer

FORBIDDEN = "The folder may not be read."
_TOGETHER = 200  # files whose articles are taken over at a time


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
    pace: ProgressReporter
    server: SharedServer | None

    def __post_init__(self) -> None:
        self.started = time.monotonic()
        corpus_guards.refuse_within(self.corpus, self.generations.folder)
        self.scan = self._look()
        self.flagged: dict[ReadFailure, None] = {}  # in the order read

    def _look(self) -> Scan:
        """The files of the corpus, without those of the index if it lies among them."""
        scan, inside = self.corpus.scan(), f"{self.generations.folder.absolute()}{os.sep}"
        files = tuple(file for file in scan.files if not str(file.absolute).startswith(inside))
        return replace(scan, files=files)

    def _version(self) -> str:
        """What the current generation has to be a replica of: "" for an index of this machine alone."""
        return self.server.version() if self.server else ""

    def nothing_to_do(self) -> SyncReport | None:
        """The report when no file changed and the index is whole; else None. Takes no lock."""
        if self._why_anew() or self.distrust:
            return None
        try:
            with self.generations.lease() as lease:
                if damage(lease.folder) or lease.current.server != self._version():
                    return None
                notes = FileStates(lease.folder).notes()
                difference = compare_files(self.scan.files, notes)
                if difference and not self._only_fails_again(difference, notes):
                    return None
                return self._report_unchanged(lease)
        except IndexFailure:
            return None

    def _only_fails_again(self, difference: FileChanges, notes: Mapping[str, FileState]) -> bool:
        """Whether all that is to be read failed before, has not changed, and fails in the same way."""
        before = [notes.get(file.path) for file in difference.read]
        if difference.gone or not all(note is not None and note.reason is not None for note in before):
            return False
        return [reading.note for reading in self._readings(difference)] == before

    def _why_anew(self) -> str:
        """Why nothing of the current generation can be used; "" when it can, or there is none."""
        if self.rebuild:
            return "asked for"
        current = self.generations.trusted()
        if current is not None and current.fingerprint != self.fingerprint:
            return "the embedding model or the passage rules changed"
        return ""

    def write(self, wait_seconds: float) -> SyncReport:
        """Do what is to be done, as the only writer."""
        with self.generations.writing(wait_seconds), ExitStack() as stack:
            if self.server:
                stack.enter_context(self.server.writing(wait_seconds))
                self._follow(self.server)
            self.scan = self._look()  # another writer may have been waited for
            return self.nothing_to_do() or self._touched_only() or self._build()

    def _follow(self, server: SharedServer) -> None:
        from retrieval.sync.replica import update_replica

        if not self.rebuild:
            update_replica(server, self.generations, self.fingerprint)

    def _touched_only(self) -> SyncReport | None:
        """Put down the new times of files whose articles are the same; None when there is more to do."""
        if self._why_anew() or self.distrust or self.generations.building.exists():
            return None
        try:
            lease = self.generations.lease()
        except IndexFailure:
            return None
        with lease:
            notes = FileStates(lease.folder).notes()
            difference = compare_files(self.scan.files, notes)
            if damage(lease.folder) or difference.gone or lease.current.server != self._version():
                return None
            touched: list[FileState] = []
            for reading in self._readings(difference):
                note = notes.get(reading.note.path)
                if note is None or note.digest != reading.note.digest:
                    return None
                touched.append(reading.note)
            FileStates(lease.folder).write(touched)
            return self._report_unchanged(lease)

    def _build(self) -> SyncReport:
        from retrieval.sync.next_generation import begin_generation
        from retrieval.sync.store_writer import assemble
        from retrieval.sync.vector_journal import VectorJournal
        from retrieval.sync.vector_source import VectorSource, embed_missing

        rebuilt, before = self._why_anew(), self.generations.trusted()
        with closing(VectorJournal(self.generations.folder / "journal.sqlite", self.fingerprint)) as journal:
            building = begin_generation(
                self.generations, self.fingerprint, journal, bool(rebuilt), self.distrust
            )
            with closing(building):
                if building.base is None and before is not None:
                    rebuilt = rebuilt or "the index was damaged"
                counts = self._read(building)
                if building.is_unchanged() and building.base_version() == self._version():
                    return self._keep_notes(building)
                missing = VectorSource(building).missing()
                if missing:
                    embed_missing(building, missing, self.embeddings(), self.pace.stage("embedding"))
                version = assemble(building, self.pace.stage("writing"), self.server)
                passages, failed = building.catalogue.count()[1], building.ledger.failures()
            current = self.generations.publish(self.fingerprint, _now(), version)
            journal.discard()
        if self.server:
            self.server.leave(before)
        return self._report(current.generation, counts, passages, failed, len(missing), rebuilt)

    def _read(self, building: NextGeneration) -> ArticleCounts:
        """Take over the files that changed, some at a time, and drop those that are gone."""
        notes = building.ledger.notes()
        difference = compare_files(self.scan.files, notes)
        try:
            if not self.allow_empty:
                corpus_guards.refuse_lost(self.corpus, self.scan, difference.gone)
            building.forget_all_but({file.path for file in self.scan.files})
            for readings in _batched(self._readings(difference)):
                building.record(readings)
            building.settle()
            counts = compare_articles(building.base_articles(), building.articles())
            if not self.allow_empty:
                kept = self.generations.trusted() is not None
                corpus_guards.refuse_empty(self.corpus, building.articles(), building.ledger.failures(), kept)
                if self.server and not notes:
                    corpus_guards.refuse_another_corpus(self.corpus, counts, self.server.url)
        except CorpusError:
            building.discard()
            raise
        return counts

    def _keep_notes(self, building: NextGeneration) -> SyncReport:
        """Nothing to search differs: only put down how the files were found."""
        assert building.base is not None
        lease = building.base.lease
        FileStates(lease.folder).replace(building.ledger.notes())
        report = self._report_unchanged(lease)
        building.discard()
        return report

    def _readings(self, difference: FileChanges) -> Iterator[FileReading]:
        done = self.pace.stage("reading")
        for number, source in enumerate(difference.read):
            done(number, len(difference.read))
            reading = read_files(self.corpus, source)
            self.flagged.update(dict.fromkeys(flagged(reading)))
            yield reading
        done(len(difference.read), len(difference.read))

    def preview(self) -> SyncReport:
        """What a sync would do. Reads the files that changed, writes nothing."""
        from retrieval.sync.dry_run import preview

        rebuilt, current = self._why_anew(), self.generations.trusted()
        seen = preview(self.generations, self.scan.files, self._readings, anew=bool(rebuilt))
        if not self.allow_empty:
            corpus_guards.refuse_empty(self.corpus, seen.articles, seen.failed, kept=current is not None)
        generation = current.generation if current else 0
        return self._report(generation, seen.counts, seen.passages, seen.failed, 0, rebuilt, dry_run=True)

    def _report_unchanged(self, lease: Lease) -> SyncReport:
        with closing(Catalogue(lease.folder / "catalogue.sqlite")) as catalogue:
            articles, passages = catalogue.count()
        failed = FileStates(lease.folder).failures()
        return self._report(lease.current.generation, ArticleCounts(unchanged=articles), passages, failed)

    def _report(
        self,
        generation: int,
        counts: ArticleCounts,
        passages: int,
        failed: tuple[ReadFailure, ...],
        embedded: int = 0,
        rebuilt: str = "",
        dry_run: bool = False,
    ) -> SyncReport:
        return SyncReport(
            generation=generation,
            **asdict(counts),
            passages=passages,
            embedded=embedded,
            failed=(*failed, *(ReadFailure(folder, FORBIDDEN) for folder in self.scan.unreadable)),
            unknown=self.scan.unknown,
            seconds=time.monotonic() - self.started,
            dry_run=dry_run,
            rebuilt=rebuilt,
            flagged=tuple(self.flagged),
        )


def _batched(readings: Iterator[FileReading]) -> Iterator[list[FileReading]]:
    while batch := list(islice(readings, _TOGETHER)):
        yield batch


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
