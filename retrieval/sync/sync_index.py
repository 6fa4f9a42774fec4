"""Brings an index up to a corpus: reads what changed, embeds what is new, writes the next generation.

    scan ── nothing changed ─────────────────────────────────────────────────> report (no lock, no copy)
      └── lock ── read ── embed ── write stores ── CURRENT names the generation ──> report

A sync may be stopped or killed anywhere: CURRENT names a whole generation at every moment, and the next
sync goes on from ``building/`` and the journal.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.errors import IndexFailure
from retrieval.index.durable_files import reason
from retrieval.index.generations import Generations
from retrieval.sync.sync_progress import Progress, ProgressReporter
from retrieval.sync.sync_report import SyncReport
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
    """Bring the index in *folder* up to *corpus*; *embeddings* is called only when something is embedded.

    An index of another fingerprint is rebuilt beside the old one, which answers until the new one is
    whole. The articles of a file that changed and cannot be read leave the index until it can be read
    again. Parts of the index named in *distrust* (see ``check.PARTS``) are made anew. *stop* is asked
    between steps of some seconds.

    Raises CorpusError (also for a corpus without articles, unless *allow_empty*), IndexBusy, IndexFailure,
    ModelMissing, EmbeddingError, SyncStopped.
    """
    pace = ProgressReporter(progress, stop)
    try:
        with ExitStack() as stack:
            server = _connect(stack, chroma_url, chroma_token, fingerprint)
            wanted = (fingerprint, rebuild, allow_empty, distrust)
            run = SyncRun(corpus, Generations(folder), embeddings, *wanted, pace, server)
            if dry_run:
                return run.preview()
            report = run.nothing_to_do()
            if report is None:
                return run.write(wait_seconds)
            run.generations.tidy()
            return report
    except OSError as error:
        raise IndexFailure(f"The index in {folder} cannot be written: {reason(error)}.") from error


def _connect(stack: ExitStack, url: str | None, token: str | None, fingerprint: str) -> SharedServer | None:
    if not url:
        return None
    from retrieval.sync.shared_server import SharedServer

    return stack.enter_context(closing(SharedServer(url, token, fingerprint)))
