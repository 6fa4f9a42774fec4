"""Durable file operations: cheap copies, atomic writes, fsync."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def copy_file(source: Path, target: Path) -> None:
    """Copy a file, sharing its blocks if the file system supports it."""
    try:
        _copy_range(source, target)
    except (AttributeError, OSError):  # not available on every system or between all file systems
        shutil.copyfile(source, target)


def _copy_range(source: Path, target: Path) -> None:
    with source.open("rb") as reader, target.open("wb") as writer:
        left = os.fstat(reader.fileno()).st_size
        while left > 0:
            done = os.copy_file_range(reader.fileno(), writer.fileno(), left)
            if done == 0:
                raise OSError(f"{source} was truncated while it was copied")
            left -= done


def link_file(source: Path, target: Path) -> None:
    """Hard-link a file that never changes; copy it where links are not supported."""
    try:
        os.link(source, target)
    except OSError:
        copy_file(source, target)


def copy_tree(source: Path, target: Path, copy: Callable[[Path, Path], None] = copy_file) -> None:
    """Copy a folder recursively, each file with *copy*."""
    target.mkdir(parents=True)
    for entry in sorted(source.iterdir()):
        if entry.is_dir():
            copy_tree(entry, target / entry.name, copy)
        else:
            copy(entry, target / entry.name)


def write_atomically(path: Path, text: str) -> None:
    """Replace a file atomically and durably."""
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)
    fsync_folder(path.parent)


def fsync_tree(folder: Path) -> None:
    """Sync all files below *folder* to the disk, except hard links: those were synced before."""
    for top, _, names in os.walk(folder):
        for name in names:
            path = Path(top) / name
            if path.stat().st_nlink == 1:
                with path.open("rb") as handle:
                    os.fsync(handle.fileno())
        fsync_folder(Path(top))


def fsync_folder(folder: Path) -> None:
    """Sync the directory entries of *folder* to the disk, where the system supports it."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows cannot open folders
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_disk_full(error: BaseException | None) -> bool:
    """True if an error, or what caused it, is that a disk or a quota is full."""
    if error is None:
        return False
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    text = str(error)
    return full or "disk is full" in text or "No space left" in text or is_disk_full(error.__cause__)


def error_reason(error: BaseException) -> str:
    """Why a read or write failed, for the user."""
    if is_disk_full(error):
        return "the disk is full"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def is_writable(folder: Path) -> bool:
    """True if files can be created in *folder*."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _link_segment(source: Path, target: Path) -> None:
    """Link *target* to a file of a lexical index, except its locks; copy it where links are not possible."""
    if source.suffix == ".lock":
        return
    try:
        target.symlink_to(source.resolve())
    except OSError:
        copy_file(source, target)


def linked_copy(folder: Path, closers: list[Callable[[], None]]) -> Path:
    """A temporary folder with links to the files of a lexical index in a read-only folder.

    A callback that removes it is added to *closers*. Raises OSError.
    """
    temporary = Path(tempfile.mkdtemp(prefix="footnote-"))
    closers.append(lambda: shutil.rmtree(temporary, ignore_errors=True))
    copy_tree(folder, temporary / folder.name, _link_segment)
    return temporary / folder.name
