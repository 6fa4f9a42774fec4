"""Keeps built models in the system's temporary folder if the cache has no space for them or is read-only."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import stat
import tempfile
from functools import cache
from pathlib import Path

from retrieval.models.model_files import write_cache_file

NEEDED_MEGABYTES = 75  # of the three models
log = logging.getLogger("footnote.models")


def store_graph(path: Path, graph: bytes) -> None:
    """Write a graph with its checksum to *path* in the cache, or to the spare cache.

    The latter is reported once: later processes find the graph there. So is a graph that neither can keep.
    """
    parts = (hashlib.sha256(graph).digest(), graph)
    if write_cache_file(path, *parts):
        return
    spare = spare_cache(create=True)
    stored = spare is not None and write_cache_file(spare / path.name, *parts)
    _report(path.parents[1], spare if stored else None)


def spare_cache(*, create: bool = False) -> Path | None:
    """A folder in the system's temporary folder that only this user can write; None if there is none."""
    if not hasattr(os, "getuid"):  # Windows: its temporary folders belong to one user
        folder = Path(tempfile.gettempdir()) / "footnote-models"
    else:
        folder = Path(tempfile.gettempdir()) / f"footnote-models-{os.getuid()}"
    try:
        if create:
            folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return None
    is_own = not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o077)
    return folder if stat.S_ISDIR(status.st_mode) and is_own else None


@cache  # once, although there are several models
def _report(cache_dir: Path, stored_in: Path | None) -> None:
    try:
        free = f"{shutil.disk_usage(cache_dir).free / 1e6:,.0f} MB are free"
    except OSError:
        free = "which cannot be created"
    log.warning(
        "The cache folder %s has no space for the models, which need %s MB (%s); they are %s. "
        "Set FOOTNOTE_CACHE to another folder.",
        cache_dir,
        NEEDED_MEGABYTES,
        free,
        f"kept in {stored_in}" if stored_in else "built again at every start",
    )
