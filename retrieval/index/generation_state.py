"""The parts of a generation's folder, and the note of what it was built from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

CATALOGUE = "catalogue.sqlite"
CHROMA = "chroma"
LEXICAL = "tantivy"
REACH = 0.9  # below this share Chroma's graph, which is approximate, is not asked


@dataclass(frozen=True, slots=True)
class GenerationState:
    """What the folder was begun from (``base``: a generation, 0 for none) and for what fingerprint.

    ``churn``: rows put and deleted in Chroma since it was last made anew; ``reach``: the share of a sample
    of passages that its graph finds by their own vectors.
    """

    base: int
    fingerprint: str
    churn: int = 0
    reach: float = 1.0


def read_state(folder: Path) -> GenerationState | None:
    """What a folder was begun from; None when that is not known."""
    try:
        return GenerationState(**json.loads((folder / "state.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_state(folder: Path, state: GenerationState) -> None:
    """Put down what a folder was begun from."""
    (folder / "state.json").write_text(json.dumps(asdict(state)), encoding="utf-8")
