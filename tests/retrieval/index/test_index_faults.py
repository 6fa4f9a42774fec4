"""Kills, full disks, read-only folders, damaged files, many processes: the index survives or is repaired."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from index_process import expected
from index_processes import PROGRAM, finish, in_mount_namespace, start
from index_world import World, article

from retrieval.errors import IndexBusy, IndexFailure
from retrieval.index.generations import Generations


def test_a_killed_sync_leaves_a_valid_index_and_the_next_one_completes_it(tmp_path: Path) -> None:
    """SIGKILL at random points of syncs and rebuilds; no lock is left behind."""
    world = World(tmp_path)
    world.fill(10)
    assert "8 kills" in finish(start("kill", tmp_path, 8, 7))


def test_readers_see_complete_generations_while_writers_alternate(tmp_path: Path) -> None:
    """4 readers and 2 writers: no errors, everything can be found, and the result equals a new index."""
    world = World(tmp_path)
    world.fill(10)
    world.sync()
    writers = [start("write", tmp_path, name, 4) for name in ("one", "two")]
    readers = [start("read", tmp_path, 4) for _ in range(4)]
    syncs = [int(finish(process)) for process in writers]
    assert min(syncs) >= 1
    assert min(int(finish(process)) for process in readers) >= 1
    world.sync()
    assert world.contents() == expected(world)
    assert len(list((world.folder / "generations").iterdir())) == 1


def test_a_full_disk_keeps_the_current_generation(tmp_path: Path) -> None:
    """At every step: one error sentence, the index unchanged; the next sync with free space succeeds."""
    mount = 'mount -t tmpfs -o size=8m none "$1"; mkdir "$1/articles"; exec "$2" "$3" full "$1" 200000'
    printed = in_mount_namespace(mount, tmp_path, sys.executable, PROGRAM)
    assert int(printed.split()[0]) >= 3


def test_a_read_only_index_can_be_searched(tmp_path: Path) -> None:
    """A sync of it reports that it cannot be written."""
    world = World(tmp_path)
    world.fill(4)
    world.sync()
    mount = 'mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"; exec "$2" "$3" readonly "$1"'
    printed = in_mount_namespace(mount, tmp_path, sys.executable, PROGRAM)
    assert "cannot be written: Read-only file system." in printed


def truncate(path: Path) -> None:
    """Truncate a file to half its size."""
    os.truncate(path, path.stat().st_size // 2)


DAMAGE: dict[str, Callable[[Path], None]] = {
    "catalogue.sqlite": truncate,
    "vectors.f32": truncate,
    "rows.i64": truncate,
    "tantivy/*.store": truncate,
    "tantivy/meta.json": truncate,
    "chroma/chroma.sqlite3": truncate,
    "chroma/*/data_level0.bin": truncate,
    "files.sqlite": truncate,
    "manifest.json": Path.unlink,
    "lease": Path.unlink,
    "../../CURRENT": truncate,
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_file_is_noticed_and_repaired(tmp_path: Path, name: str) -> None:
    """Reading fails or does not need the file; after the next sync the index equals a new one."""
    world = World(tmp_path)
    world.fill(6)
    world.sync()
    folder = world.folder / "generations" / "1"
    embedded = world.embeddings.texts
    DAMAGE[name](sorted(folder.glob(name))[0] if "*" in name else folder / name)
    try:
        assert world.contents() == expected(world)
    except IndexFailure as error:
        message, advice = str(error), error.help
        assert message.endswith(".")
        assert "footnote" in advice
    report = world.sync()
    assert world.contents() == expected(world)
    assert report.passages == len(expected(world))
    assert world.embeddings.texts == embedded or name == "../../CURRENT"
    assert world.sync().generation == report.generation


def test_damage_that_keeps_the_size_is_repaired_when_the_part_is_written(tmp_path: Path) -> None:
    """Zeros in Tantivy's meta.json and in Chroma's database: both are rebuilt from the catalogue."""
    world = World(tmp_path)
    world.fill(6)
    world.sync()
    folder = world.folder / "generations" / "1"
    for path in (folder / "tantivy" / "meta.json", folder / "chroma" / "chroma.sqlite3"):
        path.write_bytes(bytes(path.stat().st_size))
    world.write("new.txt", article(99))
    world.sync()
    assert world.contents() == expected(world)


def test_with_catalogue_and_chroma_damaged_the_index_is_rebuilt(tmp_path: Path) -> None:
    """From the articles; the report gives the reason."""
    world = World(tmp_path)
    world.fill(6)
    world.sync()
    folder = world.folder / "generations" / "1"
    truncate(folder / "catalogue.sqlite")
    truncate(folder / "chroma" / "chroma.sqlite3")
    report = world.sync()
    assert "damaged" in report.rebuilt
    assert report.embedded == report.passages
    assert world.contents() == expected(world)


def test_a_writer_that_waits_too_long_fails(tmp_path: Path) -> None:
    """With IndexBusy after the given time; readers are not blocked."""
    world = World(tmp_path)
    world.fill(2)
    world.sync()
    world.write("new.txt", article(50))
    with Generations(world.folder).writing(0):
        with pytest.raises(IndexBusy):
            world.sync(wait_seconds=0.1)
        assert len(world.open().articles()) == 2
    assert world.sync().added == 1


def test_leftovers_with_another_base_are_discarded(tmp_path: Path) -> None:
    """Unfinished work that started from an old generation is not reused."""
    world = World(tmp_path)
    world.fill(4)
    world.sync()
    leftover = world.folder / "building"
    shutil.copytree(world.folder / "generations" / "1", leftover)
    (leftover / "state.json").write_text('{"base": 77, "fingerprint": "x", "churn": 0}', encoding="utf-8")
    world.write("new.txt", article(50))
    world.sync()
    assert world.contents() == expected(world)


def test_a_complete_but_uncommitted_generation_is_resumed(tmp_path: Path) -> None:
    """A kill just before CURRENT is replaced: nothing is embedded again."""
    world = World(tmp_path)
    world.fill(4)
    world.sync()
    embedded = world.embeddings.texts
    (world.folder / "CURRENT").unlink()
    assert world.sync().passages == embedded
    assert world.contents() == expected(world)
