"""Updates an index to its corpus: reads changed files, embeds new texts, writes the next generation.

    scan ── nothing changed ─────────────────────────────────────────────────> report (no lock, no copy)
      └── lock ── read ── embed ── write stores ── CURRENT names the generation ──> report

A sync can be stopped or killed at any point: CURRENT always names a complete generation, and the next sync
resumes from ``building/`` and the journal.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.errors import IndexFailure
from retrieval.index.durable_files import error_reason
from retrieval.index.generations import Generations
from retrieval.sync.disk_space import disk_full
from retrieval.sync.sync_progress import Progress, ProgressReporter
from retrieval.sync.sync_report import SyncReport, with_unreported
from retrieval.sync.sync_steps import SyncRun

if TYPE_CHECKING:
    from retrieval.models.embeddings import FootnoteEmbeddings
    from retrieval.reading.corpus import Corpus
    from retrieval.sync.shared_server import SharedServer

__all__ = ["Progress", "SyncReport", "sync"]


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
    distrust: frozenset[str] = frozenset(),
) -> SyncReport:
    """Update the index in *folder* to *corpus*; *embeddings* is called only if something must be embedded.

    If the fingerprint changed, the index is rebuilt; the current one stays available until the new one is
    complete. The articles of a changed file that cannot be read are removed from the index until it is
    readable again. The parts of the index in *distrust* (see ``integrity.PARTS``) are rebuilt. *stop* is
    called between steps of a few seconds.

    Raises CorpusError (also for a corpus without articles, unless *allow_empty*), IndexBusy, DiskFull,
    IndexFailure, ModelMissing, EmbeddingError, SyncStopped.
    """
    reporter = ProgressReporter(progress, stop)
    try:
        with ExitStack() as stack:
            server = _connect(stack, chroma_url, chroma_token, fingerprint)
            options = (fingerprint, rebuild, allow_empty, distrust)
            run = SyncRun(corpus, Generations(folder), embeddings, *options, reporter, server)
            if dry_run:
                return with_unreported(run.preview(), folder)
            report = run.report_if_unchanged()
            if report is None:
                return with_unreported(_write(run, wait_seconds), folder)
            run.generations.tidy()
            return with_unreported(report, folder)
    except OSError as error:
        raise IndexFailure(f"The index in {folder} cannot be written: {error_reason(error)}.") from error


def _write(run: SyncRun, wait_seconds: float) -> SyncReport:
    try:
        return run.write(wait_seconds)
    except (IndexFailure, OSError) as error:
        full = disk_full(error, run.generations, run.scan)
        if full is not None:
            raise full from error
        raise


def _connect(stack: ExitStack, url: str | None, token: str | None, fingerprint: str) -> SharedServer | None:
    if not url:
        return None
    from retrieval.sync.shared_server import SharedServer

    return stack.enter_context(closing(SharedServer(url, token, fingerprint)))
