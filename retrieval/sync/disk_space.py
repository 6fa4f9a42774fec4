"""Reports a full disk with the space that an index needs, and frees what the failed sync has used."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.errors import DiskFull, IndexBusy
from retrieval.index.durable_files import is_disk_full

if TYPE_CHECKING:
    from retrieval.index.generations import Generations
    from retrieval.reading.corpus import Scan

# Measured on five corpora of 60 KB to 9 MB: 1.2 MB and 17 times the text; while it is written, also the
# journal of vectors.
_FIXED_BYTES = 1_500_000
_BYTES_PER_TEXT_BYTE = 20


def disk_full(error: BaseException, generations: Generations, scan: Scan) -> DiskFull | None:
    """The error for a sync that ran out of space, and None if *error* has another cause.

    The unfinished generation is deleted; computed vectors stay in the journal. Chroma does not say why a
    write failed: then it is the space if there was less than the index needs.
    """
    needed = _needed_bytes(generations, scan)
    free = shutil.disk_usage(generations.folder).free + _size(generations.building)
    if isinstance(error, IndexBusy) or not (is_disk_full(error) or free < needed):
        return None
    shutil.rmtree(generations.building, ignore_errors=True)
    return DiskFull(generations.folder, needed, free)


def _needed_bytes(generations: Generations, scan: Scan) -> int:
    current = generations.current_or_none()
    if current is not None and not current.pending:
        return _size(generations.path(current.generation))
    return _FIXED_BYTES + _BYTES_PER_TEXT_BYTE * sum(file.size for file in scan.files)


def _size(folder: Path) -> int:
    """The bytes that the files below a folder take."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
