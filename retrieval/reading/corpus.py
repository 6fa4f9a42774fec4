"""The folders and files that contain the articles: lists them and reads each file as Articles."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from retrieval.article import Article, ArticleInfo
from retrieval.errors import ReadError
from retrieval.reading.document.safe_open import name_on_disk, printable_name
from retrieval.reading.file_reader import FileReader, SourceFile
from retrieval.reading.file_selection import FileSelection
from retrieval.reading.file_walk import root_prefixes, walk
from retrieval.reading.formats.registry import kind_of

__all__ = ["Corpus", "Scan", "SourceFile"]


@dataclass(frozen=True, slots=True)
class Scan:
    """The current contents of a corpus, sorted by path.

    ``files`` can be read. The others are paths, those of folders with "/" at the end: files of ``unknown``
    type, ``temporary`` files of other programs, ``unreadable`` folders, what rules say is ``ignored``, and
    links that lead ``outside``.
    """

    files: tuple[SourceFile, ...]
    unknown: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    temporary: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


class Corpus:
    """Reads articles from folders (recursively) and single files; never writes to them."""

    def __init__(self, roots: Sequence[Path], *, gitignore: bool = False, follow_links: bool = False) -> None:
        self.roots = tuple(Path(os.path.abspath(root)) for root in roots)  # noqa: PTH100 (keeps symlinks)
        real_roots = tuple(os.path.realpath(root) for root in self.roots)
        self._selection = FileSelection(gitignore, follow_links, real_roots)
        self._prefixes = root_prefixes(self.roots)
        self._reader = FileReader()

    def scan(self) -> Scan:
        """All files that can contain articles. Raises CorpusError if a root is missing or unreadable."""
        files: list[SourceFile] = []
        others: defaultdict[str, list[str]] = defaultdict(list)
        for root, prefix in zip(self.roots, self._prefixes, strict=True):
            for found in walk(root, prefix, self._selection):
                if found.left_out or kind_of(found.path) is None:
                    others[found.left_out or "unknown"].append(found.path)
                else:
                    files.append(SourceFile.of(found.path, found.absolute, found.status))
        files.sort(key=lambda file: file.path)
        return Scan(tuple(files), **{reason: tuple(sorted(paths)) for reason, paths in others.items()})

    def read(self, source: SourceFile) -> list[Article]:
        """The articles of a file. Raises ReadError; its ``articles`` are those that could be read (the valid
        rows of a dump)."""
        return self._reader.read(source)

    def find(self, article: ArticleInfo) -> Article | None:
        """The article as it is on disk now; None when its file or row is missing or unreadable."""
        absolute = self.locate(article.path)
        if absolute is None:
            return None
        try:
            source = SourceFile.of(article.path, absolute, absolute.stat())
            return self._reader.find(source, article.id) or self._find_by_own_id(source, article.id)
        except (OSError, ReadError):
            return None

    def _find_by_own_id(self, source: SourceFile, article_id: str) -> Article | None:
        """An article indexed as "x#2" because an article of another file has the id "x"."""
        own_id, _, number = article_id.rpartition("#")
        found = self._reader.find(source, own_id) if number.isdigit() and own_id else None
        if found is None or found.info.id != own_id:
            return None
        return replace(found, info=replace(found.info, id=article_id), digest="")

    def locate(self, path: str) -> Path | None:
        """The absolute path of a file of the corpus; None for a path outside it."""
        if "\0" in path or ".." in path.split("/"):
            return None
        for root, prefix in zip(self.roots, self._prefixes, strict=True):
            if root.is_file():
                if path == prefix + printable_name(root.name):
                    return root
            elif path.startswith(prefix):
                for name in dict.fromkeys((path[len(prefix) :], name_on_disk(path[len(prefix) :]))):
                    candidate = root / name  # an absolute name would escape the root
                    if candidate.is_relative_to(root) and candidate.is_file():
                        return candidate
        return None
