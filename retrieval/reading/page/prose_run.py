"""Finds the article of a page without regard to its markup: the one run of prose below its title.

It checks the extractor of main content, which can take a comment policy or a cookie notice for the article.
"""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.reading.document.blocks import Block
from retrieval.reading.page.line_features import prose_core
from retrieval.text_lines import Line

_MIN_LENGTH = 250  # characters of a run that can replace an extraction
_MAX_COVERAGE = 0.5  # of the run's text: if more of it was extracted, the extraction is right
_MAX_EXTRACTED = 0.8  # of the run's length: if more was extracted, the page is a long one of another kind


def lost_article(blocks: Sequence[Block], title: str | None, extracted: Sequence[Block]) -> list[Block]:
    """The run of prose in the *blocks* of a page, if what was *extracted* is something else; else empty.

    List items that follow the run belong to it. An extraction from between the title and the run is right:
    then the run is of comments, or a notice at the end of the page.
    """
    below = _below_title(blocks, title)
    first, last = prose_core([_line(block) for block in below])
    while 0 <= last < len(below) - 1 and below[last + 1].text.startswith("- "):
        last += 1
    run = list(below[first : last + 1])
    keys = {_key(block.text) for block in extracted}
    if any(_key(block.text) in keys for block in below[:first]) or not _is_missing(run, extracted):
        return []
    return run


def _below_title(blocks: Sequence[Block], title: str | None) -> Sequence[Block]:
    key = _key(title or "")
    start = next((i + 1 for i, block in enumerate(blocks) if key and _key(block.text) == key), 0)
    return blocks[start:]


def _is_missing(run: Sequence[Block], extracted: Sequence[Block]) -> bool:
    """True if most of the run is missing from what was extracted, which is far shorter."""
    length = _length(run)
    if length < _MIN_LENGTH or _length(extracted) > _MAX_EXTRACTED * length:
        return False
    found = "".join(_key(block.text) for block in extracted)
    covered = sum(len(block.text) for block in run if _key(block.text) in found)
    return covered < _MAX_COVERAGE * length


def _key(text: str) -> str:
    return "".join(text.split()).casefold()


def _line(block: Block) -> Line:
    return Line(0, 0, len(block.text), " ".join(block.text.split()))


def _length(blocks: Sequence[Block]) -> int:
    return sum(len(block.text) for block in blocks)
