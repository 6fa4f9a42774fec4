"""Downloads a model from the Hugging Face hub, once, and only when a setting names one."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from retrieval.errors import RetrievalError

HUB_PREFIX = "hf:"
_NAME = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


def download_model(
    name: str, folder: Path, files: Sequence[str], *, setting: str, error: type[RetrievalError]
) -> Path:
    """The folder with the model "owner/name", downloaded into *folder* if it is not there yet.

    *files* are the patterns of the files needed by the *setting*. An interrupted download is resumed.
    Raises *error* if the package huggingface_hub is not installed, the hub does not have the model, or the
    hub is unreachable.
    """
    if not _NAME.fullmatch(name):
        raise error(f"“{name}” is not the name of a model.", f"Set {setting} to hf:OWNER/NAME.")
    target = folder / name.replace("/", "--")
    complete = target / f".complete-{setting}"
    if complete.is_file():
        return target
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    if not sys.stderr.isatty():
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    try:
        from huggingface_hub import snapshot_download
    except ImportError as missing:
        raise error(
            f"Downloading {name} requires the package huggingface_hub.",
            f"Run `uv sync --extra hub`, or set {setting} to a folder.",
        ) from missing
    try:
        snapshot_download(name, local_dir=target, allow_patterns=list(files))
        complete.touch()
    except Exception as failed:  # its own exceptions, those of its HTTP client, and OSError
        reason = (str(failed).splitlines() or [type(failed).__name__])[0].rstrip(".")
        raise error(
            f"The model {name} cannot be downloaded: {reason}.",
            f"Check the name and the connection, or set {setting} to a folder with the model.",
        ) from failed
    return target
