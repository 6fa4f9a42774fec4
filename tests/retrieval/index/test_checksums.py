"""Damage of any file is noticed before an answer depends on it, and repaired without other answers."""

from __future__ import annotations

import logging
import random
import threading
from pathlib import Path

import pytest
from bit_flips import KINDS, flip_bits
from index_process import expected
from index_world import World

from retrieval import open_index
from retrieval.errors import IndexBusy, IndexDamaged, IndexFailure
from retrieval.index import checksums
from retrieval.index.checksums import Verification, damaged_files, write_manifest
from retrieval.index.generations import Generations
from retrieval.index.lexical_index import LexicalIndex
from retrieval.library import Library
from retrieval.passage import Passage

QUESTION = "What did the council of town3 decide in part 7?"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.fill(6)
    world.sync()
    return world


def found(opened: Library) -> list[tuple[Passage, float]]:
    """The passages with their scores. Chroma normalizes vectors, which changes their last digit."""
    return [(hit.passage, round(hit.score, 5)) for hit in opened.search(QUESTION)]


def folder(world: World) -> Path:
    return sorted((world.folder / "generations").iterdir(), key=lambda path: int(path.name))[-1]


@pytest.mark.parametrize("kind", KINDS)
def test_flipped_bits_change_no_search_result(world: World, kind: str) -> None:
    """Before and after the repair; nothing is embedded again; the next sync finds an intact index."""
    before, embedded = found(world.library()), world.embeddings.texts
    flip_bits(folder(world), kind, seed=KINDS.index(kind))
    assert found(world.library()) == before
    world.sync()
    assert found(world.library()) == before
    assert world.library().check() == []
    assert world.contents() == expected(world)
    assert world.embeddings.texts <= embedded + 3  # the questions


@pytest.mark.parametrize("kind", ["catalogue.sqlite", "vectors.f32", "rows.i64", "tantivy/*.term"])
def test_damage_that_no_write_caused_is_found_by_comparing_all_blocks(
    world: World, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failing disk changes no modification time; also if the sample misses the damage."""
    before = found(world.library())
    monkeypatch.setattr(checksums, "SAMPLE_BYTES", 0)
    flip_bits(folder(world), kind, seed=5, unnoticed=True)
    assert found(world.library()) == before
    assert folder(world).name == "2"
    assert damaged_files(folder(world), everything=True) == []


def test_damage_of_an_open_index_is_noticed(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Its files are mapped into memory; one line says what was repaired."""
    opened = world.library()
    before = found(opened)
    flip_bits(folder(world), "vectors.f32", seed=1)
    with caplog.at_level(logging.WARNING, "footnote.index"):
        assert found(opened) == before
    assert [record.getMessage().split(" (")[0] for record in caplog.records] == ["The index was damaged"]
    assert "vectors.f32" in caplog.text
    assert "nothing embedded again" in caplog.text


def test_a_slow_repair_does_not_block_a_question(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says that the repair is running, which goes on."""
    monkeypatch.setattr(open_index, "REPAIR_WAIT_SECONDS", 0.1)
    go_on, opened = threading.Event(), world.library()
    sync = opened.sync

    def slow_sync(**options: object) -> object:
        go_on.wait(20)
        return sync()

    monkeypatch.setattr(opened, "sync", slow_sync)
    before = found(opened)
    flip_bits(folder(world), "rows.i64", seed=1)
    with pytest.raises(IndexDamaged, match=r"is damaged \(rows\.i64\)\.") as caught:
        opened.search(QUESTION)
    assert "being repaired" in caught.value.help
    monkeypatch.setattr(open_index, "REPAIR_WAIT_SECONDS", 20)
    go_on.set()
    assert found(opened) == before


def test_a_repair_that_fails_says_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question during another process's sync, for instance."""
    opened = world.library()

    def busy(**_: object) -> object:
        raise IndexBusy("Another process is writing the index.")

    monkeypatch.setattr(opened, "sync", busy)
    flip_bits(folder(world), "catalogue.sqlite", seed=1)
    with pytest.raises(IndexDamaged) as caught:
        opened.search(QUESTION)
    assert "Another process is writing the index." in caught.value.help


def test_damage_of_catalogue_and_chroma_rebuilds_the_index_from_the_articles(world: World) -> None:
    """The vectors of a damaged Chroma are not used."""
    before = found(world.library())
    flip_bits(folder(world), "catalogue.sqlite", seed=1)
    flip_bits(folder(world), "chroma/*/data_level0.bin", seed=2)
    report = world.sync()
    assert report.repaired == ("catalogue.sqlite", "chroma")
    assert report.embedded == report.passages
    assert (report.added, report.unchanged) == (0, 6)
    assert found(world.library()) == before


def test_a_panic_in_tantivy_is_an_index_failure(world: World) -> None:
    """Whatever its files contain; without checksums, which would prevent opening them."""
    failures = []
    for seed in range(30):
        kind = random.Random(seed).choice([kind for kind in KINDS if kind.startswith("tantivy/*")])
        flip_bits(folder(world), kind, seed, count=40)
        try:
            LexicalIndex.open(folder(world) / "tantivy").search(["town3", "decid"], 10)
        except IndexFailure as error:
            failures.append(str(error))
    assert failures
    assert all(text.startswith("The lexical index in") for text in failures)


def test_a_copied_index_is_compared_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files have other modification times; afterwards they count as verified."""
    (folder(world) / "verified.json").unlink()
    assert damaged_files(folder(world)) == []
    assert (folder(world) / "verified.json").is_file()
    monkeypatch.setattr(checksums, "_checksums", lambda path: pytest.fail(f"{path} was read again"))
    assert damaged_files(folder(world)) == []


def test_the_manifest_of_an_older_version_has_only_sizes(world: World) -> None:
    """The index stays usable; truncated files are noticed."""
    sizes = {name: sums.size for name, sums in (checksums.read_manifest(folder(world)) or {}).items()}
    del sizes["state.json"]
    (folder(world) / "manifest.json").write_text(str(sizes).replace("'", '"'), encoding="utf-8")
    assert damaged_files(folder(world)) == []
    flip_bits(folder(world), "vectors.f32", seed=1)
    assert damaged_files(folder(world)) == []
    (folder(world) / "vectors.f32").write_bytes(b"")
    assert damaged_files(folder(world)) == ["vectors.f32"]


def test_all_blocks_of_large_files_are_compared(tmp_path: Path) -> None:
    """The sample is limited; the background finds the rest and reports it once."""
    (tmp_path / "vectors.f32").write_bytes(random.Random(1).randbytes(20 * checksums.BLOCK_BYTES + 5))
    write_manifest(tmp_path)
    flip_bits(tmp_path, "vectors.f32", seed=3, count=1, unnoticed=True)
    found: list[str] = []
    verification = Verification(tmp_path, found.append)
    sample = verification.compare_sample()
    verification.start()
    assert verification.wait() == ["vectors.f32"]
    verification.close()
    assert found or sample
    assert damaged_files(tmp_path) == ["vectors.f32"]  # from now on, for every process


def test_a_damaged_current_is_restored(world: World) -> None:
    """Each generation has its own copy; nothing is embedded again."""
    embedded, path = world.embeddings.texts, world.folder / "CURRENT"
    for content in (b"", b"{", path.read_bytes().replace(b'"generation": 1', b'"generation": 3')):
        path.write_bytes(content)
        with pytest.raises(IndexDamaged, match="CURRENT"):
            Generations(world.folder).current()
        world.sync()
        assert world.contents() == expected(world)
    assert world.embeddings.texts == embedded
