"""The ONNX graph of a BERT or XLM-R sentence encoder, in float or in int8: arrays in, bytes out.

Input: ``ids`` (batch, length), texts of equal length without padding. Outputs: ``words`` (batch, length,
dimension), the vectors of the word pieces, and ``vectors`` (batch, dimension), their mean or the first of
them, scaled to length 1.
A graph for pairs of texts also takes ``kinds`` (batch, length), BERT's token type ids: 0 for the word pieces
of the first text, 1 for those of the second.

The graph uses onnxruntime's fused operators, so neither torch nor onnxruntime's quantizer is needed. In int8,
each weight matrix has one scale per column, and activations are quantised dynamically with one scale per
text. The few activation columns that are far larger than the rest would make that scale coarse: they are
divided by a factor and the weights multiplied by it (SmoothQuant, Xiao et al. 2023,
https://arxiv.org/abs/2211.10438, applied to outliers only).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnx import NodeProto, TensorProto

    from retrieval.models.bert_weights import BertWeights

    Array = NDArray[np.float32]

Precision = Literal["int8", "float"]
ARITHMETIC_VERSION = "g3"  # change it when new vectors cannot be compared with older ones
INTERFACE_VERSION = "2"  # of inputs and outputs: a change needs a new graph file, but no new index
_FUSED = "com.microsoft"
# Columns with larger absolute values, after LayerNorm and after GELU, are scaled down: most columns stay
# below 1, a few reach 30. Of the values 3 to 8 these came closest to float: cosine .998, and .995 without.
_MAX_AFTER_NORM, _MAX_AFTER_GELU = 4.0, 8.0


def build_graph(
    weights: BertWeights, precision: Precision, maxima: Mapping[str, Array], *, pairs: bool = False
) -> bytes:
    """The serialised model. *maxima*: activation name -> largest absolute value per column (int8 only)."""
    return _Graph(weights, precision, maxima, pairs).serialise()


class _Graph:
    """Collects nodes and constants; every node is named after its only output."""

    def __init__(
        self, weights: BertWeights, precision: Precision, maxima: Mapping[str, Array], pairs: bool
    ) -> None:
        from onnx import helper, numpy_helper

        self._onnx, self._array = helper, numpy_helper
        self._weights, self._int8, self._maxima = weights, precision == "int8", maxima
        self._inputs = ["ids", "kinds"] if pairs else ["ids"]
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def serialise(self) -> bytes:
        """The whole model, from word pieces to vectors."""
        from onnx import TensorProto

        x = self._embed()
        for number in range(self._weights.layers):
            x = self._layer(number, x)
        self._node("LpNormalization", [self._pool(x)], "vectors", axis=1, p=2)
        self._node("Identity", [x], "words")
        make = self._onnx.make_tensor_value_info
        width = self._weights.width
        graph = self._onnx.make_graph(
            self._nodes,
            "minilm",
            [make(name, TensorProto.INT64, ["batch", "length"]) for name in self._inputs],
            [
                make("vectors", TensorProto.FLOAT, ["batch", width]),
                make("words", TensorProto.FLOAT, ["batch", "length", width]),
            ],
            self._constants,
        )
        opsets = [self._onnx.make_opsetid("", 18), self._onnx.make_opsetid(_FUSED, 1)]
        # onnxruntime reads version 9 of the file format since 1.16.
        return bytes(self._onnx.make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString())

    def _pool(self, x: str) -> str:
        if self._weights.architecture.pooling == "cls":
            return self._node("Gather", [x, self._constant("first", np.array(0))], "first_piece", axis=1)
        return self._node("ReduceMean", [x, self._constant("words_axis", np.array([1]))], "mean", keepdims=0)

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
        kinds = self._weights.table("token_type")
        places = self._weights.table("position") + kinds[0]
        shape = self._node("Shape", ["ids"], "shape")
        one, two = self._constant("one", np.array([1])), self._constant("two", np.array([2]))
        length = self._node("Slice", [shape, one, two], "length")
        start = self._constant("zero", np.array([0]))
        place = self._node("Slice", [self._constant("places", places), start, length], "place")
        both = self._node("Add", [self._words(self._weights.table("word")), place], "word_and_place")
        if "kinds" in self._inputs:
            further = self._node("Gather", [self._constant("further", kinds - kinds[0]), "kinds"], "kind")
            both = self._node("Add", [both, further], "word_place_and_kind")
        return self._norm(both, "embeddings.LayerNorm", "embedded")

    def _words(self, table: Array) -> str:
        if not self._int8:
            return self._node("Gather", [self._constant("table", table), "ids"], "word")
        from onnx import TensorProto

        rounded, scale = quantise(table.T)
        entry = self._node("Gather", [self._constant("table", rounded.T), "ids"], "word_rounded")
        factor = self._node("Gather", [self._constant("word_scales", scale[:, None]), "ids"], "word_scale")
        entry = self._node("Cast", [entry], "word_entry", to=TensorProto.FLOAT)
        return self._node("Mul", [entry, factor], "word")

    def _layer(self, number: int, x: str) -> str:
        """One encoder layer over *x*; returns the name of its output."""
        prefix, mark, width = f"encoder.layer.{number}.", f"_{number}", self._weights.width
        attended = self._attention(number, x)
        matrix, bias = self._weights.dense(prefix + "attention.output.dense", width, width)
        out = self._multiply(attended, matrix, "joined" + mark, bias)
        x = self._add_and_norm(out, x, prefix + "attention.output.LayerNorm", "attention_out" + mark)
        matrix, bias = self._weights.dense(prefix + "intermediate.dense", width)
        wide = self._multiply(x, matrix, "wide" + mark)
        gelu = self._node("BiasGelu", [wide, self._constant("wide_bias" + mark, bias)], "gelu" + mark, _FUSED)
        matrix, bias = self._weights.dense(prefix + "output.dense", matrix.shape[1], width)
        out = self._multiply(gelu, matrix, "narrow" + mark, bias)
        return self._add_and_norm(out, x, prefix + "output.LayerNorm", "layer" + mark)

    def _add_and_norm(self, out: str, residual: str, norm: str, name: str) -> str:
        # Not the fused SkipLayerNormalization, which is not vectorised: it takes five times as long.
        total = self._node("Add", [out, residual], name + "_sum")
        return self._norm(total, norm, name)

    def _norm(self, x: str, norm: str, name: str) -> str:
        gain, shift = self._weights.norm(norm)
        constants = [self._constant(name + "_gain", gain), self._constant(name + "_shift", shift)]
        epsilon = self._weights.architecture.epsilon
        return self._node("LayerNormalization", [x, *constants], name, epsilon=epsilon)

    def _attention(self, number: int, x: str) -> str:
        mark = f"_{number}"
        matrix, bias = self._weights.attention(number)
        added, name = self._constant("attention_bias" + mark, bias), "attention" + mark
        if not self._int8:
            inputs = [x, self._constant("attention_weights" + mark, matrix), added]
            return self._node("Attention", inputs, name, _FUSED, num_heads=self._weights.heads)
        x, matrix = self._scale_outliers(x, matrix)
        rounded, scales = quantise(matrix)
        quantised = [part + mark for part in ("input", "input_scale", "input_zero")]
        self._nodes.append(self._onnx.make_node("DynamicQuantizeLinear", [x], quantised))
        inputs = [
            quantised[0],
            self._constant("attention_weights" + mark, rounded),
            added,
            quantised[1],
            self._constant("attention_scales" + mark, scales),
            "",  # no mask: there is no padding
            quantised[2],
            self._constant("attention_zeros" + mark, np.zeros(len(scales), np.int8)),
        ]
        return self._node("QAttention", inputs, name, _FUSED, num_heads=self._weights.heads)

    def _multiply(self, x: str, matrix: Array, name: str, bias: Array | None = None) -> str:
        added = [] if bias is None else [self._constant(name + "_bias", bias)]
        if not self._int8:
            product = self._node("MatMul", [x, self._constant(name + "_weights", matrix)], name)
            return self._node("Add", [product, *added], name + "_biased") if added else product
        x, matrix = self._scale_outliers(x, matrix)
        rounded, scales = quantise(matrix)
        inputs = [x, self._constant(name + "_weights", rounded), self._constant(name + "_scales", scales)]
        return self._node("DynamicQuantizeMatMul", [*inputs, *(["", *added] if added else [])], name, _FUSED)

    def _scale_outliers(self, x: str, matrix: Array) -> tuple[str, Array]:
        """Divide the outlier columns of *x* and multiply the matching rows of *matrix* by the same factors.

        The factors are powers of two: exact, and the same on every machine.
        """
        if x not in self._maxima:
            return x, matrix
        allowed = _MAX_AFTER_GELU if x.startswith("gelu") else _MAX_AFTER_NORM
        excess = np.maximum(self._maxima[x] / allowed, 1)
        factor = np.exp2(np.round(np.log2(excess))).astype(np.float32)
        divided = self._node("Mul", [x, self._constant(x + "_factor", 1 / factor)], x + "_scaled")
        return divided, matrix * factor[:, None]


def quantise(matrix: Array) -> tuple[NDArray[np.int8], Array]:
    """Integers from -127 to 127 and one scale per column; their product approximates *matrix*."""
    scales = np.abs(matrix).max(axis=0) / 127
    scales = np.where(scales > 0, scales, 1).astype(np.float32)
    return np.rint(matrix / scales).astype(np.int8), scales
