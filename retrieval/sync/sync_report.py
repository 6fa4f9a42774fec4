"""The result of a sync, and which part of it no earlier sync reported, so that it is not repeated."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from retrieval.index.durable_files import write_atomically
from retrieval.index.file_state import ReadFailure, failures_of, omissions_of

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.index.file_state import FileState
    from retrieval.reading.corpus import Scan
    from retrieval.sync.changes import ArticleCounts

_HISTORY = "reported.json"  # in the index folder
_UNREADABLE_FOLDER = "The folder is not readable."


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not in the index, although it is in the corpus.

    ``failed`` are files that are unreadable, or only partly readable; ``omitted`` are parts of files without
    text that can be read, such as pages that are images. ``unknown`` are files of unsupported types,
    ``temporary`` are drafts and backups of other programs, ``outside`` are links that leave the corpus, and
    ``ignored`` is what rules leave out: it is counted, but no news.
    """

    failed: tuple[ReadFailure, ...] = ()
    omitted: tuple[ReadFailure, ...] = ()
    unknown: tuple[str, ...] = ()
    temporary: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.failed or self.omitted or self.unknown or self.temporary or self.outside)

    def counts(self) -> dict[str, object]:
        """The numbers of files, those of unsupported types by suffix."""
        return {
            "unreadable": len(self.failed),
            "omitted_parts": len(self.omitted),
            "unsupported": dict(count_suffixes(self.unknown)),
            "temporary": len(self.temporary),
            "outside_links": len(self.outside),
            "ignored": len(self.ignored),
        }


@dataclass(frozen=True, slots=True)
class SyncReport:
    """Numbers of articles by change, the passages now in the index, and what was left out.

    ``rebuilt`` is the reason for a full rebuild, "" if there was none. ``flagged`` are the articles read by
    this sync that address a language model. ``unreported`` is what no earlier sync reported of ``left_out``.
    ``repaired`` are the damaged parts of the index, as files and folders, that were written again.
    """

    generation: int
    added: int
    changed: int
    moved: int
    deleted: int
    unchanged: int
    passages: int
    failed: tuple[ReadFailure, ...]
    unknown: tuple[str, ...]
    seconds: float
    embedded: int = 0
    dry_run: bool = False
    rebuilt: str = ""
    flagged: tuple[ReadFailure, ...] = ()
    omitted: tuple[ReadFailure, ...] = ()
    temporary: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    unreported: LeftOut = LeftOut()
    repaired: tuple[str, ...] = ()

    @property
    def repair_text(self) -> str:
        """Which damage was repaired, and from what; "" if there was none."""
        if not self.repaired:
            return ""
        source = f"{self.embedded:,} passages embedded again" if self.embedded else "nothing embedded again"
        names = ", ".join(self.repaired)
        return f"The index was damaged ({names}) and has been repaired in {self.seconds:.1f} s; {source}."

    @property
    def left_out(self) -> LeftOut:
        """All that is not in the index, reported before or not."""
        return LeftOut(self.failed, self.omitted, self.unknown, self.temporary, self.outside, self.ignored)


def make_report(
    generation: int,
    counts: ArticleCounts,
    passages: int,
    left_out: LeftOut,
    seconds: float,
    flagged: tuple[ReadFailure, ...],
) -> SyncReport:
    """The report of a sync that left *generation* current."""
    return SyncReport(
        generation=generation,
        **asdict(counts),
        passages=passages,
        failed=left_out.failed,
        omitted=left_out.omitted,
        unknown=left_out.unknown,
        temporary=left_out.temporary,
        outside=left_out.outside,
        ignored=left_out.ignored,
        seconds=seconds,
        flagged=flagged,
    )


def left_out_of(states: Collection[FileState], scan: Scan) -> LeftOut:
    """What is left out, from the files as they were read and the scan of the corpus."""
    folders = (ReadFailure(folder, _UNREADABLE_FOLDER) for folder in scan.unreadable)
    return LeftOut(
        failed=(*failures_of(states), *folders),
        omitted=omissions_of(states),
        unknown=scan.unknown,
        temporary=scan.temporary,
        outside=scan.outside,
        ignored=scan.ignored,
    )


def count_suffixes(paths: Iterable[str]) -> Mapping[str, int]:
    """The number of files of each type, most first; a file without a suffix is counted under its name.

    >>> count_suffixes(["a.doc", "sub/b.DOC", "Makefile", "c.csv.gz"])
    {'.doc': 2, '.csv.gz': 1, 'Makefile': 1}
    """
    counts = Counter(map(_suffix, paths))
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2]
    stem = name.removesuffix(".gz") if name.lower().endswith(".gz") else name
    base, dot, suffix = stem.rpartition(".")
    return (dot + suffix + name[len(stem) :]).lower() if base else name


def with_unreported(report: SyncReport, folder: Path) -> SyncReport:
    """The report with what no earlier one contained, which is remembered in the index *folder*.

    It only saves repetition: if the file is missing or damaged, everything counts as unreported.
    """
    left_out, known = report.left_out, _load(folder / _HISTORY)
    unreported = LeftOut(
        failed=tuple(failure for failure in left_out.failed if _key(failure) not in known),
        omitted=tuple(part for part in left_out.omitted if _key(part) not in known),
        unknown=tuple(path for path in left_out.unknown if _type_key(path) not in known),
        temporary=tuple(path for path in left_out.temporary if path not in known),
        outside=tuple(path for path in left_out.outside if path not in known),
    )
    keys = {
        *map(_key, (*left_out.failed, *left_out.omitted)),
        *map(_type_key, left_out.unknown),
        *left_out.temporary,
        *left_out.outside,
    }
    if keys != known and not report.dry_run:
        with suppress(OSError):  # a read-only index: reported again next time
            write_atomically(folder / _HISTORY, json.dumps(sorted(keys)))
    return replace(report, unreported=unreported)


def _load(path: Path) -> set[str]:
    try:
        keys = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    return set(keys) if isinstance(keys, list) and all(isinstance(key, str) for key in keys) else set()


def _key(failure: ReadFailure) -> str:
    return f"{failure.path}: {failure.reason}"


def _type_key(path: str) -> str:
    """One key for all files of a type: the next .doc file is no news."""
    return f"*{next(iter(count_suffixes([path])))}"
