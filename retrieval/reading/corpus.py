"""The folders and files that hold the articles: what is there now, and each file as Articles."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from retrieval.article import Article, ArticleInfo
from retrieval.errors import ReadError
from retrieval.reading.document.safe_open import on_disk, printable
from retrieval.reading.file_reader import FileReader, SourceFile
from retrieval.reading.file_walk import prefixes, walk
from retrieval.reading.formats.registry import kind_of

__all__ = ["Corpus", "Scan", "SourceFile"]


@dataclass(frozen=True, slots=True)
class Scan:
    """What a corpus holds now: files to read, by path, the paths of files of no known kind, and those of
    folders that may not be read ("sub/")."""

    files: tuple[SourceFile, ...]
    unknown: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


class Corpus:
    """Reads articles from folders (with all below them) and single files; changes nothing there."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self.roots = tuple(Path(os.path.abspath(root)) for root in roots)  # noqa: PTH100 (keeps symlinks)
        self._prefixes = prefixes(self.roots)
        self._files = FileReader()

    def scan(self) -> Scan:
        """All files that may hold articles. Raises CorpusError when a root is missing or not readable."""
        files: list[SourceFile] = []
        unknown: list[str] = []
        unreadable: list[str] = []
        for root, prefix in zip(self.roots, self._prefixes, strict=True):
            for path, absolute, status in walk(root, prefix):
                if path.endswith("/"):
                    unreadable.append(path)
                elif kind_of(path) is None:
                    unknown.append(path)
                else:
                    files.append(SourceFile(path, absolute, status.st_size, status.st_mtime_ns))
        files.sort(key=lambda file: file.path)
        return Scan(tuple(files), tuple(sorted(unknown)), tuple(sorted(unreadable)))

    def read(self, source: SourceFile) -> list[Article]:
        """The articles of a file. Raises ReadError with one clear sentence; its ``articles`` are those
        that could be read all the same (the whole rows of a dump that has broken ones)."""
        return self._files.read(source)

    def find(self, article: ArticleInfo) -> Article | None:
        """The article as it is on disk now; None when its file or row is gone or cannot be read."""
        absolute = self.locate(article.path)
        if absolute is None:
            return None
        try:
            status = absolute.stat()
            source = SourceFile(article.path, absolute, status.st_size, status.st_mtime_ns)
            return self._files.find(source, article.id) or self._find_as_it_names_itself(source, article.id)
        except (OSError, ReadError):
            return None

    def _find_as_it_names_itself(self, source: SourceFile, article_id: str) -> Article | None:
        """An article that the index calls "x#2" because an article of another file is called "x"."""
        own_id, _, number = article_id.rpartition("#")
        found = self._files.find(source, own_id) if number.isdigit() and own_id else None
        if found is None or found.info.id != own_id:
            return None
        return replace(found, info=replace(found.info, id=article_id), digest="")

    def locate(self, path: str) -> Path | None:
        """Where the file of a relative path is; None for a path that is not within the corpus."""
        if "\0" in path or ".." in path.split("/"):
            return None
        for root, prefix in zip(self.roots, self._prefixes, strict=True):
            if root.is_file():
                if path == prefix + printable(root.name):
                    return root
            elif path.startswith(prefix):
                for name in dict.fromkeys((path[len(prefix) :], on_disk(path[len(prefix) :]))):
                    candidate = root / name  # an absolute path would lead away from the root
                    if candidate.is_relative_to(root) and candidate.is_file():
                        return candidate
        return None
