"""What was not read, as lines."""

from __future__ import annotations

from bot.terminal.left_out import left_out_lines
from retrieval.index.file_state import ReadFailure
from retrieval.sync.sync_report import LeftOut

PARTS = LeftOut(
    failed=tuple(ReadFailure(f"{n}.txt\x1b[31m", "It is empty.") for n in range(5)),
    omitted=(ReadFailure("scan.pdf", "pages 2 and 3 have no text"),),
    unknown=("a.doc", "b.doc", "c.xyz"),
    temporary=("~$a.docx",),
)


def test_nothing_is_printed_if_all_was_read() -> None:
    """Not even a heading."""
    assert left_out_lines(LeftOut(), verbose=True) == []


def test_reasons_are_listed_up_to_a_limit_and_types_are_counted() -> None:
    """Each reason is sanitized; the rest is a count."""
    assert left_out_lines(PARTS, limit=2) == [
        "Cannot read 0.txt: It is empty.",
        "Cannot read 1.txt: It is empty.",
        "… and 3 more; `footnote sync --verbose` lists them all.",
        "Only partly read: scan.pdf: pages 2 and 3 have no text",
        "Not read: 3 files of unsupported types (2 .doc, 1 .xyz); 1 file with the names of temporary files.",
    ]


def test_all_files_are_listed_with_verbose() -> None:
    """The limit does not apply."""
    lines = left_out_lines(PARTS, limit=2, verbose=True)
    assert sum(line.startswith("Cannot read") for line in lines) == 5
    assert lines[-4:] == [f"Not read: {name}" for name in ("a.doc", "b.doc", "c.xyz", "~$a.docx")]
