"""An index remembers its embedding model and rules; with others, a new index is built beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from index_world import DIMENSION, World, article
from small_sentence_models import small_sentence_model

from bot.build import make_library
from bot.settings import Settings
from retrieval.errors import IndexMismatch
from retrieval.index.current_generation import make_fingerprint
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


class Versioned(World):
    """A world whose rules for reading have a version."""

    rules = "reading-1"

    @property
    def fingerprint(self) -> str:
        return make_fingerprint(self.embeddings.fingerprint, self.rules, "splitting-1", "words-1")


@pytest.mark.parametrize("damaged", ["", "vectors.f32", "catalogue.sqlite"])
def test_changed_rules_embed_only_changed_texts(damaged: str, tmp_path: Path) -> None:
    """A new version reads all files again, but takes the vectors of the texts that are the same; if the
    vector file or the catalogue is damaged, from Chroma."""
    world = Versioned(tmp_path)
    world.fill(3)
    passages = world.sync().passages
    if damaged:
        [path] = world.folder.rglob(damaged)
        path.write_bytes(bytes(DIMENSION))
    world.rules = "reading-2"
    world.write("new.txt", article(9))
    report = world.sync()
    assert "rules" in report.rebuilt
    assert report.embedded == report.passages - passages > 0
    assert world.embeddings.texts == report.passages
    assert len(world.contents()) == report.passages


def test_a_rebuild_on_request_takes_no_vectors_of_older_rules(tmp_path: Path) -> None:
    """`sync --rebuild` starts from scratch, whatever has changed."""
    world = Versioned(tmp_path)
    world.fill(2)
    world.sync()
    world.rules = "reading-2"
    report = world.sync(rebuild=True)
    assert report.embedded == report.passages
