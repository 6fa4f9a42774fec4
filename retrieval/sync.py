"""Brings an index up to a corpus: reads what changed, embeds what is new, writes the next generation.

    scan ── nothing changed ─────────────────────────────────────────────────> report (no lock, no copy)
      └── lock ── read ── embed ── write stores ── CURRENT names the generation ──> report

A sync may be stopped or killed anywhere: CURRENT names a whole generation at every moment, and the next
sync goes on from ``building/`` and the journal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.catalogue import Catalogue
from retrieval.difference import Counts, FileDifference, compare_articles, compare_files
from retrieval.errors import CorpusError, IndexFailure
from retrieval.folders import reason
from retrieval.generations import Generations, damage
from retrieval.intake import Reading, read
from retrieval.ledger import Failure, Ledger, Note
from retrieval.pace import Pace, Progress

if TYPE_CHECKING:
    from retrieval.building import Building
    from retrieval.corpus import Corpus
    from retrieval.difference import Articles
    from retrieval.embeddings import FootnoteEmbeddings
    from retrieval.generations import Lease

__all__ = ["Failure", "Progress", "SyncReport", "sync"]
_EMPTIED = "Is it mounted and complete? To let the index go empty: footnote sync --allow-empty."
_TOGETHER = 200  # files whose articles are taken over at a time


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did: articles by what became of them, passages now in the index, files left out.

    ``failed`` are the files that cannot be read, or not wholly; ``unknown`` those of no known kind.
    ``rebuilt`` says why all was read and embedded anew, "" when it was not.
    """

    generation: int
    added: int
    changed: int
    moved: int
    deleted: int
    unchanged: int
    passages: int
    embedded: int
    failed: tuple[Failure, ...]
    unknown: tuple[str, ...]
    seconds: float
    dry_run: bool
    rebuilt: str = ""


def sync(
    corpus: Corpus,
    folder: Path,
    embeddings: Callable[[], FootnoteEmbeddings],
    fingerprint: str,
    *,
    rebuild: bool = False,
    dry_run: bool = False,
    allow_empty: bool = False,
    progress: Callable[[Progress], None] | None = None,
    chroma_url: str | None = None,
    chroma_token: str | None = None,
    wait_seconds: float = 60,
    stop: Callable[[], bool] | None = None,
) -> SyncReport:
    """Bring the index in *folder* up to *corpus*; *embeddings* is called only when something is embedded.

    An index of another fingerprint is rebuilt beside the old one, which answers until the new one is
    whole. The articles of a file that changed and cannot be read leave the index until it can be read
    again. *stop* is asked between steps of some seconds. Raises CorpusError (also for a corpus without
    articles, unless *allow_empty*), IndexBusy, IndexFailure, ModelMissing, EmbeddingError, SyncStopped.
    """
    pace = Pace(progress, stop)
    run = _Run(corpus, Generations(folder), embeddings, fingerprint, rebuild, allow_empty, pace)
    try:
        if dry_run:
            return run.preview()
        return run.nothing_to_do() or run.write(wait_seconds)
    except OSError as error:
        raise IndexFailure(f"The index in {folder} cannot be written: {reason(error)}.") from error


class _Run:
    """One sync; its methods are the steps."""

    def __init__(
        self,
        corpus: Corpus,
        generations: Generations,
        embeddings: Callable[[], FootnoteEmbeddings],
        fingerprint: str,
        rebuild: bool,
        allow_empty: bool,
        pace: Pace,
    ) -> None:
        self.corpus, self.generations = corpus, generations
        self.embeddings, self.fingerprint = embeddings, fingerprint
        self.rebuild, self.allow_empty, self.pace = rebuild, allow_empty, pace
        self.started = time.monotonic()
        self.scan = corpus.scan()

    def nothing_to_do(self) -> SyncReport | None:
        """The report when no file changed and the index is whole; else None. Takes no lock."""
        if self._why_anew():
            return None
        try:
            with self.generations.lease() as lease:
                if damage(lease.folder) or compare_files(self.scan.files, Ledger(lease.folder).notes()):
                    return None
                return self._report_unchanged(lease)
        except IndexFailure:
            return None

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
        with self.generations.writing(wait_seconds):
            self.scan = self.corpus.scan()  # another writer may have been waited for
            return self.nothing_to_do() or self._touched_only() or self._build()

    def _touched_only(self) -> SyncReport | None:
        """Put down the new times of files whose articles are the same; None when there is more to do."""
        if self._why_anew() or self.generations.building.exists():
            return None
        try:
            lease = self.generations.lease()
        except IndexFailure:
            return None
        with lease:
            notes = Ledger(lease.folder).notes()
            difference = compare_files(self.scan.files, notes)
            if damage(lease.folder) or difference.gone:
                return None
            touched: list[Note] = []
            for reading in self._readings(difference):
                note = notes.get(reading.note.path)
                if note is None or note.digest != reading.note.digest:
                    return None
                touched.append(reading.note)
            Ledger(lease.folder).write(touched)
            return self._report_unchanged(lease)

    def _build(self) -> SyncReport:
        from retrieval.assembling import assemble
        from retrieval.building import begin
        from retrieval.journal import Journal
        from retrieval.vector_source import VectorSource, embed_missing

        rebuilt = self._why_anew()
        with closing(Journal(self.generations.folder / "journal.sqlite", self.fingerprint)) as journal:
            building = begin(self.generations, self.fingerprint, journal, rebuild=bool(rebuilt))
            with closing(building):
                if building.base is None and self.generations.trusted() is not None:
                    rebuilt = rebuilt or "the index was damaged"
                counts = self._read(building)
                missing = VectorSource(building).missing()
                if missing:
                    embed_missing(building, missing, self.embeddings(), self.pace.stage("embedding"))
                assemble(building, self.pace.stage("writing"))
                passages, failed = building.catalogue.count()[1], building.ledger.failures()
            current = self.generations.publish(self.fingerprint, _now())
            journal.discard()
        return self._report(current.generation, counts, passages, failed, len(missing), rebuilt)

    def _read(self, building: Building) -> Counts:
        """Take over the files that changed, some at a time, and drop those that are gone."""
        difference = compare_files(self.scan.files, building.ledger.notes())
        try:
            self._refuse_missing_roots(difference)
            building.forget_all_but({file.path for file in self.scan.files})
            for readings in _batched(self._readings(difference)):
                building.record(readings)
            building.settle()
            self._refuse_empty(building.articles(), building.ledger.failures())
        except CorpusError:
            building.discard()
            raise
        return compare_articles(building.base_articles(), building.articles())

    def _readings(self, difference: FileDifference) -> Iterator[Reading]:
        done = self.pace.stage("reading")
        for number, source in enumerate(difference.read):
            done(number, len(difference.read))
            yield read(self.corpus, source)
        done(len(difference.read), len(difference.read))

    def _refuse_missing_roots(self, difference: FileDifference) -> None:
        """Raise CorpusError when one of several folders has lost all its files: it may not be mounted."""
        if self.allow_empty or len(self.corpus.roots) < 2:
            return
        here = {file.path.partition("/")[0] for file in self.scan.files}
        for root in self.corpus.roots:
            if root.name not in here and any(path.startswith(root.name + "/") for path in difference.gone):
                raise CorpusError(f"There is no article in {root} any more; the index is kept.", _EMPTIED)

    def _refuse_empty(self, articles: Articles, failed: Sequence[Failure]) -> None:
        """Raise CorpusError rather than make an index of nothing."""
        if articles or self.allow_empty:
            return
        places = ", ".join(str(root) for root in self.corpus.roots)
        why = f"; none of its {len(failed)} files can be read: {failed[0].reason}" if failed else "."
        kept = " The index is kept." if self.generations.trusted() else ""
        raise CorpusError(f"There is no article in {places}{why}{kept}", _EMPTIED if kept else None)

    def preview(self) -> SyncReport:
        """What a sync would do. Reads the files that changed, writes nothing."""
        from retrieval.building import CATALOGUE, articles_of, digests_of

        rebuilt, passages = self._why_anew(), 0
        before: Articles = {}
        notes: dict[str, Note] = {}
        current = self.generations.trusted()
        if current is not None:
            with self.generations.lease() as lease, closing(Catalogue(lease.folder / CATALOGUE)) as catalogue:
                before, notes = articles_of(catalogue), Ledger(lease.folder).notes()
                passages = catalogue.count()[1]
        difference = compare_files(self.scan.files, {} if rebuilt else notes)
        read_again = {file.path for file in difference.read} | set(difference.gone)
        after: dict[tuple[str, str], tuple[str, str]] = {
            place: digests for place, digests in before.items() if place[0] not in read_again
        }
        failed = []
        for reading in self._readings(difference):
            after.update(digests_of(reading.articles))
            if reading.note.reason is not None:
                failed.append(Failure(reading.note.path, reading.note.reason))
        self._refuse_empty(after, failed)
        counts = compare_articles(before, after)
        generation = current.generation if current else 0
        return self._report(generation, counts, passages, tuple(failed), 0, rebuilt, dry_run=True)

    def _report_unchanged(self, lease: Lease) -> SyncReport:
        with closing(Catalogue(lease.folder / "catalogue.sqlite")) as catalogue:
            articles, passages = catalogue.count()
        failed = Ledger(lease.folder).failures()
        return self._report(lease.current.generation, Counts(unchanged=articles), passages, failed)

    def _report(
        self,
        generation: int,
        counts: Counts,
        passages: int,
        failed: tuple[Failure, ...],
        embedded: int = 0,
        rebuilt: str = "",
        dry_run: bool = False,
    ) -> SyncReport:
        return SyncReport(
            generation=generation,
            added=counts.added,
            changed=counts.changed,
            moved=counts.moved,
            deleted=counts.deleted,
            unchanged=counts.unchanged,
            passages=passages,
            embedded=embedded,
            failed=failed,
            unknown=self.scan.unknown,
            seconds=time.monotonic() - self.started,
            dry_run=dry_run,
            rebuilt=rebuilt,
        )


def _batched(readings: Iterator[Reading]) -> Iterator[list[Reading]]:
    while batch := list(islice(readings, _TOGETHER)):
        yield batch


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
