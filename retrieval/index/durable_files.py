"""Files and folders that last: copied cheaply, written as a whole or not at all, synced to the disk."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path


def copy_file(source: Path, target: Path) -> None:
    """Copy a file; where the file system can, its blocks are shared instead of copied."""
    try:
        _copy_range(source, target)
    except (AttributeError, OSError):  # not on every system, nor between every pair of file systems
        shutil.copyfile(source, target)


def _copy_range(source: Path, target: Path) -> None:
    with source.open("rb") as reader, target.open("wb") as writer:
        left = os.fstat(reader.fileno()).st_size
        while left > 0:
            done = os.copy_file_range(reader.fileno(), writer.fileno(), left)
            if done == 0:
                raise OSError(f"{source} became shorter while it was copied")
            left -= done


def link_file(source: Path, target: Path) -> None:
    """A second name for a file that is never changed; a copy where links are not possible."""
    try:
        os.link(source, target)
    except OSError:
        copy_file(source, target)


def copy_tree(source: Path, target: Path, copy: Callable[[Path, Path], None] = copy_file) -> None:
    """Copy a folder with all below it, each file by *copy*."""
    target.mkdir(parents=True)
    for entry in sorted(source.iterdir()):
        if entry.is_dir():
            copy_tree(entry, target / entry.name, copy)
        else:
            copy(entry, target / entry.name)


def write_whole(path: Path, text: str) -> None:
    """Replace a file by *text* so that it is never seen half written, and lasts."""
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(path)
    fsync_folder(path.parent)


def fsync_tree(folder: Path) -> None:
    """Bring all files below *folder* to the disk; a file with other names was brought there before."""
    for top, _, names in os.walk(folder):
        for name in names:
            path = Path(top) / name
            if path.stat().st_nlink == 1:
                with path.open("rb") as handle:
                    os.fsync(handle.fileno())
        fsync_folder(Path(top))


def fsync_folder(folder: Path) -> None:
    """Bring the names in *folder* to the disk, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def reason(error: BaseException) -> str:
    """Why something could not be written or read, in words for a person."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if full or "full" in str(error).lower() or "No space left" in str(error):
        return "the disk is full"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
