"""What a sync says when it is done."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.index.file_state import ReadFailure


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did: articles by what became of them, passages now in the index, files left out.

    ``failed`` are the files that cannot be read, or not wholly; ``unknown`` those of no known kind.
    ``rebuilt`` says why all was read and embedded anew, "" when it was not. ``flagged`` are the articles,
    of those read now, that talk to a language model.
    """

    generation: int
    added: int
    changed: int
    moved: int
    deleted: int
    unchanged: int
    passages: int
    embedded: int
    failed: tuple[ReadFailure, ...]
    unknown: tuple[str, ...]
    seconds: float
    dry_run: bool
    rebuilt: str = ""
    flagged: tuple[ReadFailure, ...] = ()
