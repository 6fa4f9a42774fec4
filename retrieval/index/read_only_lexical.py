"""Opens a lexical index also where nothing may be written: Tantivy wants to put a lock file beside it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from retrieval.errors import IndexFailure
from retrieval.index.durable_files import copy_file, copy_tree
from retrieval.index.lexical_index import LexicalIndex


def open_lexical(folder: Path, closers: list[Callable[[], None]]) -> LexicalIndex:
    """The index in *folder*; what is to be done when it is closed is added to *closers*.

    Raises IndexFailure when it is missing or damaged.
    """
    try:
        return LexicalIndex.open(folder)
    except IndexFailure:
        if not folder.is_dir() or _may_write(folder):
            raise
    elsewhere = Path(tempfile.mkdtemp(prefix="footnote-"))
    closers.append(lambda: shutil.rmtree(elsewhere, ignore_errors=True))
    try:
        copy_tree(folder, elsewhere / folder.name, _link_by_name)
    except OSError as error:
        raise IndexFailure(f"The lexical index in {folder} cannot be opened: {error}.") from error
    return LexicalIndex.open(elsewhere / folder.name)


def _may_write(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _link_by_name(source: Path, target: Path) -> None:
    if source.suffix == ".lock":
        return
    try:
        target.symlink_to(source.resolve())
    except OSError:
        copy_file(source, target)
