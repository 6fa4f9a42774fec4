"""Refuses a sync that would empty the index: folders that are unmounted, moved, unreadable or wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retrieval.errors import CorpusError
from retrieval.sync.sync_report import count_suffixes

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.index.file_state import ReadFailure
    from retrieval.reading.corpus import Corpus, Scan
    from retrieval.sync.changes import ArticleCounts, ArticleDigests

_MISSING_HELP = (
    "Check that the folder is mounted and complete. To remove its articles: footnote sync --allow-empty."
)


def refuse_missing_files(corpus: Corpus, scan: Scan, deleted: Sequence[str]) -> None:
    """Raise CorpusError if a folder with indexed files is now unreadable, or if one of several is empty."""
    _refuse_missing_roots(corpus, scan, deleted)
    _refuse_unreadable(scan, deleted)


def _refuse_missing_roots(corpus: Corpus, scan: Scan, deleted: Sequence[str]) -> None:
    if len(corpus.roots) < 2:
        return
    present = {file.path.partition("/")[0] for file in scan.files}
    for root in corpus.roots:
        if root.name not in present and any(path.startswith(root.name + "/") for path in deleted):
            raise CorpusError(
                f"{root} no longer contains any articles; the index is unchanged.", _MISSING_HELP
            )


def refuse_corpus_in_index(corpus: Corpus, index: Path) -> None:
    """Raise CorpusError if the articles are in the folder of the index, whose files are not articles."""
    for root in corpus.roots:
        if root.resolve().is_relative_to(index.resolve()):
            raise CorpusError(
                f"The articles in {root} are inside the folder of the index.",
                "Set another folder for the index: --index FOLDER, or FOOTNOTE_INDEX in .env.",
            )


def _refuse_unreadable(scan: Scan, deleted: Sequence[str]) -> None:
    for folder in scan.unreadable:
        if any(path.startswith(folder) for path in deleted):
            raise CorpusError(
                f"The folder {folder} is no longer readable; its articles stay in the index.",
                "Make the folder readable. To remove its articles: footnote sync --allow-empty.",
            )


def refuse_empty(
    corpus: Corpus, scan: Scan, articles: ArticleDigests, failed: Sequence[ReadFailure], kept: bool
) -> None:
    """Raise CorpusError if there are no articles at all; *kept*: True if there is an index already."""
    if articles:
        return
    folders = ", ".join(str(root) for root in corpus.roots)
    reason = f"; all {len(failed)} files are unreadable: {failed[0].reason}" if failed else "."
    if scan.unknown and not failed:
        types = ", ".join(f"{count:,} {suffix}" for suffix, count in count_suffixes(scan.unknown).items())
        reason = f", only files of unsupported types: {types}."
    raise CorpusError(
        f"There are no articles in {folders}{reason}{' The index is unchanged.' if kept else ''}",
        _MISSING_HELP if kept else None,
    )


def refuse_different_corpus(corpus: Corpus, counts: ArticleCounts, url: str) -> None:
    """Raise CorpusError if a machine's first sync would delete most articles of a shared index."""
    if counts.deleted > counts.unchanged + counts.changed + counts.moved:
        folders = ", ".join(str(root) for root in corpus.roots)
        raise CorpusError(
            f"The index on {url} has {counts.deleted} articles that are not in {folders}; it is unchanged.",
            "Machines that share an index need the same articles. To replace the index: "
            "footnote sync --allow-empty.",
        )
