"""A tiny cross-encoder: its score is how often one word occurs in question and passage together."""

from __future__ import annotations

from pathlib import Path

import onnx
from onnx import TensorProto, helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

FAVOURITE = "gulls"  # the word that it counts
IDS = {"[UNK]": 0, FAVOURITE: 1}


def small_cross_encoder(folder: Path, *, outputs: int = 1, takes: str = "input_ids") -> Path:
    """Write model.onnx and tokenizer.json. Of two *outputs*, the second is "yes", the first "no"."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(WordLevel(IDS, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    names = (takes, "attention_mask")
    nodes = [
        helper.make_node("Equal", [takes, "favourite"], ["same"]),
        helper.make_node("Cast", ["same"], ["ones"], to=TensorProto.FLOAT),
        helper.make_node("Cast", ["attention_mask"], ["read"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["ones", "read"], ["found"]),
        helper.make_node("ReduceSum", ["found", "axis"], ["yes"], keepdims=1),
        helper.make_node("Neg", ["yes"], ["no"]),
        helper.make_node("Concat", ["yes"] if outputs == 1 else ["no", "yes"], ["logits"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info(name, TensorProto.INT64, [1, None]) for name in names],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, outputs])],
        [
            helper.make_tensor("favourite", TensorProto.INT64, [1], [IDS[FAVOURITE]]),
            helper.make_tensor("axis", TensorProto.INT64, [1], [1]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, folder / "model.onnx")
    return folder
