"""Splits a compound question into clauses that each need their own evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.text_analysis import content_stems

MIN_CONTENT_WORDS = 4  # of a sub-question; a shorter clause is joined to the one before it
MAX_PARTS = 6  # further clauses are joined to the last part
_BOUNDARY = re.compile(
    r";\s+|,?\s+(?:while|whereas)\s+|,\s+(?:and|but|or|who|which|whose|with|where|as)\s+"
    r"|\s+compared\s+(?:to|with)\s+"
    r"|\s+and\s+(?=(?:the|an?|is|was|also|has|did|does|its|their|his|her|how|who|what|when|where|why)\b)"
    r"|(?<!\b\d{4}),(?!\s+\d{4}\b)\s+",  # except the commas of "their October 22, 2023, report"
    re.IGNORECASE,
)
# The start of a clause that continues the one before it.
_CONTINUATION = re.compile(r"(?:\w+ing|about|regarding|on|for|specifically)\b", re.IGNORECASE)


def sub_questions(question: str) -> tuple[str, ...]:
    """The clauses of *question* in order; a simple question is a single part.

    The parts serve retrieval, not answering: they need not be questions, and a clause too short to search for
    stays with the one before ("Who was fined, and why?").

    >>> sub_questions("Did The Quay report a ban on drones, while the Ledger reported new ferry routes?")
    ('Did The Quay report a ban on drones', 'the Ledger reported new ferry routes')
    """
    return tuple(question[start:end] for start, end in clause_spans(question))


def clause_spans(question: str) -> list[tuple[int, int]]:
    """The character spans of the clauses that `sub_questions` returns."""
    spans: list[tuple[int, int]] = []
    for start, end in _between_boundaries(question):
        clause = question[start:end]
        is_part = not _is_short(clause) and len(spans) < MAX_PARTS and not _CONTINUATION.match(clause)
        if is_part or not spans:
            spans.append((start, end))
        else:
            spans[-1] = (spans[-1][0], end)
    if len(spans) > 1 and _is_short(question[slice(*spans[0])]):
        spans[:2] = [(spans[0][0], spans[1][1])]
    return spans


def _between_boundaries(question: str) -> Iterator[tuple[int, int]]:
    start, last = len(question) - len(question.lstrip()), len(question.rstrip("?!. \n\t"))
    for boundary in _BOUNDARY.finditer(question, start, last):
        if start < boundary.start():
            yield start, boundary.start()
        start = boundary.end()
    if start < last:
        yield start, last


def _is_short(clause: str) -> bool:
    return len(set(content_stems(clause))) < MIN_CONTENT_WORDS
