"""The ONNX graph of a BERT sentence encoder, in float or in int8: arrays in, bytes out.

The graph takes ``ids`` (batch, length), texts of one length without padding, and gives ``vectors``
(batch, dimension) of length 1, the mean over the words, scaled, and ``words`` (batch, length, dimension),
the words before that. A graph for pairs of texts takes ``kinds`` (batch, length) too: 0 for the word pieces
of the first text, 1 for those of the second. Its operators are onnxruntime's fused
ones, so that neither torch nor onnxruntime's quantizer is needed. In int8 a weight matrix has one scale a
column, and activations are quantised as they come, with one scale a text; the few columns that are far
larger than the rest, and would make that scale coarse, are divided first and the weights multiplied
(after SmoothQuant, Xiao et al. 2023, https://arxiv.org/abs/2211.10438, on outliers alone).
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
ARITHMETIC = "g2"  # version: a change makes vectors that cannot be compared with older ones
FORM = "2"  # version of inputs and outputs: a change asks for a new file, but not for a new index
_FUSED = "com.microsoft"
_EPSILON = 1e-12  # BERT's layer_norm_eps
# Sizes up to which a column is left alone, after LayerNorm and after GELU: most columns stay below 1,
# single ones reach 30. Of 3 to 8 these gave the nearest vectors: cosine .998 to float, .995 without.
_LARGE, _LARGE_BENT = 4.0, 8.0


def build(
    weights: BertWeights, precision: Precision, largest: Mapping[str, Array], *, pairs: bool = False
) -> bytes:
    """The serialised model. *largest*: of an activation, the largest size of each column (int8 only)."""
    return _Graph(weights, precision, largest, pairs).serialise()


class _Graph:
    """Collects nodes and constants; every node is named after its one output."""

    def __init__(
        self, weights: BertWeights, precision: Precision, largest: Mapping[str, Array], pairs: bool
    ) -> None:
        from onnx import helper, numpy_helper

        self._onnx, self._array = helper, numpy_helper
        self._weights, self._int8, self._largest = weights, precision == "int8", largest
        self._inputs = ["ids", "kinds"] if pairs else ["ids"]
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def serialise(self) -> bytes:
        """The whole model, from word pieces to vectors."""
        from onnx import TensorProto

        x = self._embed()
        for number in range(self._weights.layers):
            x = self._layer(number, x)
        mean = self._node("ReduceMean", [x, self._constant("words_axis", np.array([1]))], "mean", keepdims=0)
        self._node("LpNormalization", [mean], "vectors", axis=1, p=2)
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
        gain, bias = self._weights.norm("embeddings.LayerNorm")
        return self._node(
            "LayerNormalization",
            [both, self._constant("embedding_gain", gain), self._constant("embedding_bias", bias)],
            "embedded",
            epsilon=_EPSILON,
        )

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
        """One encoder layer over *x*; gives the name of its output."""
        prefix, mark, width = f"encoder.layer.{number}.", f"_{number}", self._weights.width
        attended = self._attention(number, x)
        matrix, bias = self._weights.dense(prefix + "attention.output.dense", width, width)
        out = self._multiply(attended, matrix, "joined" + mark)
        x = self._add_and_norm(out, bias, x, prefix + "attention.output.LayerNorm", "attention_out" + mark)
        matrix, bias = self._weights.dense(prefix + "intermediate.dense", width)
        wide = self._multiply(x, matrix, "wide" + mark)
        bent = self._node("BiasGelu", [wide, self._constant("wide_bias" + mark, bias)], "bent" + mark, _FUSED)
        matrix, bias = self._weights.dense(prefix + "output.dense", matrix.shape[1], width)
        out = self._multiply(bent, matrix, "narrow" + mark)
        return self._add_and_norm(out, bias, x, prefix + "output.LayerNorm", "layer" + mark)

    def _add_and_norm(self, out: str, added: Array, residual: str, norm: str, name: str) -> str:
        gain, shift = self._weights.norm(norm)
        constants = [
            self._constant(f"{name}_{part}", value)
            for part, value in (("gain", gain), ("shift", shift), ("bias", added))
        ]
        return self._node(
            "SkipLayerNormalization", [out, residual, *constants], name, _FUSED, epsilon=_EPSILON
        )

    def _attention(self, number: int, x: str) -> str:
        mark = f"_{number}"
        matrix, bias = self._weights.attention(number)
        added, name = self._constant("attention_bias" + mark, bias), "attention" + mark
        if not self._int8:
            inputs = [x, self._constant("attention_weights" + mark, matrix), added]
            return self._node("Attention", inputs, name, _FUSED, num_heads=self._weights.heads)
        x, matrix = self._tame(x, matrix)
        rounded, scales = quantise(matrix)
        quantised = [part + mark for part in ("input", "input_scale", "input_zero")]
        self._nodes.append(self._onnx.make_node("DynamicQuantizeLinear", [x], quantised))
        inputs = [
            quantised[0],
            self._constant("attention_weights" + mark, rounded),
            added,
            quantised[1],
            self._constant("attention_scales" + mark, scales),
            "",  # no mask: nothing is padded
            quantised[2],
            self._constant("attention_zeros" + mark, np.zeros(len(scales), np.int8)),
        ]
        return self._node("QAttention", inputs, name, _FUSED, num_heads=self._weights.heads)

    def _multiply(self, x: str, matrix: Array, name: str) -> str:
        if not self._int8:
            return self._node("MatMul", [x, self._constant(name + "_weights", matrix)], name)
        x, matrix = self._tame(x, matrix)
        rounded, scales = quantise(matrix)
        constants = [self._constant(name + "_weights", rounded), self._constant(name + "_scales", scales)]
        return self._node("DynamicQuantizeMatMul", [x, *constants], name, _FUSED)

    def _tame(self, x: str, matrix: Array) -> tuple[str, Array]:
        """Divide the far too large columns of x, and multiply the rows of matrix by the same.

        The factors are powers of two: they round nothing, and are the same on every machine.
        """
        if x not in self._largest:
            return x, matrix
        allowed = _LARGE_BENT if x.startswith("bent") else _LARGE
        excess = np.maximum(self._largest[x] / allowed, 1)
        factor = np.exp2(np.round(np.log2(excess))).astype(np.float32)
        divided = self._node("Mul", [x, self._constant(x + "_factor", 1 / factor)], x + "_tame")
        return divided, matrix * factor[:, None]


def quantise(matrix: Array) -> tuple[NDArray[np.int8], Array]:
    """Whole numbers from -127 to 127 and one scale a column, the matrix being their product nearly."""
    scales = np.abs(matrix).max(axis=0) / 127
    scales = np.where(scales > 0, scales, 1).astype(np.float32)
    return np.rint(matrix / scales).astype(np.int8), scales
