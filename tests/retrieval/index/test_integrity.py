"""`footnote doctor` finds the faults of an index, and a repair rebuilds only the damaged parts."""

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


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.fill(6)
    world.sync()
    return world


def test_an_intact_index_has_no_findings(world: World) -> None:
    """Also if files have changed since: the next sync handles those."""
    world.write("a0001.txt", article(1, version=2))
    assert world.library().check() == []


def delete_a_document(folder: Path) -> None:
    lexical = LexicalIndex.open(folder / "tantivy")
    with sqlite3.connect(folder / "catalogue.sqlite") as catalogue:
        lexical.remove([catalogue.execute("SELECT id FROM passages").fetchone()[0]])
    lexical.commit()


def delete_a_row(folder: Path) -> None:
    store = VectorStore.open(folder / "chroma")
    store.delete(sorted(store.ids())[:1])
    store.close()


def zero_vectors(folder: Path) -> None:
    np.zeros((folder / "vectors.f32").stat().st_size // 4, np.float32).tofile(folder / "vectors.f32")


def change_texts(folder: Path) -> None:
    with sqlite3.connect(folder / "catalogue.sqlite") as catalogue:
        catalogue.execute("UPDATE passages SET text = replace(text, 'council', 'Council')")


def truncate(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return damage


@pytest.mark.parametrize(
    ("damage", "part"),
    [
        (delete_a_document, "tantivy"),
        (delete_a_row, "chroma"),
        (zero_vectors, "vectors.f32"),
        (change_texts, "catalogue.sqlite"),
        (truncate("catalogue.sqlite"), "catalogue.sqlite"),
        (truncate("vectors.f32"), "vectors.f32"),
        (truncate("chroma/chroma.sqlite3"), "chroma"),
        (truncate("tantivy/meta.json"), "tantivy"),
    ],
)
def test_damage_is_found_and_repaired(world: World, damage: Callable[[Path], None], part: str) -> None:
    """A finding describes it in one sentence; the repair fixes it without embedding anything."""
    embedded = world.embeddings.texts
    damage(world.folder / "generations" / "1")
    findings = world.library().check()
    assert part in {finding.part for finding in findings}, findings
    assert all(finding.text.endswith(".") for finding in findings)
    world.library().repair()
    assert world.library().check() == []
    assert world.contents() == expected(world)
    assert world.embeddings.texts == embedded


def test_a_repair_without_an_index_builds_it(tmp_path: Path) -> None:
    """It is then a first sync."""
    world = World(tmp_path)
    world.fill(2)
    assert world.library().repair().added == 2
