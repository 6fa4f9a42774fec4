"""Splits a compound question into clauses that each need their own evidence."""

from __future__ import annotations

import re

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
    parts: list[str] = []
    for clause in _BOUNDARY.split(question.strip().rstrip("?!. ")):
        if not clause:
            continue
        is_part = not _is_short(clause) and len(parts) < MAX_PARTS and not _CONTINUATION.match(clause)
        if is_part or not parts:
            parts.append(clause)
        else:
            parts[-1] += ", " + clause
    if len(parts) > 1 and _is_short(parts[0]):
        parts[:2] = [", ".join(parts[:2])]
    return tuple(parts)


def _is_short(clause: str) -> bool:
    return len(set(content_stems(clause))) < MIN_CONTENT_WORDS
