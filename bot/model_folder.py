"""Where the local models are kept: in the cache, or in the state folder if the cache has no space."""

from __future__ import annotations

import functools
import logging
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings

log = logging.getLogger("footnote.models")
MODELS_BYTES = 72_000_000  # of the three graphs that are built from the packaged weights


def model_folder(settings: Settings) -> Path:
    """The folder that contains "models", or will; without any space, models are built by every command."""
    cache, state = settings.cache.expanduser(), settings.state.expanduser()
    if _space(cache) >= MODELS_BYTES or _space(state) < MODELS_BYTES:
        return cache
    if not (state / "models").exists():
        _report(cache, state)
    return state


@functools.cache
def _report(cache: Path, state: Path) -> None:
    """Log it once: later commands find the models."""
    size = MODELS_BYTES // 1_000_000
    log.warning("%s has no space for the models (%d MB); %s keeps them.", cache, size, state)


def _space(folder: Path) -> int:
    """Bytes that models can have in a folder, which does not need to exist: free, or theirs already."""
    existing = next((place for place in (folder, *folder.absolute().parents) if place.is_dir()), folder)
    try:
        theirs = sum(graph.stat().st_size for graph in (folder / "models").glob("*.onnx"))
        return shutil.disk_usage(existing).free + theirs
    except OSError:
        return MODELS_BYTES  # whoever writes there reports it
