"""The weights of a BERT or XLM-R encoder, checked for names and shapes, and the encoder in plain numpy.

The numpy encoder is slow and short. It measures the activations of a few texts before quantisation, and the
tests compare the ONNX graph with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from retrieval.errors import ModelMissing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

Pooling = Literal["mean", "cls"]
PREFIXES = re.compile(r"^(?:bert|roberta)\.")  # of the names of weights in some files
_PROJECTIONS = ("query", "key", "value")


@dataclass(frozen=True, slots=True)
class Architecture:
    """What the weights of an encoder do not tell; the defaults are BERT's.

    ``first_position`` is the row of the position table for the first word piece. ``pooling`` says whether the
    vector of a text is the mean of its word pieces or the vector of the first one.
    """

    heads: int
    epsilon: float = 1e-12  # of LayerNorm
    first_position: int = 0
    pooling: Pooling = "mean"


def load_weights(path: Path, architecture: Architecture) -> BertWeights:
    """The weights in a safetensors file. Raises ModelMissing if it is unreadable or not a BERT model."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(path)
    except (SafetensorError, OSError, ValueError, TypeError) as error:
        raise ModelMissing(f"{path} cannot be read as weights: {error}.") from error
    arrays = {
        PREFIXES.sub("", name): tensor.astype(np.float32, copy=False)
        for name, tensor in tensors.items()
        if tensor.dtype.kind == "f"
    }
    return BertWeights(arrays, architecture)


class BertWeights:
    """Weights by name. Raises ModelMissing for a missing array or a wrong shape.

    Matrices are transposed to (inputs, outputs), for ``x @ matrix``.
    """

    def __init__(self, arrays: Mapping[str, Array], architecture: Architecture) -> None:
        self.arrays, self.architecture = arrays, architecture
        self.heads = heads = architecture.heads
        self.width = int(self._get("embeddings.word_embeddings.weight", 2).shape[1])
        self.layers = len({name.split(".")[2] for name in arrays if name.startswith("encoder.layer.")})
        if not self.layers:
            raise ModelMissing("The weights contain no BERT layer: encoder.layer.0 is missing.")
        if self.width % heads:
            raise ModelMissing(f"The weights are inconsistent: {self.width} is not a multiple of {heads}.")

    def table(self, name: str) -> Array:
        """An embedding table ("word", "position", "token_type"): (entries, width).

        That of positions begins at the first word piece's.
        """
        table = self._get(f"embeddings.{name}_embeddings.weight", 2)
        table = self._checked(name, table, (len(table), self.width))
        return table[self.architecture.first_position :] if name == "position" else table

    def norm(self, name: str) -> tuple[Array, Array]:
        """Gain and bias of a LayerNorm."""
        return self.vector(name + ".weight", self.width), self.vector(name + ".bias", self.width)

    def vector(self, name: str, length: int) -> Array:
        """A bias or gain of that length."""
        return self._checked(name, self._get(name, 1), (length,))

    def dense(self, name: str, inputs: int, outputs: int | None = None) -> tuple[Array, Array]:
        """Matrix (inputs, outputs) and bias of a dense layer; *outputs* None accepts any number."""
        matrix = self._get(name + ".weight", 2).T
        outputs = matrix.shape[1] if outputs is None else outputs
        return self._checked(name, matrix, (inputs, outputs)), self.vector(name + ".bias", outputs)

    def attention(self, layer: int) -> tuple[Array, Array]:
        """Query, key and value concatenated: matrix (width, 3 x width) and bias."""
        prefix = f"encoder.layer.{layer}.attention.self."
        parts = [self.dense(prefix + name, self.width, self.width) for name in _PROJECTIONS]
        return np.concatenate([part[0] for part in parts], axis=1), np.concatenate([p[1] for p in parts])

    def _get(self, name: str, rank: int) -> Array:
        array = self.arrays.get(name)
        if array is None or array.ndim != rank:
            raise ModelMissing(f"The weights are not from a BERT model: {name} is missing.")
        return array

    def _checked(self, name: str, array: Array, shape: tuple[int, ...]) -> Array:
        if array.shape != shape:
            raise ModelMissing(f"The weights are inconsistent: {name} is {array.shape}, not {shape}.")
        return array


def encode(weights: BertWeights, ids: Sequence[int], kinds: Sequence[int] = ()) -> dict[str, Array]:
    """All activations of one text, named as in the ONNX graph; "vectors" is the result.

    *kinds* are the token type ids: 0 for word pieces of the first text of a pair, 1 for the second.
    """
    positions = (
        weights.table("position")[: len(ids)] + weights.table("token_type")[list(kinds) or [0] * len(ids)]
    )

    def normalise(x: Array, norm: str) -> Array:
        return _normalise(x, weights.norm(norm), weights.architecture.epsilon)

    x = normalise(weights.table("word")[list(ids)] + positions, "embeddings.LayerNorm")
    activations = {"embedded": x}
    for layer in range(weights.layers):
        prefix = f"encoder.layer.{layer}."
        matrix, bias = weights.attention(layer)
        attended = _attend(x @ matrix + bias, weights.heads)
        matrix, bias = weights.dense(prefix + "attention.output.dense", weights.width, weights.width)
        out = normalise(attended @ matrix + bias + x, prefix + "attention.output.LayerNorm")
        matrix, bias = weights.dense(prefix + "intermediate.dense", weights.width)
        wide = gelu(out @ matrix + bias)
        matrix, bias = weights.dense(prefix + "output.dense", wide.shape[1], weights.width)
        x = normalise(wide @ matrix + bias + out, prefix + "output.LayerNorm")
        activations |= {f"attention_out_{layer}": out, f"gelu_{layer}": wide, f"layer_{layer}": x}
    pooled = x.mean(axis=0, keepdims=True) if weights.architecture.pooling == "mean" else x[:1]
    activations["vectors"] = pooled / np.linalg.norm(pooled)
    return activations


def column_maxima(
    weights: BertWeights, texts: Iterable[tuple[Sequence[int], Sequence[int]]]
) -> dict[str, Array]:
    """Activation name -> largest absolute value per column over the texts, given as (ids, kinds)."""
    maxima: dict[str, Array] = {}
    for ids, kinds in texts:
        for name, activation in encode(weights, ids, kinds).items():
            top: Array = np.abs(activation).max(axis=0)
            maxima[name] = np.maximum(maxima[name], top) if name in maxima else top
    return maxima


def _normalise(x: Array, norm: tuple[Array, Array], epsilon: float) -> Array:
    gain, bias = norm
    centred = x - x.mean(axis=1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=1, keepdims=True) + np.float32(epsilon))
    normal: Array = centred / deviation * gain + bias
    return normal


def _attend(projected: Array, heads: int) -> Array:
    length, size = projected.shape[0], projected.shape[1] // 3 // heads
    query, key, value = projected.reshape(length, 3, heads, size).transpose(1, 2, 0, 3)
    scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(size))
    scores = np.exp(scores - scores.max(axis=2, keepdims=True))
    attended: Array = scores / scores.sum(axis=2, keepdims=True) @ value
    return attended.transpose(1, 0, 2).reshape(length, heads * size)


def gelu(x: Array) -> Array:
    """GELU in its tanh form, within 0.001 of the exact one: numpy has no error function."""
    result: Array = 0.5 * x * (1 + np.tanh(np.float32(0.7978845608) * (x + np.float32(0.044715) * x**3)))
    return result
