"""Adapts the local model to a task other than embedding: low-rank changes to its weights, and a head.

The changes are LoRA (Hu et al. 2021, https://arxiv.org/abs/2106.09685): a matrix W (outputs, inputs) becomes
W + up @ down, so a task needs only a file of about a megabyte beside the packaged weights.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import ModelMissing
from retrieval.models.bert_weights import BertWeights, gelu

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]


@dataclass(frozen=True)
class Adapter:
    """Arrays by name: NAME.down (rank, inputs) and NAME.up (outputs, rank) change the matrix NAME.weight,
    "head.…" is the head, and any other array replaces the weight of that name. ``digest`` is the file's
    SHA-256.
    """

    arrays: Mapping[str, Array]
    digest: str

    def apply_to(self, weights: BertWeights) -> BertWeights:
        """The adapted weights. Raises ModelMissing when the shapes differ."""
        arrays = dict(weights.arrays)
        for name, array in self.arrays.items():
            if name.endswith(".down"):
                stem = name.removesuffix(".down")
                change = self.arrays[f"{stem}.up"] @ array
                old = arrays.get(f"{stem}.weight")
                if old is None or old.shape != change.shape:
                    raise ModelMissing(f"The adapter does not fit the weights: {stem}.weight.")
                arrays[f"{stem}.weight"] = old + change
            elif not name.endswith(".up") and not name.startswith("head."):
                arrays[name] = array
        return BertWeights(arrays, weights.architecture)

    def head(self, first: Array, second: Array) -> Array:
        """One number for each pair of rows: a GELU layer over both vectors, then a linear layer."""
        both = np.concatenate([first, second], axis=1)
        hidden = gelu(both @ self.arrays["head.0.weight"].T + self.arrays["head.0.bias"])
        out: Array = (hidden @ self.arrays["head.1.weight"].T + self.arrays["head.1.bias"])[:, 0]
        return out


def load_adapter(path: Path) -> Adapter:
    """The adapter in a safetensors file: 16-bit floats, or int8 with one scale per row in NAME.scale."""
    from safetensors.numpy import load

    content = path.read_bytes()
    stored = load(content)
    arrays = {
        name: array.astype(np.float32) * stored.get(f"{name}.scale", np.float32(1)).astype(np.float32)
        for name, array in stored.items()
        if not name.endswith(".scale")
    }
    return Adapter(arrays, hashlib.sha256(content).hexdigest())
