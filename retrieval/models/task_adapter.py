"""What the local model is trained for beside embedding: small changes of its weights, and a head.

The changes are of low rank (LoRA, Hu et al. 2021, https://arxiv.org/abs/2106.09685): a matrix W (outputs,
inputs) becomes W + up @ down, so that a task takes a file of about a megabyte beside the packaged weights.
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
    """Arrays by name: NAME.down (rank, inputs) and NAME.up (outputs, rank) change the matrix NAME.weight;
    any other name of a BERT model is put in its place; "head.…" is the head. ``digest`` names them all.
    """

    arrays: Mapping[str, Array]
    digest: str

    def adapted(self, weights: BertWeights) -> BertWeights:
        """The weights with the changes made. Raises ModelMissing when they are of another shape."""
        arrays = dict(weights.arrays)
        for name, array in self.arrays.items():
            if name.endswith(".down"):
                stem = name.removesuffix(".down")
                change = self.arrays[f"{stem}.up"] @ array
                old = arrays.get(f"{stem}.weight")
                if old is None or old.shape != change.shape:
                    raise ModelMissing(f"The weights do not fit their adapter: {stem}.weight.")
                arrays[f"{stem}.weight"] = old + change
            elif not name.endswith(".up") and not name.startswith("head."):
                arrays[name] = array
        return BertWeights(arrays, weights.heads)

    def head(self, first: Array, second: Array) -> Array:
        """Two vectors to one number, for each row: a layer with GELU over both, then a sum."""
        both = np.concatenate([first, second], axis=1)
        bent = gelu(both @ self.arrays["head.0.weight"].T + self.arrays["head.0.bias"])
        out: Array = (bent @ self.arrays["head.1.weight"].T + self.arrays["head.1.bias"])[:, 0]
        return out


def load_adapter(path: Path) -> Adapter:
    """The adapter in a safetensors file: numbers of 16 bits, or of 8 with NAME.scale, a number a row."""
    from safetensors.numpy import load

    content = path.read_bytes()
    stored = load(content)
    arrays = {
        name: array.astype(np.float32) * stored.get(f"{name}.scale", np.float32(1)).astype(np.float32)
        for name, array in stored.items()
        if not name.endswith(".scale")
    }
    return Adapter(arrays, hashlib.sha256(content).hexdigest())
