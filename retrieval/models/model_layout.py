"""Reads how an embedding model is run from the configuration files of sentence-transformers.

`modules.json` lists the modules; each has its folder with a config.json. Without it, as in
sentence-transformers, the vector is the mean of the word pieces. The format:
https://sbert.net/docs/sentence_transformer/usage/custom_models.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import ModelMissing
from retrieval.models.bert_weights import Architecture, Pooling

# Positions of RoBERTa's descendants start after the padding token's; those of BERT at 0.
_BERT, _ROBERTA = ("bert",), ("xlm-roberta", "roberta", "camembert")
_KNOWN_MODULES = frozenset({"Transformer", "Pooling", "Normalize"})
_PASSAGE_PROMPTS = ("document", "passage", "corpus")  # the names that models use, in this order
# E5 models do not list their prompts: https://huggingface.co/intfloat/multilingual-e5-small
_E5_NAME = re.compile(r"(?:^|[/_-])e5-(?:small|base|large)(?!.*instruct)", re.IGNORECASE)
_E5_PROMPTS = ("query: ", "passage: ")


@dataclass(frozen=True, slots=True)
class ModelLayout:
    """``max_pieces`` is the number of word pieces read per text, None for as many as the model has positions.

    The prompts are put before questions and passages. ``transformer`` is the folder with the weights.
    """

    architecture: Architecture
    transformer: Path
    max_pieces: int | None = None
    query_prompt: str = ""
    passage_prompt: str = ""
    lower_case: bool = False


def read_layout(folder: Path, name: str) -> ModelLayout:
    """The layout of the model *name* in a folder. Raises ModelMissing if it is not supported."""
    modules = _modules(folder)
    transformer = folder / modules.get("Transformer", "")
    config = read_json(transformer / "config.json")
    settings = read_json(transformer / "sentence_bert_config.json")
    query_prompt, passage_prompt = _prompts(folder, f"{name} {config.get('_name_or_path', '')}")
    pooling = read_json(folder / modules.get("Pooling", "1_Pooling") / "config.json")
    if pooling.get("include_prompt", True) is False and (query_prompt or passage_prompt):
        raise _unsupported(folder, "leaves its prompts out of the pooling")
    return ModelLayout(
        _architecture(folder, config, _pooling(folder, pooling)),
        transformer,
        _max_pieces(settings, read_json(transformer / "tokenizer_config.json")),
        query_prompt,
        passage_prompt,
        settings.get("do_lower_case") is True,
    )


def read_json(path: Path) -> Mapping[str, object]:
    """The object in a file; empty if there is no file. Raises ModelMissing."""
    content = _read(path, {})
    return content if isinstance(content, dict) else {}


def _read(path: Path, default: object) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return default
    except (OSError, ValueError, RecursionError) as error:
        raise ModelMissing(f"{path} cannot be read: {error}.") from error


def _modules(folder: Path) -> dict[str, str]:
    """The folder of each module by its kind ("Pooling": "1_Pooling")."""
    listed = _read(folder / "modules.json", [])
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    modules = {str(row.get("type", "")).rpartition(".")[2]: str(row.get("path", "")) for row in rows}
    if unknown := sorted(modules.keys() - _KNOWN_MODULES):
        raise _unsupported(folder, f"has the module {unknown[0]}")
    return modules


def _pooling(folder: Path, config: Mapping[str, object]) -> Pooling:
    prefix = "pooling_mode_"
    modes = {
        key.removeprefix(prefix) for key, value in config.items() if key.startswith(prefix) and value is True
    }
    if isinstance(mode := config.get("pooling_mode"), str):
        modes = {mode}
    match sorted(modes):
        case [] | ["mean_tokens"] | ["mean"]:
            return "mean"
        case ["cls_token"] | ["cls"]:
            return "cls"
    raise _unsupported(folder, f"pools its word pieces by {' and '.join(sorted(modes))}")


def _architecture(folder: Path, config: Mapping[str, object], pooling: Pooling) -> Architecture:
    kind = config.get("model_type", "bert")
    if kind not in _BERT + _ROBERTA:
        raise _unsupported(folder, f"is of the type {kind}")
    for key, expected in (("hidden_act", "gelu"), ("position_embedding_type", "absolute")):
        if config.get(key, expected) != expected:
            raise _unsupported(folder, f"has the {key} {config[key]}")
    heads, padding = config.get("num_attention_heads", 12), config.get("pad_token_id", 1)
    epsilon = config.get("layer_norm_eps", 1e-12)
    if not (isinstance(heads, int) and heads > 0 and isinstance(padding, int) and padding >= 0):
        raise ModelMissing(
            f"num_attention_heads or pad_token_id in {folder / 'config.json'} is not a number."
        )
    if not isinstance(epsilon, float | int) or epsilon <= 0:
        raise ModelMissing(f"layer_norm_eps in {folder / 'config.json'} is not a positive number.")
    return Architecture(heads, float(epsilon), padding + 1 if kind in _ROBERTA else 0, pooling)


def _max_pieces(settings: Mapping[str, object], tokenizer: Mapping[str, object]) -> int | None:
    for number in (settings.get("max_seq_length"), tokenizer.get("model_max_length")):
        if isinstance(number, int) and number > 2:  # start and end token, and a word piece
            return number
    return None


def _prompts(folder: Path, name: str) -> tuple[str, str]:
    """The texts put before questions and before passages."""
    config = read_json(folder / "config_sentence_transformers.json")
    listed = config.get("prompts")
    prompts = (
        {key: value for key, value in listed.items() if isinstance(value, str)}
        if isinstance(listed, dict)
        else {}
    )
    default = prompts.get(str(config.get("default_prompt_name")), "")
    query = prompts.get("query", default)
    passage = next((prompts[key] for key in _PASSAGE_PROMPTS if key in prompts), default)
    if not query and not passage and any(map(_E5_NAME.search, name.split())):
        return _E5_PROMPTS
    return query, passage


def _unsupported(folder: Path, reason: str) -> ModelMissing:
    return ModelMissing(
        f"The model in {folder} {reason}, which Footnote does not support.",
        "Use a BERT or XLM-RoBERTa model with mean or CLS pooling, such as intfloat/multilingual-e5-small.",
    )
