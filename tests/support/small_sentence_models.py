"""Tiny embedding models with random weights in sentence-transformers' format, one per layout.

Their vocabularies are a few words, so that tests can list the word pieces of a text by hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

Kind = Literal["wordpiece-mean", "wordpiece-cls", "unigram-prefixes"]
WIDTH, WIDE, LAYERS, POSITIONS = 8, 24, 2, 40
WORD_PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "port", "open", "##ed", "find", ":", "."]
UNIGRAMS = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁query",
    "▁passage",
    ":",
    "▁der",
    "▁Hafen",
    "▁ist",
    "▁Ha",
    "fen",
]
QUERY_PROMPT = "find: "  # of "wordpiece-cls"


def small_sentence_model(folder: Path, kind: Kind, seed: int = 7) -> Path:
    """Write the model *kind* into a folder, with weights that depend on *seed*."""
    folder.mkdir(parents=True)
    if kind == "unigram-prefixes":
        _unigram().save(str(folder / "tokenizer.json"))
        config = {
            "model_type": "xlm-roberta",
            "_name_or_path": "quay/multilingual-e5-small",
            "pad_token_id": 1,
            "layer_norm_eps": 1e-5,
        }
        prefix, types, vocabulary = "roberta.", 1, len(UNIGRAMS)
    else:
        _word_piece().save(str(folder / "tokenizer.json"))
        config = {"model_type": "bert", "pad_token_id": 0, "layer_norm_eps": 1e-12}
        prefix, types, vocabulary = "bert.", 2, len(WORD_PIECES)
    save_file(_weights(prefix, types, vocabulary, seed), folder / "model.safetensors")
    pooling = "cls_token" if kind == "wordpiece-cls" else "mean_tokens"
    modes = {f"pooling_mode_{mode}": mode == pooling for mode in ("cls_token", "mean_tokens", "max_tokens")}
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    files = {
        "config.json": config | {"num_attention_heads": 2, "hidden_act": "gelu"},
        "modules.json": [
            {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{name}"}
            for number, (path, name) in enumerate(modules)
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": WIDTH, **modes},
        "sentence_bert_config.json": {"max_seq_length": 12, "do_lower_case": False},
    }
    if kind == "wordpiece-cls":
        files["config_sentence_transformers.json"] = {"prompts": {"query": QUERY_PROMPT, "document": ""}}
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return folder


def _word_piece() -> Tokenizer:
    vocabulary = {piece: number for number, piece in enumerate(WORD_PIECES)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def _unigram() -> Tokenizer:
    scores = [(piece, 0.0 if piece[0] == "<" else -2.0) for piece in UNIGRAMS]
    tokenizer = Tokenizer(models.Unigram(scores, unk_id=3, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=False)
    return tokenizer


def _weights(prefix: str, types: int, vocabulary: int, seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (vocabulary, WIDTH),
        "embeddings.position_embeddings.weight": (POSITIONS, WIDTH),
        "embeddings.token_type_embeddings.weight": (types, WIDTH),
        "embeddings.LayerNorm.weight": (WIDTH,),
        "embeddings.LayerNorm.bias": (WIDTH,),
    }
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}."
        for name, rows, columns in (
            ("attention.self.query", WIDTH, WIDTH),
            ("attention.self.key", WIDTH, WIDTH),
            ("attention.self.value", WIDTH, WIDTH),
            ("attention.output.dense", WIDTH, WIDTH),
            ("intermediate.dense", WIDE, WIDTH),
            ("output.dense", WIDTH, WIDE),
        ):
            shapes |= {f"{layer}{name}.weight": (rows, columns), f"{layer}{name}.bias": (rows,)}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{layer}{name}.weight": (WIDTH,), f"{layer}{name}.bias": (WIDTH,)}
    return {prefix + name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
