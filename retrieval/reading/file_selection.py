"""Which files of a corpus are read: ignore rules as in .gitignore, folders of programs, links."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.errors import CorpusError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".footnoteignore"
# Not articles, unless an ignore file includes them again: "!templates/".
_PROGRAM_FOLDERS = frozenset("node_modules __pycache__ templates _templates".split())
_PROGRAM_SUFFIXES = (".excalidraw.md",)


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The rules of one folder; ``prefix`` is its path, as of the files in it."""

    prefix: str
    spec: GitIgnoreSpec


@dataclass(frozen=True, slots=True)
class FileSelection:
    """What a walk leaves out.

    ``gitignore`` also applies the rules of .gitignore files; ``follow_links`` follows symbolic links to files
    and folders outside the corpus, of which ``real_roots`` are the folders, with links resolved.
    """

    gitignore: bool = False
    follow_links: bool = False
    real_roots: tuple[str, ...] = ()

    def rules(self, folder: str, prefix: str) -> tuple[IgnoreRules, ...]:
        """The rules of the ignore files in a folder; those of Footnote's own file decide.

        Raises CorpusError: files that somebody wanted to keep out are not read by mistake.
        """
        names = (".gitignore", IGNORE_FILE) if self.gitignore else (IGNORE_FILE,)
        lines: list[str] = []
        for name in names:
            lines += _lines(os.path.join(folder, name))  # noqa: PTH118 (the walk uses strings)
        if not lines:
            return ()
        from pathspec import GitIgnoreSpec  # imported only when needed

        try:
            return (IgnoreRules(prefix, GitIgnoreSpec.from_lines(lines)),)
        except ValueError as error:
            raise CorpusError(f"The ignore file in {folder} has an invalid pattern: {error}.") from error

    def leaves_corpus(self, entry: os.DirEntry[str]) -> bool:
        """True for a symbolic link to a place outside the corpus that is not followed."""
        if self.follow_links or not entry.is_symlink():
            return False
        target = os.path.realpath(entry.path)
        return not any(target == root or target.startswith(root + os.sep) for root in self.real_roots)


def is_ignored(rules: Sequence[IgnoreRules], path: str, *, folder: bool) -> bool:
    """True if the deepest rule that matches *path* ignores it; *rules* are those of the folders above it."""
    name = path.rpartition("/")[2]
    path = f"{path}/" if folder else path
    for rule in reversed(rules):
        decision = rule.spec.check_file(path[len(rule.prefix) :]).include
        if decision is not None:
            return decision
    return name.casefold() in _PROGRAM_FOLDERS if folder else name.endswith(_PROGRAM_SUFFIXES)


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8-sig") as file:  # noqa: PTH123
            return file.read().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from error
