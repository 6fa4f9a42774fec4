"""The parts of a compound question: clauses that each ask for evidence of their own."""

from __future__ import annotations

import re

from retrieval.text_analysis import content_stems

FEWEST = 4  # content words of a part; what has fewer belongs to the part before it
MOST = 6  # parts; what follows belongs to the last
_BORDER = re.compile(
    r";\s+|,?\s+(?:while|whereas)\s+|,\s+(?:and|but|or|who|which|whose|with|where|as)\s+"
    r"|\s+compared\s+(?:to|with)\s+"
    r"|\s+and\s+(?=(?:the|an?|is|was|also|has|did|does|its|their|his|her|how|who|what|when|where|why)\b)"
    r"|(?<!\b\d{4}),(?!\s+\d{4}\b)\s+",  # not the commas of "their October 22, 2023, report"
    re.IGNORECASE,
)
_ADDS = re.compile(
    r"(?:\w+ing|about|regarding|on|for|specifically)\b", re.IGNORECASE
)  # to the part before it


def sub_questions(question: str) -> tuple[str, ...]:
    """The clauses of *question* in its order; one that asks for one thing is a single part.

    They are to be searched for, not answered: a clause need not ask, and one that is too short to be searched
    for stays with the one before ("Who was fined, and why?").

    >>> sub_questions("Did The Quay report a ban on drones, while the Ledger reported new ferry routes?")
    ('Did The Quay report a ban on drones', 'the Ledger reported new ferry routes')
    """
    found: list[str] = []
    for clause in _BORDER.split(question.strip().rstrip("?!. ")):
        if not clause:
            continue
        is_part = len(set(content_stems(clause))) >= FEWEST and len(found) < MOST and not _ADDS.match(clause)
        if is_part or not found:
            found.append(clause)
        else:
            found[-1] += ", " + clause
    if len(found) > 1 and len(set(content_stems(found[0]))) < FEWEST:
        found[:2] = [", ".join(found[:2])]
    return tuple(found)
