"""Sessions multiply 8-bit integers exactly, with or without the processor's VNNI units."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from retrieval.models import onnx_session
from retrieval.models.onnx_session import INTEGER_PRODUCT, open_session, products_are_exact


def integer_product(weights: np.ndarray) -> bytes:
    """A model with int8 weights, as in the local models."""
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["a", "weights"], ["c"])],
        "g",
        [helper.make_tensor_value_info("a", TensorProto.UINT8, ["rows", len(weights)])],
        [helper.make_tensor_value_info("c", TensorProto.INT32, ["rows", weights.shape[1]])],
        [numpy_helper.from_array(weights, "weights")],
    )
    opsets = [helper.make_opsetid("", 18)]
    return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString())


def test_the_measured_model_is_a_valid_onnx_model() -> None:
    model = onnx.load_model_from_string(INTEGER_PRODUCT)
    assert [node.op_type for node in model.graph.node] == ["MatMulInteger"]


@pytest.mark.parametrize("exact", [True, False], ids=["as measured", "without VNNI"])
def test_the_largest_products_do_not_overflow(monkeypatch: pytest.MonkeyPatch, exact: bool) -> None:
    measured = products_are_exact()
    monkeypatch.setattr(onnx_session, "products_are_exact", lambda: exact and measured)
    weights = np.full((384, 64), 127, np.int8)
    session = open_session(integer_product(weights))
    for rows in (1, 7):
        product = session.run(["c"], {"a": np.full((rows, 384), 255, np.uint8)})[0]
        assert (product == 255 * 127 * 384).all()


def test_the_conversion_of_weights_changes_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(0)
    graph = integer_product(chance.integers(-127, 128, (384, 64)).astype(np.int8))
    inputs = {"a": chance.integers(0, 256, (9, 384)).astype(np.uint8)}
    products = []
    for exact in (products_are_exact(), False):
        monkeypatch.setattr(onnx_session, "products_are_exact", lambda exact=exact: exact)
        products.append(open_session(graph).run(["c"], inputs)[0])
    np.testing.assert_array_equal(*products)
