"""Refuses a sync of what is not the corpus: a folder that is not mounted, was moved, or holds the index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retrieval.errors import CorpusError

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.index.file_state import ReadFailure
    from retrieval.reading.corpus import Corpus, Scan
    from retrieval.sync.changes import ArticleCounts, ArticleDigests

_HELP = "Is it mounted and complete? To let the index go empty: footnote sync --allow-empty."


def refuse_lost(corpus: Corpus, scan: Scan, gone: Sequence[str]) -> None:
    """Raise CorpusError when a folder that had files cannot be read, or one of several has none any more."""
    _refuse_missing_roots(corpus, scan, gone)
    _refuse_unreadable(scan, gone)


def _refuse_missing_roots(corpus: Corpus, scan: Scan, gone: Sequence[str]) -> None:
    if len(corpus.roots) < 2:
        return
    here = {file.path.partition("/")[0] for file in scan.files}
    for root in corpus.roots:
        if root.name not in here and any(path.startswith(root.name + "/") for path in gone):
            raise CorpusError(f"There is no article in {root} any more; the index is kept.", _HELP)


def refuse_within(corpus: Corpus, index: Path) -> None:
    """Raise CorpusError when the articles lie in the folder of the index, whose files are no articles."""
    for root in corpus.roots:
        if root.resolve().is_relative_to(index.resolve()):
            raise CorpusError(
                f"The articles in {root} lie in the folder of the index.",
                "Keep the index elsewhere: --index FOLDER, or FOOTNOTE_INDEX in .env.",
            )


def _refuse_unreadable(scan: Scan, gone: Sequence[str]) -> None:
    for folder in scan.unreadable:
        if any(path.startswith(folder) for path in gone):
            raise CorpusError(
                f"The folder {folder} cannot be read any more; its articles are kept in the index.",
                "Make it readable. To drop its articles: footnote sync --allow-empty.",
            )


def refuse_empty(corpus: Corpus, articles: ArticleDigests, failed: Sequence[ReadFailure], kept: bool) -> None:
    """Raise CorpusError when there is no article at all; *kept*: an index is there, and stays."""
    if articles:
        return
    places = ", ".join(str(root) for root in corpus.roots)
    why = f"; none of its {len(failed)} files can be read: {failed[0].reason}" if failed else "."
    raise CorpusError(
        f"There is no article in {places}{why}{' The index is kept.' if kept else ''}",
        _HELP if kept else None,
    )


def refuse_another_corpus(corpus: Corpus, counts: ArticleCounts, url: str) -> None:
    """Raise CorpusError when a machine's first sync would drop most of what others share on a server."""
    if counts.deleted > counts.unchanged + counts.changed + counts.moved:
        places = ", ".join(str(root) for root in corpus.roots)
        raise CorpusError(
            f"The index on {url} holds {counts.deleted} articles that are not in {places}; it is kept.",
            "Machines that share an index need the same articles. To replace: footnote sync --allow-empty.",
        )
