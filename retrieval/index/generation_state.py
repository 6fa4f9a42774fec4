"""The parts of a generation's folder, and the state file that says what it was built from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

CATALOGUE = "catalogue.sqlite"
CHROMA = "chroma"
LEXICAL = "tantivy"
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


def read_state(folder: Path) -> GenerationState | None:
    """The state of a folder; None if its state file is missing or damaged."""
    try:
        return GenerationState(**json.loads((folder / "state.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_state(folder: Path, state: GenerationState) -> None:
    """Write the state file of a folder."""
    (folder / "state.json").write_text(json.dumps(asdict(state)), encoding="utf-8")
