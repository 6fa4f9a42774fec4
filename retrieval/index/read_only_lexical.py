"""Opens a lexical index in a read-only folder, although Tantivy creates a lock file when it opens one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from retrieval.errors import IndexFailure
from retrieval.index.durable_files import copy_file, copy_tree
from retrieval.index.lexical_index import LexicalIndex


def open_lexical(folder: Path, closers: list[Callable[[], None]]) -> LexicalIndex:
    """The index in *folder*; a callback for cleanup on close is added to *closers* if needed.

    Raises IndexFailure if it is missing or damaged.
    """
    try:
        return LexicalIndex.open(folder)
    except IndexFailure:
        if not folder.is_dir() or _is_writable(folder):
            raise
    temporary = Path(tempfile.mkdtemp(prefix="footnote-"))
    closers.append(lambda: shutil.rmtree(temporary, ignore_errors=True))
    try:
        copy_tree(folder, temporary / folder.name, _symlink)
    except OSError as error:
        raise IndexFailure(f"The lexical index in {folder} cannot be opened: {error}.") from error
    return LexicalIndex.open(temporary / folder.name)


def _is_writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _symlink(source: Path, target: Path) -> None:
    if source.suffix == ".lock":
        return
    try:
        target.symlink_to(source.resolve())
    except OSError:
        copy_file(source, target)
