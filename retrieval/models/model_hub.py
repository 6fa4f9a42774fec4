"""Models from the Hugging Face hub, fetched once when a setting names one, and never otherwise."""

from __future__ import annotations

import os
from pathlib import Path

from retrieval.errors import RerankerUnusable

HUB = "hf:"
_WANTED = ("model.onnx", "onnx/model.onnx", "tokenizer.json", "config.json")


def from_hub(name: str, folder: Path) -> Path:
    """The folder with the model "owner/name", downloaded into *folder* unless it is there.

    Raises RerankerUnusable: the package huggingface_hub is not installed, or the hub has no such model or
    cannot be reached.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise RerankerUnusable(
            f"To download {name}, the package huggingface_hub is needed.",
            "Run `uv sync --extra hub`, or set FOOTNOTE_RERANKER to a folder.",
        ) from error
    here = folder / name.replace("/", "--")
    if (here / "tokenizer.json").is_file() and any((here / graph).is_file() for graph in _WANTED[:2]):
        return here
    try:
        return Path(snapshot_download(name, local_dir=here, allow_patterns=list(_WANTED)))
    except Exception as error:  # its own classes, those of its HTTP client, and OSError
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise RerankerUnusable(f"The model {name} cannot be downloaded: {reason}.") from error
