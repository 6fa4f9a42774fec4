"""A sentence encoder in plain numpy, written from the definitions of BERT, XLM-RoBERTa and pooling.

It shares no code with Footnote: word pieces in, one vector of length 1 out, in 64 bits.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

Array = np.ndarray


def reference_vector(folder: Path, ids: list[int]) -> Array:
    """The vector of a text with the word pieces *ids*, start and end token included."""
    config = json.loads((folder / "config.json").read_text())
    pooling = json.loads((folder / "1_Pooling" / "config.json").read_text())
    weights = {
        name.split(".", 1)[1]: array.astype(np.float64)
        for name, array in load_file(folder / "model.safetensors").items()
    }

    def linear(x: Array, name: str) -> Array:
        product: Array = x @ weights[name + ".weight"].T + weights[name + ".bias"]
        return product

    def norm(x: Array, name: str) -> Array:
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt(x.var(axis=-1, keepdims=True) + config["layer_norm_eps"])
        normal: Array = scaled * weights[name + ".weight"] + weights[name + ".bias"]
        return normal

    # In XLM-RoBERTa, positions count from the padding token's id + 1; in BERT from 0.
    first = config["pad_token_id"] + 1 if config["model_type"] == "xlm-roberta" else 0
    x = np.array(
        [
            weights["embeddings.word_embeddings.weight"][token]
            + weights["embeddings.position_embeddings.weight"][first + place]
            + weights["embeddings.token_type_embeddings.weight"][0]
            for place, token in enumerate(ids)
        ]
    )
    x = norm(x, "embeddings.LayerNorm")
    layers = {name.split(".")[2] for name in weights if name.startswith("encoder.layer.")}
    for number in range(len(layers)):
        layer = f"encoder.layer.{number}."
        query, key, value = (linear(x, f"{layer}attention.self.{part}") for part in ("query", "key", "value"))
        size = x.shape[1] // config["num_attention_heads"]
        heads = []
        for start in range(0, x.shape[1], size):
            part = slice(start, start + size)
            scores = np.exp(query[:, part] @ key[:, part].T / math.sqrt(size))
            heads.append(scores / scores.sum(axis=1, keepdims=True) @ value[:, part])
        attended = linear(np.concatenate(heads, axis=1), layer + "attention.output.dense")
        x = norm(x + attended, layer + "attention.output.LayerNorm")
        wide = linear(x, layer + "intermediate.dense")
        wide = wide * 0.5 * (1 + np.vectorize(math.erf)(wide / math.sqrt(2)))
        x = norm(x + linear(wide, layer + "output.dense"), layer + "output.LayerNorm")
    pooled = x[0] if pooling["pooling_mode_cls_token"] else x.mean(axis=0)
    unit: Array = pooled / np.linalg.norm(pooled)
    return unit
