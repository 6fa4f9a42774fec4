"""Opens a model graph in onnxruntime: one core per run, exact integer products on every processor."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, SessionOptions  # type: ignore[import-untyped]  # no types

# An ONNX model with one node: c = MatMulInteger(a, b) of unsigned and signed 8-bit integers.
INTEGER_PRODUCT = (
    b'\x08\t:>\n\x18\n\x01a\n\x01b\x12\x01c"\rMatMulInteger\x12\x01gZ\t\n\x01a\x12\x04\n\x02\x08\x02'
    b"Z\t\n\x01b\x12\x04\n\x02\x08\x03b\t\n\x01c\x12\x04\n\x02\x08\x06B\x04\n\x00\x10\x12"
)


def open_session(graph: bytes) -> InferenceSession:
    """A session on one core, for texts that run in parallel."""
    options = _options()
    if not products_are_exact():  # then weights are converted to unsigned integers, at half the speed
        options.add_session_config_entry("session.x64quantprecision", "1")
    return _open(graph, options)


@cache
def products_are_exact() -> bool:
    """True if this processor multiplies unsigned by signed 8-bit integers without overflow.

    x86 without VNNI adds pairs of products in 16 bits, which overflows. Measured, in 2 ms.
    """
    largest, depth = (255, 127), 64
    inputs = {"a": np.full((3, depth), largest[0], np.uint8), "b": np.full((depth, 32), largest[1], np.int8)}
    product = _open(INTEGER_PRODUCT, _options()).run(["c"], inputs)[0]
    return bool((product == largest[0] * largest[1] * depth).all())


def _options() -> SessionOptions:
    # From 1.32 on, onnxruntime sends telemetry as soon as it is imported unless this is set.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # texts run in parallel instead
    options.enable_mem_pattern = False  # it would keep one pattern per text length
    options.log_severity_level = 3
    return options


def _open(graph: bytes, options: SessionOptions) -> InferenceSession:
    import onnxruntime

    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
