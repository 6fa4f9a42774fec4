"""A first sync publishes what it has embedded so far, and ends with the same index as without parts."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from index_process import expected
from index_processes import PROGRAM, finish, in_mount_namespace, start
from index_world import HashEmbeddings, World, article, contents

import retrieval.sync.first_parts
import retrieval.sync.sync_steps
from retrieval.errors import IndexFailure, IndexMissing, SyncStopped
from retrieval.index.current_generation import Current, current_text
from retrieval.index.generation_state import CHROMA
from retrieval.index.generations import Generations
from retrieval.reading.corpus import Corpus
from retrieval.sync.sync_index import sync

COUNT = 60


class Watched(HashEmbeddings):
    """Calls *before* before each batch of texts."""

    def __init__(self, before: Callable[[], None]) -> None:
        super().__init__()
        self.before = before

    def embed_matrix(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        self.before()
        return super().embed_matrix(texts)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A corpus whose first sync publishes a part after each model call."""
    monkeypatch.setattr(retrieval.sync.first_parts, "FIRST_PART_SECONDS", 0.0)
    monkeypatch.setattr(retrieval.sync.sync_steps, "_SECONDS_PER_COMMIT", 1e9)
    world = World(tmp_path)
    world.fill(COUNT)
    return world


def stop_after_parts(world: World, count: int) -> None:
    """Run a first sync that stops once *count* parts are published."""
    generations = Generations(world.folder)
    last = generations.next_number() + count - 1
    with pytest.raises(SyncStopped):
        world.sync(stop=lambda: generations.path(last).exists())


def test_each_part_can_be_searched_and_the_result_equals_that_without_parts(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also the internal keys, on which the order of equal hits depends; every text is embedded once."""
    seen: list[tuple[int, int]] = []

    def read() -> None:
        try:
            with world.open() as index:
                assert contents(index).keys() < expected(world).keys()
                assert not (index.folder / CHROMA).exists()
                seen.append((len(index.articles()), index.pending))
        except IndexMissing:
            assert not seen

    world.embeddings = Watched(read)
    report = world.sync()
    assert len(set(seen)) >= 2
    assert all(done + pending == COUNT for done, pending in seen)
    assert (report.added, report.unchanged, report.rebuilt, report.repaired) == (COUNT, 0, "", ())
    assert report.embedded == report.passages == world.embeddings.texts
    monkeypatch.setattr(retrieval.sync.first_parts, "FIRST_PART_SECONDS", 1e9)
    sync(Corpus([world.corpus]), tmp_path / "fresh", HashEmbeddings, world.fingerprint)
    with world.open() as index, type(index).open(tmp_path / "fresh", world.fingerprint) as fresh:
        query = "SELECT key, id FROM passages ORDER BY key"
        assert index.catalogue.query(query) == fresh.catalogue.query(query)
        assert contents(index) == contents(fresh)
        assert index.pending == index.status().pending == 0


def test_the_newest_articles_come_first(world: World) -> None:
    """By their dates; articles without one follow, by the times of their files."""
    days = sorted(f"2021-{1 + number % 12:02}-{1 + number % 28:02}" for number in range(COUNT))
    for number in range(COUNT):
        day = f"2021-{1 + number % 12:02}-{1 + number % 28:02}"
        dated = f"---\ntitle: Report number{number}\ndate: {day}\n---\n\n{article(number)}"
        world.write(f"d{number}.md", dated)
        os.utime(world.corpus / f"a{number:04}.txt", ns=(number * 10**9 + 1, number * 10**9 + 1))
    stop_after_parts(world, 1)
    with world.open() as index:
        dates = sorted(info.date or "" for info in index.articles())
        assert dates == days[-len(dates) :]
    stop_after_parts(world, 2)
    with world.open() as index:
        files = [info.path for info in index.articles()]
        times = sorted(path for path in files if path.startswith("a"))
        assert sum(path.startswith("d") for path in files) == COUNT
        assert times == [f"a{number:04}.txt" for number in range(COUNT - len(times), COUNT)]


def test_articles_are_searchable_before_all_files_are_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unread files count as one article each."""
    monkeypatch.setattr(retrieval.sync.sync_steps, "_FILES_PER_COMMIT", 7)
    stop_after_parts(world, 1)
    with world.open() as index:
        assert (len(index.articles()), index.pending) == (7, COUNT - 7)
    world.sync()
    assert world.contents() == expected(world)


def test_the_articles_of_one_large_file_are_published_in_parts(world: World) -> None:
    rows = [f'{{"id": "r{number}", "text": {article(number)!a}}}' for number in range(COUNT)]
    for path in world.corpus.iterdir():
        path.unlink()
    world.write("corpus.jsonl", "\n".join(rows).replace("'", '"'))
    stop_after_parts(world, 1)
    with world.open() as index:
        assert 0 < len(index.articles()) == COUNT - index.pending


def test_a_stopped_first_sync_is_continued(world: World) -> None:
    """It is not taken for up to date, even if the rest of the files is deleted; nothing is embedded twice."""
    stop_after_parts(world, 2)
    before = world.embeddings.texts
    with world.open() as index:
        kept = {info.path for info in index.articles()}
    for path in world.corpus.iterdir():
        if path.name not in kept:
            path.unlink()
    report = world.sync()
    assert (report.added, report.rebuilt, report.repaired) == (len(kept), "", ())
    assert world.embeddings.texts == before
    assert world.contents() == expected(world)
    with world.open() as index:
        assert (index.pending, (index.folder / CHROMA).is_dir()) == (0, True)


def test_without_its_unfinished_work_a_part_still_saves_embedding(world: World) -> None:
    """As if the folder was copied without `building` and the journal."""
    import shutil

    stop_after_parts(world, 2)
    shutil.rmtree(world.folder / "building")
    (world.folder / "journal.sqlite").unlink()
    with world.open() as index:
        passages = index.status().passages
    report = world.sync()
    assert (report.added, report.embedded) == (COUNT, report.passages - passages)
    assert world.contents() == expected(world)


def test_a_part_that_cannot_be_written_does_not_stop_the_sync(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        world.folder.joinpath("part").mkdir()
        raise IndexFailure("The disk is full.")

    monkeypatch.setattr(retrieval.sync.first_parts, "publish_part", refuse)
    assert world.sync().added == COUNT
    assert not (world.folder / "part").exists()


def test_a_rebuild_publishes_no_parts(world: World) -> None:
    """The complete index stays available until the new one is complete."""
    world.sync()

    def read() -> None:
        with world.open() as index:
            assert index.pending == 0

    world.embeddings = Watched(read)
    world.sync(rebuild=True)
    assert world.contents() == expected(world)


def test_a_complete_index_can_be_read_by_older_versions() -> None:
    """They do not know the field ``pending``."""
    assert "pending" not in current_text(Current(1, "model", "2022-07-01T09:00:00Z"))


def test_killed_first_syncs_leave_no_index_or_a_usable_part(tmp_path: Path) -> None:
    """SIGKILL after the first part and at random points; the next sync continues, also several times."""
    World(tmp_path).fill(COUNT)
    printed = finish(start("kill-first", tmp_path, 9, 5))
    assert int(printed.split()[0]) >= 2


def test_readers_follow_a_first_sync(tmp_path: Path) -> None:
    """Each generation that they see is complete for the articles it has."""
    World(tmp_path).fill(COUNT)
    readers = [start("follow", tmp_path) for _ in range(3)]
    finish(start("first", tmp_path))
    for reader in readers:
        assert finish(reader).split()[-1] == str(COUNT)


def test_a_full_disk_leaves_no_index_or_a_usable_part(tmp_path: Path) -> None:
    mount = 'mount -t tmpfs -o size=16m none "$1"; mkdir "$1/articles"; exec "$2" "$3" full-first "$1" 900000'
    printed = in_mount_namespace(mount, tmp_path, sys.executable, PROGRAM)
    assert int(printed.split()[0]) >= 1
