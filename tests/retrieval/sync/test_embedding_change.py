"""An index remembers its embedding model; with another model, a new index is built beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_sentence_models import small_sentence_model

from bot.build import make_library
from bot.settings import Settings
from retrieval.errors import IndexMismatch
from retrieval.library import Library


def test_a_changed_model_builds_a_new_index_beside_the_old(tmp_path: Path) -> None:
    """The old one stays readable meanwhile, and its vectors are never compared with the new model's."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("Hafen\n\nDer Hafen ist offen. Er liegt an der Bucht.")
    small_sentence_model(tmp_path / "one", "unigram-prefixes")
    small_sentence_model(tmp_path / "two", "wordpiece-cls")

    def library(model: str) -> Library:
        settings = Settings(
            corpus=(tmp_path / "corpus",),
            index=tmp_path / "index",
            cache=tmp_path / "cache",
            embeddings=str(tmp_path / model),
        )
        return make_library(settings)

    one, two = library("one"), library("two")
    one.sync()
    with one.index() as old:
        with pytest.raises(IndexMismatch):
            two.search("Wo liegt der Hafen?")
        assert "changed" in two.sync().rebuilt
        assert old.lexical.count() == 1
    assert two.search("Wo liegt der Hafen?")
    with pytest.raises(IndexMismatch):
        one.search("Wo liegt der Hafen?")
    one.close()
    two.close()
