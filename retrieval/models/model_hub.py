"""Downloads a model from the Hugging Face hub, once, and only when a setting names one."""

from __future__ import annotations

import os
from pathlib import Path

from retrieval.errors import RerankerUnusable

HUB_PREFIX = "hf:"
_MODEL_FILES = ("model.onnx", "onnx/model.onnx", "tokenizer.json", "config.json")


def download_model(name: str, folder: Path) -> Path:
    """The folder with the model "owner/name", downloaded into *folder* if it is not there yet.

    Raises RerankerUnusable if the package huggingface_hub is not installed, the hub does not have the
    model, or the hub is unreachable.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise RerankerUnusable(
            f"Downloading {name} requires the package huggingface_hub.",
            "Run `uv sync --extra hub`, or set FOOTNOTE_RERANKER to a folder.",
        ) from error
    target = folder / name.replace("/", "--")
    if (target / "tokenizer.json").is_file() and any(
        (target / graph).is_file() for graph in _MODEL_FILES[:2]
    ):
        return target
    try:
        return Path(snapshot_download(name, local_dir=target, allow_patterns=list(_MODEL_FILES)))
    except Exception as error:  # its own exceptions, those of its HTTP client, and OSError
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise RerankerUnusable(f"The model {name} cannot be downloaded: {reason}.") from error
