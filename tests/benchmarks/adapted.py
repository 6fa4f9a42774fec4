"""Trains the packaged model for a task and writes the adapter that `task_adapter` reads."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]  # in the environment of the scripts only
from safetensors.numpy import save_file
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional  # type: ignore[import-not-found]

RANK = 64  # singular values kept of the change of each matrix, in 8 bits
HEAD_RATE = 5e-4  # learning rate of the new parameters
BEGIN, END = 101, 102  # ids of the word pieces [CLS] and [SEP]
MATRICES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "joined": "attention.output.dense",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
}
NORMS = {"after_attention": "attention.output.LayerNorm", "after": "output.LayerNorm"}


class Layer(nn.Module):  # type: ignore[misc]
    """One encoder layer of BERT, from the packaged weights."""

    def __init__(self, packaged: dict[str, Any], number: int) -> None:
        super().__init__()
        prefix = f"encoder.layer.{number}."
        for own, name in MATRICES.items():
            matrix = packaged[prefix + name + ".weight"]
            dense = nn.Linear(matrix.shape[1], matrix.shape[0])
            dense.weight.data, dense.bias.data = matrix.clone(), packaged[prefix + name + ".bias"].clone()
            setattr(self, own, dense)
        for own, name in NORMS.items():
            setattr(self, own, layer_norm(packaged, prefix + name))

    def forward(self, x: Any, mask: Any) -> Any:
        """Map (batch, length, width) to the same shape."""
        batch, length, width = x.shape
        query, key, value = (
            part(x).view(batch, length, 12, width // 12).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        attended = attended.transpose(1, 2).reshape(batch, length, width)
        x = self.after_attention(x + functional.dropout(self.joined(attended), 0.1, self.training))
        return self.after(
            x + functional.dropout(self.narrow(functional.gelu(self.wide(x))), 0.1, self.training)
        )


def layer_norm(packaged: dict[str, Any], name: str) -> Any:
    norm = nn.LayerNorm(len(packaged[name + ".weight"]), eps=1e-12)
    norm.weight.data, norm.bias.data = packaged[name + ".weight"].clone(), packaged[name + ".bias"].clone()
    return norm


class Encoder(nn.Module):  # type: ignore[misc]
    """The packaged model with frozen word and position embeddings, and a two-layer head over two vectors."""

    def __init__(self, packaged: dict[str, Any], bend: int) -> None:
        super().__init__()
        tables = {name: packaged[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position")}
        self.word = nn.Embedding.from_pretrained(tables["word"], freeze=True)
        self.position = nn.Embedding.from_pretrained(tables["position"], freeze=True)
        kinds = packaged["embeddings.token_type_embeddings.weight"]
        self.kind = nn.Embedding.from_pretrained(kinds, freeze=False)
        self.norm = layer_norm(packaged, "embeddings.LayerNorm")
        count = len({name.split(".")[2] for name in packaged if name.startswith("encoder.layer.")})
        self.layers = nn.ModuleList([Layer(packaged, number) for number in range(count)])
        self.width = tables["word"].shape[1]
        self.head = nn.Sequential(nn.Linear(2 * self.width, bend), nn.GELU(), nn.Linear(bend, 1))

    def encode(self, ids: Any, kinds: Any, mask: Any) -> Any:
        """Encode ids, kinds (0: question, 1: text) and mask (batch, length) as (batch, length, width)."""
        x = self.word(ids) + self.position(torch.arange(ids.shape[1]))[None] + self.kind(kinds)
        x = functional.dropout(self.norm(x), 0.1, self.training)
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :].bool())
        return x.float()


def batches(examples: Sequence[Any], size: int) -> Iterator[list[Any]]:
    """Batches of examples (with ``ids``) of similar length, in random order."""
    order = sorted(examples, key=lambda example: len(example.ids) + random.random() * 20)
    groups = [order[at : at + size] for at in range(0, len(order), size)]
    random.shuffle(groups)
    yield from groups


def padded(rows: Sequence[tuple[list[int], int]]) -> tuple[Any, Any, Any]:
    """Pad rows of (word pieces, start of the text) to ids, kinds and mask, all (batch, length)."""
    length = max(len(ids) for ids, _ in rows)
    ids, kinds, mask = (torch.zeros(len(rows), length, dtype=torch.long) for _ in range(3))
    for row, (pieces, second) in enumerate(rows):
        ids[row, : len(pieces)] = torch.tensor(pieces)
        mask[row, : len(pieces)] = 1
        kinds[row, second : len(pieces)] = 1
    return ids, kinds, mask


def fit(
    model: Encoder,
    epoch: Callable[[], Iterable[Any]],
    loss_of: Callable[[Any], Any],
    *,
    epochs: int,
    rate: float,
    steps: int,
) -> None:
    """Train for *epochs*, *steps* in all, with a linear warm-up (6 %) and decay of the learning rate."""
    new = [values for name, values in model.named_parameters() if name.startswith(("head.", "span."))]
    new_ids = {id(values) for values in new}
    body = [values for values in model.parameters() if values.requires_grad and id(values) not in new_ids]
    rates = (rate, max(rate, HEAD_RATE))
    optimiser = torch.optim.AdamW([{"params": body}, {"params": new}], lr=rate, weight_decay=0.01)
    done = 0
    model.train()
    for number in range(epochs):
        losses = []
        for batch in epoch():
            slope = min(1.0, done / (0.06 * steps)) * max(0.0, 1 - done / steps)
            for group, max_rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = max_rate * slope
            loss = loss_of(batch)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(body + new, 1.0)
            optimiser.step()
            losses.append(loss.item())
            done += 1
        print(f"epoch {number + 1} of {epochs}: loss {np.mean(losses):.3f}", flush=True)


def packaged_model(folder: Path) -> tuple[dict[str, Any], Tokenizer]:
    """The weights in a folder by name, and the tokenizer."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return load_file(folder / "model.safetensors"), tokenizer


def write_adapter(model: Encoder, packaged: dict[str, Any], target: Path) -> None:
    """Write the difference to the packaged weights as an adapter."""
    state, stored = model.state_dict(), {}
    for number in range(len(model.layers)):
        prefix = f"encoder.layer.{number}."
        for own, name in MATRICES.items():
            change = state[f"layers.{number}.{own}.weight"] - packaged[f"{prefix}{name}.weight"]
            left, sizes, right = torch.linalg.svd(change, full_matrices=False)
            root = sizes[:RANK].sqrt()
            for part, matrix in (("up", left[:, :RANK] * root), ("down", root[:, None] * right[:RANK])):
                scale = matrix.abs().amax(1, keepdim=True) / 127
                stored[f"{prefix}{name}.{part}"] = torch.round(matrix / scale).numpy().astype(np.int8)
                stored[f"{prefix}{name}.{part}.scale"] = half(scale)
            stored[f"{prefix}{name}.bias"] = half(state[f"layers.{number}.{own}.bias"])
        for own, name in NORMS.items():
            for part in ("weight", "bias"):
                stored[f"{prefix}{name}.{part}"] = half(state[f"layers.{number}.{own}.{part}"])
    for part in ("weight", "bias"):
        stored[f"embeddings.LayerNorm.{part}"] = half(state[f"norm.{part}"])
        stored[f"head.0.{part}"] = half(state[f"head.0.{part}"])
        stored[f"head.1.{part}"] = half(state[f"head.2.{part}"])
    stored["embeddings.token_type_embeddings.weight"] = half(state["kind.weight"])
    if "span.weight" in state:
        stored["head.span.weight"] = half(state["span.weight"])  # its bias is the same for all positions
    save_file({name: np.ascontiguousarray(array) for name, array in stored.items()}, target)
    print(f"{target}: {target.stat().st_size} bytes")


def half(tensor: Any) -> Any:
    return tensor.numpy().astype(np.float16)
