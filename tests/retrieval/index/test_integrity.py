"""`footnote doctor` finds what is wrong with an index, and a repair makes only that anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from index_process import expected
from index_world import World, article

from retrieval.index.lexical_index import LexicalIndex
from retrieval.index.vector_store import VectorStore
from retrieval.library import Library
from retrieval.reading.corpus import Corpus


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.fill(6)
    made.sync()
    return made


def library(world: World) -> Library:
    corpus = Corpus([world.corpus])
    return Library(
        corpus, world.folder, embeddings=lambda: world.embeddings, fingerprint=lambda: world.fingerprint
    )


def test_a_sound_index_has_no_findings(world: World) -> None:
    """Also when files have changed since: that is for the next sync."""
    world.write("a0001.txt", article(1, version=2))
    assert library(world).check() == []


def lose_a_document(folder: Path) -> None:
    lexical = LexicalIndex.open(folder / "tantivy")
    with sqlite3.connect(folder / "catalogue.sqlite") as catalogue:
        lexical.remove([catalogue.execute("SELECT id FROM passages").fetchone()[0]])
    lexical.commit()


def lose_a_row(folder: Path) -> None:
    store = VectorStore.open(folder / "chroma")
    store.delete(sorted(store.ids())[:1])
    store.close()


def spoil_vectors(folder: Path) -> None:
    np.zeros((folder / "vectors.f32").stat().st_size // 4, np.float32).tofile(folder / "vectors.f32")


def spoil_texts(folder: Path) -> None:
    with sqlite3.connect(folder / "catalogue.sqlite") as catalogue:
        catalogue.execute("UPDATE passages SET text = replace(text, 'council', 'Council')")


def cut(name: str) -> Callable[[Path], None]:
    def act(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return act


@pytest.mark.parametrize(
    ("spoil", "part"),
    [
        (lose_a_document, "tantivy"),
        (lose_a_row, "chroma"),
        (spoil_vectors, "vectors.f32"),
        (spoil_texts, "catalogue.sqlite"),
        (cut("catalogue.sqlite"), "catalogue.sqlite"),
        (cut("vectors.f32"), "vectors.f32"),
        (cut("chroma/chroma.sqlite3"), "chroma"),
        (cut("tantivy/meta.json"), "tantivy"),
    ],
)
def test_what_is_wrong_is_found_and_mended(world: World, spoil: Callable[[Path], None], part: str) -> None:
    """One sentence says what; the repair embeds nothing again, and leaves nothing to find."""
    embedded = world.embeddings.texts
    spoil(world.folder / "generations" / "1")
    findings = library(world).check()
    assert part in {each.part for each in findings}, findings
    assert all(each.text.endswith(".") for each in findings)
    library(world).repair()
    assert library(world).check() == []
    assert world.contents() == expected(world)
    assert world.embeddings.texts == embedded


def test_a_repair_of_nothing_makes_the_index(tmp_path: Path) -> None:
    """Without an index it is a first sync."""
    world = World(tmp_path)
    world.fill(2)
    assert library(world).repair().added == 2
