"""A tiny BERT with random weights in a folder, in the format of FOOTNOTE_MODEL_DIR."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from retrieval.models import model_files


def small_model(folder: Path, **changes: np.ndarray | None) -> model_files.ModelFiles:
    """A BERT with one layer, two heads and width 8, and the tokenizer of the packaged model.

    *changes* replace arrays by name, or remove them (None).
    """
    from safetensors.numpy import save_file

    random = np.random.default_rng(7)
    width, wide = 8, 16
    layer = "encoder.layer.0."
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (30522, width),
        "embeddings.position_embeddings.weight": (512, width),
        "embeddings.token_type_embeddings.weight": (2, width),
        layer + "attention.output.dense.weight": (width, width),
        layer + "attention.output.dense.bias": (width,),
        layer + "intermediate.dense.weight": (wide, width),
        layer + "intermediate.dense.bias": (wide,),
        layer + "output.dense.weight": (width, wide),
        layer + "output.dense.bias": (width,),
    }
    for norm in ("embeddings.", layer + "attention.output.", layer + "output."):
        shapes |= {norm + "LayerNorm.weight": (width,), norm + "LayerNorm.bias": (width,)}
    for part in ("query", "key", "value"):
        shapes[f"{layer}attention.self.{part}.weight"] = (width, width)
        shapes[f"{layer}attention.self.{part}.bias"] = (width,)
    tensors = {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    for name, change in changes.items():
        tensors.pop(name)
        if change is not None:
            tensors[name] = change
    folder.mkdir(parents=True)
    save_file(tensors, folder / "model.safetensors")
    (folder / "tokenizer.json").write_bytes(model_files.packaged_files().tokenizer.read_bytes())
    (folder / "config.json").write_text('{"num_attention_heads": 2}')
    return model_files.custom_files(folder, folder.parent)
