"""The parts of a generation's folder, the state file that says what it was built from, and its contents."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.index.file_state import ReadFailure
from retrieval.tags import count_tags

if TYPE_CHECKING:
    from retrieval.article import ArticleInfo
    from retrieval.index.current_generation import Current

CATALOGUE = "catalogue.sqlite"
CHROMA = "chroma"
LEXICAL = "tantivy"
STATE = "state.json"
MIN_REACH = 0.9  # recall below which Chroma's graph, which is approximate, is not used


@dataclass(frozen=True, slots=True)
class GenerationState:
    """The generation that a folder was built from (``base``, 0 for none), and its fingerprint.

    ``churn``: rows added to and deleted from Chroma since it was last rebuilt. ``reach``: recall of its
    graph, the share of sampled passages that it finds by their own vectors.
    """

    base: int
    fingerprint: str
    churn: int = 0
    reach: float = 1.0


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The contents of an index and what it was built with.

    Dates are "2021-03-18"; ``synced_at`` is ISO 8601, UTC. ``publishers`` and ``tags`` are (name, number of
    articles), most articles first. ``pending``: see ``Current``.
    """

    generation: int
    articles: int
    passages: int
    first_date: str | None
    last_date: str | None
    synced_at: str
    fingerprint: str
    publishers: tuple[tuple[str, int], ...]
    tags: tuple[tuple[str, int], ...]
    failed: tuple[ReadFailure, ...]
    pending: int = 0


def index_status(
    current: Current, articles: Sequence[ArticleInfo], passages: int, failed: tuple[ReadFailure, ...]
) -> IndexStatus:
    """The status of the current generation, or of some of its articles with this number of passages."""
    dates = sorted(date for info in articles if (date := info.date))
    publishers = Counter(info.publisher for info in articles if info.publisher)
    return IndexStatus(
        generation=current.generation,
        articles=len(articles),
        passages=passages,
        first_date=dates[0] if dates else None,
        last_date=dates[-1] if dates else None,
        synced_at=current.synced_at,
        fingerprint=current.fingerprint,
        publishers=tuple(sorted(publishers.items(), key=lambda pair: (-pair[1], pair[0]))),
        tags=count_tags(info.tags for info in articles),
        failed=failed,
        pending=current.pending,
    )


def read_state(folder: Path) -> GenerationState | None:
    """The state of a folder; None if its state file is missing or damaged."""
    try:
        return GenerationState(**json.loads((folder / STATE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_state(folder: Path, state: GenerationState) -> None:
    """Write the state file of a folder."""
    (folder / STATE).write_text(json.dumps(asdict(state)), encoding="utf-8")
