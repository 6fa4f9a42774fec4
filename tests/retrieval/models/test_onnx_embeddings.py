"""Models in sentence-transformers' format give the vectors that the format defines; others are reported."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from reference_encoder import reference_vector
from small_sentence_models import UNIGRAMS, WORD_PIECES, Kind, small_sentence_model

from retrieval.errors import EmbeddingError, ModelMissing
from retrieval.models.embedding_factory import make_embeddings
from retrieval.models.embeddings import FootnoteEmbeddings, as_token_embeddings
from retrieval.models.model_files import custom_files
from retrieval.models.onnx_embeddings import OnnxEmbeddings

# Per model: a text, its word pieces as a passage, and as a question.
CASES: Mapping[Kind, tuple[str, str, str]] = {
    "wordpiece-mean": (
        "The port opened.",
        "[CLS] the port open ##ed . [SEP]",
        "[CLS] the port open ##ed . [SEP]",
    ),
    "wordpiece-cls": (
        "The port opened.",
        "[CLS] the port open ##ed . [SEP]",
        "[CLS] find : the port open ##ed . [SEP]",
    ),
    "unigram-prefixes": (
        "der Hafen ist",
        "<s> ▁passage : ▁der ▁Hafen ▁ist </s>",
        "<s> ▁query : ▁der ▁Hafen ▁ist </s>",
    ),
}


def exact(folder: Path) -> OnnxEmbeddings:
    cache = folder.parent / "cache"
    return OnnxEmbeddings(lambda: custom_files(folder, cache), cache, name="own", precision="float")


def reference(folder: Path, pieces: Sequence[str]) -> np.ndarray:
    vocabulary = UNIGRAMS if pieces[0] == "<s>" else WORD_PIECES
    return reference_vector(folder, [vocabulary.index(piece) for piece in pieces])


@pytest.mark.parametrize("kind", CASES)
def test_vectors_equal_those_that_the_format_defines(kind: Kind, tmp_path: Path) -> None:
    """Tokenizer, positions, encoder, pooling and prompts; in int8, which is the default, closely."""
    folder = small_sentence_model(tmp_path / "model", kind)
    text, passage, question = CASES[kind]
    models: tuple[tuple[FootnoteEmbeddings, float], ...] = (
        (exact(folder), 0.999999),
        (make_embeddings(str(folder), model_dir=None, cache_dir=tmp_path / "cache"), 0.98),
    )
    for embeddings, least in models:
        (row,) = embeddings.embed_matrix([text])
        assert row @ reference(folder, passage.split()) >= least
        asked = np.array(embeddings.embed_query(text))
        assert asked @ reference(folder, question.split()) >= least
        assert np.array_equal(asked.astype(np.float32), embeddings.embed_questions([text])[0])
        assert embeddings.dimension == 8


def test_texts_are_truncated_to_the_pieces_that_the_model_reads(tmp_path: Path) -> None:
    """max_seq_length counts the start and end tokens; without it, the number of positions counts."""
    folder = small_sentence_model(tmp_path / "model", "wordpiece-mean")
    (row,) = exact(folder).embed_matrix(["port " * 30])
    assert row @ reference(folder, ["[CLS]", *["port"] * 10, "[SEP]"]) >= 0.999999
    (folder / "sentence_bert_config.json").unlink()
    (row,) = exact(folder).embed_matrix(["port " * 100])
    assert row @ reference(folder, ["[CLS]", *["port"] * 38, "[SEP]"]) >= 0.999999
    assert exact(folder).count_tokens("port " * 100) == 100


def test_other_models_have_no_token_vectors(tmp_path: Path) -> None:
    """What is computed from those was fitted on the default model."""
    assert as_token_embeddings(exact(small_sentence_model(tmp_path / "model", "unigram-prefixes"))) is None


def test_the_fingerprint_covers_all_that_changes_vectors(tmp_path: Path) -> None:
    """Weights, pooling, number of pieces, prompts and precision; not the place of the folder."""
    folder = small_sentence_model(tmp_path / "model", "wordpiece-cls")
    fingerprints = [exact(folder).fingerprint]
    moved = small_sentence_model(tmp_path / "moved", "wordpiece-cls")
    assert exact(moved).fingerprint == fingerprints[0]

    def change(name: str, content: object) -> None:
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
        fingerprints.append(exact(folder).fingerprint)

    change("config_sentence_transformers.json", {"prompts": {"query": "look for: "}})
    change("sentence_bert_config.json", {"max_seq_length": 13})
    change("1_Pooling/config.json", {"pooling_mode_mean_tokens": True})
    fingerprints.append(exact(small_sentence_model(tmp_path / "other", "wordpiece-cls", seed=8)).fingerprint)
    fingerprints.append(make_embeddings(str(folder), model_dir=None, cache_dir=tmp_path).fingerprint)
    assert len(set(fingerprints)) == 6


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("config.json", {"model_type": "mpnet"}, "is of the type mpnet"),
        ("config.json", {"hidden_act": "relu"}, "has the hidden_act relu"),
        ("config.json", {"num_attention_heads": "two"}, "num_attention_heads"),
        ("config.json", {"num_attention_heads": 3}, "8 is not a multiple of 3"),
        ("1_Pooling/config.json", {"pooling_mode_max_tokens": True}, "pools its word pieces by max_tokens"),
        ("1_Pooling/config.json", {"include_prompt": False}, "leaves its prompts out"),
        ("modules.json", [{"type": "sentence_transformers.models.Dense", "path": "2"}], "the module Dense"),
        ("modules.json", "{", "modules.json cannot be read"),
        ("tokenizer.json", "{", "tokenizer.json cannot be read"),
        ("model.safetensors", None, "does not contain model.safetensors"),
    ],
)
def test_an_unsupported_model_is_reported(name: str, content: object, sentence: str, tmp_path: Path) -> None:
    """Instead of giving wrong vectors; the message says what is not supported."""
    folder = small_sentence_model(tmp_path / "model", "wordpiece-cls")
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(ModelMissing, match=sentence):
        exact(folder).embed_query("a")


def test_prompts_are_not_ignored_for_the_model_folder(tmp_path: Path) -> None:
    """FOOTNOTE_MODEL_DIR is for models like the default one; the help names the other setting."""
    folder = small_sentence_model(tmp_path / "model", "unigram-prefixes")
    embeddings = make_embeddings("local", model_dir=folder, cache_dir=tmp_path / "cache")
    with pytest.raises(ModelMissing, match="has prompts") as caught:
        embeddings.embed_query("a")
    assert f"FOOTNOTE_EMBEDDINGS={folder}" in caught.value.help


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ("no/such/folder", "is neither a model nor an existing folder"),
        ("nobody:model", "names a provider that LangChain does not know"),
    ],
)
def test_an_unknown_choice_is_reported(choice: str, sentence: str, tmp_path: Path) -> None:
    """The help lists what is possible."""
    with pytest.raises(EmbeddingError, match=sentence) as caught:
        make_embeddings(choice, model_dir=None, cache_dir=tmp_path)
    assert "hf:OWNER/NAME" in caught.value.help
    assert "ollama" in caught.value.help
