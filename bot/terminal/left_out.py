"""What was not read, as lines for the terminal: files of unsupported types, unreadable files and parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.rendering.sanitize import sanitize_line

if TYPE_CHECKING:
    from retrieval.index.file_state import ReadFailure
    from retrieval.sync.sync_report import LeftOut


def left_out_lines(left_out: LeftOut, limit: int = 3, *, verbose: bool = False) -> list[str]:
    """Unreadable files and omitted parts with reasons, at most *limit* of each, and one line of counts.

    With *verbose*, all files are listed.
    """
    count = None if verbose else limit
    lines = [f"Cannot read {_reason(failure)}" for failure in left_out.failed[:count]]
    lines += _rest(left_out.failed, count)
    lines += [f"Only partly read: {_reason(part)}" for part in left_out.omitted[:count]]
    lines += _rest(left_out.omitted, count)
    summary = summary_line(left_out)
    lines += [summary] if summary else []
    if verbose:
        paths = (*left_out.unknown, *left_out.temporary, *left_out.outside, *left_out.ignored)
        lines += [f"Not read: {sanitize_line(path)}" for path in paths]
    return lines


def summary_line(left_out: LeftOut) -> str:
    """The numbers of files that are not articles, by type; "" if there are none."""
    parts = list(_counts(left_out))
    return f"Not read: {'; '.join(parts)}." if parts else ""


def _counts(left_out: LeftOut) -> Iterator[str]:
    from retrieval.sync.sync_report import count_suffixes

    if left_out.unknown:
        types = count_suffixes(left_out.unknown).items()
        names = ", ".join(f"{count:,} {sanitize_line(suffix)}" for suffix, count in types)
        yield f"{_files(len(left_out.unknown))} of unsupported types ({names})"
    if left_out.temporary:
        yield f"{_files(len(left_out.temporary))} with the names of temporary files"
    if left_out.outside:
        links = f"{len(left_out.outside):,} {'link' if len(left_out.outside) == 1 else 'links'}"
        yield f"{links} out of the corpus (see FOOTNOTE_FOLLOW_LINKS)"
    if left_out.ignored:
        yield f"{len(left_out.ignored):,} ignored by {'a rule' if len(left_out.ignored) == 1 else 'rules'}"


def _reason(failure: ReadFailure) -> str:
    return f"{sanitize_line(failure.path)}: {sanitize_line(failure.reason)}"


def _rest(failures: Sequence[ReadFailure], limit: int | None) -> list[str]:
    rest = len(failures) - limit if limit is not None else 0
    return [f"… and {rest:,} more; `footnote sync --verbose` lists them all."] if rest > 0 else []


def _files(count: int) -> str:
    return f"{count:,} file" if count == 1 else f"{count:,} files"
