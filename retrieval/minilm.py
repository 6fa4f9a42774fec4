"""Builds the ONNX graph of all-MiniLM-L6-v2 (any BERT with mean pooling) from its weights, and keeps it.

The graph takes ``ids`` (batch, length), texts of one length without padding, and gives ``vectors``
(batch, dimension) of length 1. Its operators are onnxruntime's fused ones, so that neither torch nor
onnxruntime's quantizer is needed. In int8 a weight matrix has one scale a column, and activations are
quantised as they come; the columns that LayerNorm makes large are first evened out against the weights
(SmoothQuant, Xiao et al. 2023, https://arxiv.org/abs/2211.10438, with LayerNorm's own gain and bias in
place of calibration texts).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from retrieval.errors import ModelMissing
from retrieval.weights import check_official, write_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnx import NodeProto, TensorProto

    from retrieval.weights import ModelFiles

    Array = NDArray[np.float32]

Precision = Literal["int8", "float"]
GRAPH = "g1"  # version of the arithmetic: a change makes vectors that cannot be compared with older ones
_FUSED = "com.microsoft"
_EPSILON = 1e-12  # BERT's layer_norm_eps
_EVENNESS = 0.7  # SmoothQuant's alpha; of .3 to 1, best on the comparison vectors
_PROJECTIONS = ("query", "key", "value")


def model_bytes(files: ModelFiles, cache_dir: Path, precision: Precision) -> bytes:
    """The graph as onnxruntime reads it: from the cache when it is there and whole, else built and kept."""
    path = cache_dir / "models" / f"minilm-{files.revision[:16]}-{precision}-{GRAPH}.onnx"
    cached = _read_checked(path)
    if cached is not None:
        return cached
    if files.official:
        check_official(files)
    graph = build(_load(files.weights), files.heads, precision)
    write_whole(path, hashlib.sha256(graph).digest(), graph)
    return graph


def _read_checked(path: Path) -> bytes | None:
    """The cached graph, None when it is absent or its bytes are not those that were written."""
    try:
        with path.open("rb") as file:
            digest, graph = file.read(32), file.read()
    except OSError:
        return None
    return graph if hashlib.sha256(graph).digest() == digest else None


def _load(path: Path) -> Mapping[str, Array]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(path)
    except (SafetensorError, OSError, ValueError, TypeError) as error:
        raise ModelMissing(f"{path} cannot be read as weights: {error}.") from error
    return {
        name.removeprefix("bert."): tensor.astype(np.float32, copy=False)
        for name, tensor in tensors.items()
        if tensor.dtype.kind == "f"
    }


def build(weights: Mapping[str, Array], heads: int, precision: Precision) -> bytes:
    """The serialised graph of a BERT encoder with mean pooling; raises ModelMissing for other weights."""
    graph = _Graph(_Checked(weights), heads, precision)
    layers = len({name.split(".")[2] for name in weights if name.startswith("encoder.layer.")})
    if not layers:
        raise ModelMissing("The weights hold no layer of a BERT model (encoder.layer.0 is missing).")
    return graph.serialise(layers)


class _Checked:
    """Weights by name and shape; what is missing or of another shape is told in one sentence."""

    def __init__(self, weights: Mapping[str, Array]) -> None:
        self._weights = weights
        words = weights.get("embeddings.word_embeddings.weight")
        if words is None or words.ndim != 2:
            raise ModelMissing("The weights are not those of a BERT model: word_embeddings is missing.")
        self.width = int(words.shape[1])

    def matrix(self, name: str, rows: int | None = None, columns: int | None = None) -> Array:
        """A matrix, turned so that it is multiplied from the right: (rows, columns) after turning."""
        matrix = self._get(name + ".weight", 2).T
        self._check(name, matrix.shape[0], rows)
        self._check(name, matrix.shape[1], columns)
        return matrix

    def table(self, name: str) -> Array:
        """An embedding table, (entries, width)."""
        table = self._get(name + ".weight", 2)
        self._check(name, table.shape[1], self.width)
        return table

    def vector(self, name: str, length: int) -> Array:
        """A bias, or a LayerNorm's gain."""
        vector = self._get(name, 1)
        self._check(name, vector.shape[0], length)
        return vector

    def _get(self, name: str, rank: int) -> Array:
        array = self._weights.get(name)
        if array is None or array.ndim != rank:
            raise ModelMissing(f"The weights are not those of a BERT model: {name} is missing.")
        return array

    def _check(self, name: str, size: int, expected: int | None) -> None:
        if expected is not None and size != expected:
            raise ModelMissing(f"The weights do not fit together: {name} has {size} columns, not {expected}.")


class _Graph:
    """Collects nodes and constants; every node is named after its one output."""

    def __init__(self, weights: _Checked, heads: int, precision: Precision) -> None:
        from onnx import helper, numpy_helper

        if weights.width % heads:
            raise ModelMissing(f"The weights do not fit together: {weights.width} is no multiple of {heads}.")
        self._onnx, self._array = helper, numpy_helper
        self._weights, self._heads, self._int8 = weights, heads, precision == "int8"
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def serialise(self, layers: int) -> bytes:
        """The whole model, from word pieces to vectors."""
        from onnx import TensorProto

        x = self._embed()
        norm = "embeddings.LayerNorm"
        for number in range(layers):
            x, norm = self._layer(number, x, norm)
        mean = self._node("ReduceMean", [x, self._constant("words_axis", np.array([1]))], "mean", keepdims=0)
        self._node("LpNormalization", [mean], "vectors", axis=1, p=2)
        make = self._onnx.make_tensor_value_info
        graph = self._onnx.make_graph(
            self._nodes,
            "minilm",
            [make("ids", TensorProto.INT64, ["batch", "length"])],
            [make("vectors", TensorProto.FLOAT, ["batch", self._weights.width])],
            self._constants,
        )
        opsets = [self._onnx.make_opsetid("", 18), self._onnx.make_opsetid(_FUSED, 1)]
        # Version 9 of the file format is read by every onnxruntime since 1.16.
        return bytes(self._onnx.make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString())

    def _constant(self, name: str, value: NDArray[np.generic]) -> str:
        self._constants.append(self._array.from_array(np.ascontiguousarray(value), name))
        return name

    def _node(
        self, operator: str, inputs: list[str], output: str, domain: str = "", **settings: object
    ) -> str:
        node = self._onnx.make_node(operator, inputs, [output], name=output, domain=domain)
        node.attribute.extend([self._onnx.make_attribute(key, value) for key, value in settings.items()])
        self._nodes.append(node)
        return output

    def _embed(self) -> str:
        words = self._words(self._weights.table("embeddings.word_embeddings"))
        kinds = self._weights.table("embeddings.token_type_embeddings")
        places = self._weights.table("embeddings.position_embeddings") + kinds[0]
        shape = self._node("Shape", ["ids"], "shape")
        one, two = self._constant("one", np.array([1])), self._constant("two", np.array([2]))
        length = self._node("Slice", [shape, one, two], "length")
        start = self._constant("zero", np.array([0]))
        place = self._node("Slice", [self._constant("places", places), start, length], "place")
        both = self._node("Add", [words, place], "word_and_place")
        gain, bias = self._norm("embeddings.LayerNorm")
        return self._node(
            "LayerNormalization",
            [both, self._constant("embedding_gain", gain), self._constant("embedding_bias", bias)],
            "embedded",
            epsilon=_EPSILON,
        )

    def _words(self, table: Array) -> str:
        if not self._int8:
            return self._node("Gather", [self._constant("words", table), "ids"], "word")
        from onnx import TensorProto

        rounded, scale = _quantise(table.T)
        entry = self._node("Gather", [self._constant("words", rounded.T), "ids"], "word_rounded")
        factor = self._node("Gather", [self._constant("word_scales", scale[:, None]), "ids"], "word_scale")
        entry = self._node("Cast", [entry], "word_entry", to=TensorProto.FLOAT)
        return self._node("Mul", [entry, factor], "word")

    def _norm(self, name: str) -> tuple[Array, Array]:
        width = self._weights.width
        return self._weights.vector(name + ".weight", width), self._weights.vector(name + ".bias", width)

    def _layer(self, number: int, x: str, norm: str) -> tuple[str, str]:
        """One encoder layer over *x*, the output of LayerNorm *norm*; gives the same two for the next."""
        prefix, mark, width = f"encoder.layer.{number}.", f"_{number}", self._weights.width
        attended = self._attention(prefix + "attention.self.", mark, x, norm)
        inner = prefix + "attention.output."
        out = self._multiply(attended, self._weights.matrix(inner + "dense", width, width), "joined" + mark)
        x = self._add_and_norm(out, inner, x, "attention_out" + mark)
        dense = self._weights.matrix(prefix + "intermediate.dense", width)
        bias = self._weights.vector(prefix + "intermediate.dense.bias", dense.shape[1])
        wide = self._multiply(x, dense, "wide" + mark, inner + "LayerNorm")
        wide = self._node("BiasGelu", [wide, self._constant("wide_bias" + mark, bias)], "bent" + mark, _FUSED)
        narrow = self._weights.matrix(prefix + "output.dense", dense.shape[1], width)
        out = self._multiply(wide, narrow, "narrow" + mark)
        return self._add_and_norm(out, prefix + "output.", x, "layer" + mark), prefix + "output.LayerNorm"

    def _add_and_norm(self, out: str, prefix: str, residual: str, name: str) -> str:
        gain, bias = self._norm(prefix + "LayerNorm")
        added = self._weights.vector(prefix + "dense.bias", self._weights.width)
        constants = [
            self._constant(f"{name}_{part}", value)
            for part, value in (("gain", gain), ("shift", bias), ("bias", added))
        ]
        return self._node(
            "SkipLayerNormalization", [out, residual, *constants], name, _FUSED, epsilon=_EPSILON
        )

    def _attention(self, prefix: str, mark: str, x: str, norm: str) -> str:
        width = self._weights.width
        matrix = np.concatenate(
            [self._weights.matrix(prefix + name, width, width) for name in _PROJECTIONS], axis=1
        )
        bias = np.concatenate([self._weights.vector(f"{prefix}{name}.bias", width) for name in _PROJECTIONS])
        added, name = self._constant("attention_bias" + mark, bias), "attention" + mark
        if not self._int8:
            inputs = [x, self._constant("attention_weights" + mark, matrix), added]
            return self._node("Attention", inputs, name, _FUSED, num_heads=self._heads)
        x, matrix = self._even_out(x, matrix, norm, "attention_in" + mark)
        rounded, scales = _quantise(matrix)
        quantised = [part + mark for part in ("input", "input_scale", "input_zero")]
        self._nodes.append(self._onnx.make_node("DynamicQuantizeLinear", [x], quantised))
        inputs = [
            quantised[0],
            self._constant("attention_weights" + mark, rounded),
            added,
            quantised[1],
            self._constant("attention_scales" + mark, scales),
            "",
            quantised[2],
            self._constant("attention_zeros" + mark, np.zeros(len(scales), np.int8)),
        ]
        return self._node("QAttention", inputs, name, _FUSED, num_heads=self._heads)

    def _multiply(self, x: str, matrix: Array, name: str, norm: str | None = None) -> str:
        """x times matrix; *norm* names the LayerNorm that made x, when one did."""
        if not self._int8:
            return self._node("MatMul", [x, self._constant(name + "_weights", matrix)], name)
        if norm is not None:
            x, matrix = self._even_out(x, matrix, norm, name + "_in")
        rounded, scales = _quantise(matrix)
        constants = [self._constant(name + "_weights", rounded), self._constant(name + "_scales", scales)]
        return self._node("DynamicQuantizeMatMul", [x, *constants], name, _FUSED)

    def _even_out(self, x: str, matrix: Array, norm: str, name: str) -> tuple[str, Array]:
        """Divide the columns of x, and multiply the rows of matrix, so that both have even sizes."""
        gain, bias = self._norm(norm)
        size = np.abs(bias) + 3 * np.abs(gain)  # LayerNorm's output stays within three deviations, nearly
        factor = size**_EVENNESS / np.maximum(np.abs(matrix).max(axis=1), 1e-3) ** (1 - _EVENNESS)
        factor = (factor / np.exp(np.log(factor).mean())).astype(np.float32)
        divided = self._node("Mul", [x, self._constant(name + "_factor", 1 / factor)], name)
        return divided, matrix * factor[:, None]


def _quantise(matrix: Array) -> tuple[NDArray[np.int8], Array]:
    """Whole numbers from -127 to 127 and one scale a column, the matrix being their product nearly."""
    scales = np.abs(matrix).max(axis=0) / 127
    scales = np.where(scales > 0, scales, 1).astype(np.float32)
    return np.rint(matrix / scales).astype(np.int8), scales
