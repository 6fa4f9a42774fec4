"""Kills, full disks, read-only folders, damaged files, many processes: the index stays whole or is mended."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from index_process import expected
from index_processes import PROGRAM, finish, start
from index_world import World, article
from repository import ROOT

from retrieval.errors import IndexBusy, IndexFailure
from retrieval.index.generations import Generations


def own_file_system(command: str, *arguments: object) -> str:
    """Run a shell command where it may mount file systems of its own; skips where the system forbids it."""
    unshare = shutil.which("unshare")
    probe = [unshare or "false", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("this system lets no test mount a file system")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    script = ["unshare", "-rm", "sh", "-ec", command, "sh", *map(str, arguments)]
    done = subprocess.run(script, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_killed_sync_leaves_a_whole_index_and_the_next_one_ends_the_work(tmp_path: Path) -> None:
    """SIGKILL at random moments of syncs and rebuilds; no lock is left behind."""
    world = World(tmp_path)
    world.fill(10)
    assert "8 kills" in finish(start("kill", tmp_path, 8, 7))


def test_readers_see_whole_generations_while_writers_take_turns(tmp_path: Path) -> None:
    """4 readers and 2 writers: no error, nothing unreachable, in the end what a fresh index would hold."""
    world = World(tmp_path)
    world.fill(10)
    world.sync()
    writers = [start("write", tmp_path, name, 4) for name in ("one", "two")]
    readers = [start("read", tmp_path, 4) for _ in range(4)]
    syncs = [int(finish(each)) for each in writers]
    assert min(syncs) >= 1
    assert min(int(finish(each)) for each in readers) >= 1
    world.sync()
    assert world.contents() == expected(world)
    assert len(list((world.folder / "generations").iterdir())) == 1


def test_a_full_disk_costs_no_generation(tmp_path: Path) -> None:
    """At whatever step there is no room: one sentence, the index as before; with room again all is well."""
    mount = 'mount -t tmpfs -o size=8m none "$1"; mkdir "$1/articles"; exec "$2" "$3" full "$1" 200000'
    printed = own_file_system(mount, tmp_path, sys.executable, PROGRAM)
    assert int(printed.split()[0]) >= 3


def test_a_read_only_index_can_be_searched(tmp_path: Path) -> None:
    """And a sync of it says in one sentence that it may not be written."""
    world = World(tmp_path)
    world.fill(4)
    world.sync()
    mount = 'mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"; exec "$2" "$3" readonly "$1"'
    printed = own_file_system(mount, tmp_path, sys.executable, PROGRAM)
    assert "cannot be written: Read-only file system." in printed


def cut(path: Path) -> None:
    """Cut a file short by half."""
    os.truncate(path, path.stat().st_size // 2)


DAMAGE: dict[str, Callable[[Path], None]] = {
    "catalogue.sqlite": cut,
    "vectors.f32": cut,
    "rows.i64": cut,
    "tantivy/*.store": cut,
    "tantivy/meta.json": cut,
    "chroma/chroma.sqlite3": cut,
    "chroma/*/data_level0.bin": cut,
    "files.sqlite": cut,
    "manifest.json": Path.unlink,
    "lease": Path.unlink,
    "../../CURRENT": cut,
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_file_is_noticed_and_mended(tmp_path: Path, name: str) -> None:
    """Reading refuses or does not need it; the next sync ends with an index equal to a fresh one."""
    world = World(tmp_path)
    world.fill(6)
    world.sync()
    folder = world.folder / "generations" / "1"
    embedded = world.embeddings.texts
    DAMAGE[name](sorted(folder.glob(name))[0] if "*" in name else folder / name)
    try:
        assert world.contents() == expected(world)
    except IndexFailure as error:
        refused = error
        assert str(refused).endswith(".")
        assert "footnote" in refused.help
    report = world.sync()
    assert world.contents() == expected(world)
    assert report.passages == len(expected(world))
    assert world.embeddings.texts == embedded or name == "../../CURRENT"
    assert world.sync().generation == report.generation


def test_damage_that_keeps_the_size_is_mended_when_the_part_is_written(tmp_path: Path) -> None:
    """Zeros in Tantivy's list and in Chroma's database: both are made anew from the catalogue."""
    world = World(tmp_path)
    world.fill(6)
    world.sync()
    folder = world.folder / "generations" / "1"
    for path in (folder / "tantivy" / "meta.json", folder / "chroma" / "chroma.sqlite3"):
        path.write_bytes(bytes(path.stat().st_size))
    world.write("new.txt", article(99))
    world.sync()
    assert world.contents() == expected(world)


def test_with_catalogue_and_chroma_damaged_all_is_read_and_embedded_again(tmp_path: Path) -> None:
    """The articles are still there: the index is made from them, and the report says why."""
    world = World(tmp_path)
    world.fill(6)
    world.sync()
    folder = world.folder / "generations" / "1"
    cut(folder / "catalogue.sqlite")
    cut(folder / "chroma" / "chroma.sqlite3")
    report = world.sync()
    assert "damaged" in report.rebuilt
    assert report.embedded == report.passages
    assert world.contents() == expected(world)


def test_a_writer_that_waits_too_long_says_so(tmp_path: Path) -> None:
    """IndexBusy after the time given; readers are not kept from reading."""
    world = World(tmp_path)
    world.fill(2)
    world.sync()
    world.write("new.txt", article(50))
    with Generations(world.folder).writing(0):
        with pytest.raises(IndexBusy):
            world.sync(wait_seconds=0.1)
        assert len(world.open().articles()) == 2
    assert world.sync().added == 1


def test_what_was_left_by_a_writer_of_another_base_is_not_mixed_in(tmp_path: Path) -> None:
    """Work begun from a generation that is no longer current is thrown away."""
    world = World(tmp_path)
    world.fill(4)
    world.sync()
    left = world.folder / "building"
    shutil.copytree(world.folder / "generations" / "1", left)
    (left / "state.json").write_text('{"base": 77, "fingerprint": "x", "churn": 0}', encoding="utf-8")
    world.write("new.txt", article(50))
    world.sync()
    assert world.contents() == expected(world)


def test_a_generation_that_was_whole_but_not_named_is_gone_on_with(tmp_path: Path) -> None:
    """A kill just before CURRENT is replaced: nothing is embedded twice."""
    world = World(tmp_path)
    world.fill(4)
    world.sync()
    embedded = world.embeddings.texts
    (world.folder / "CURRENT").unlink()
    assert world.sync().passages == embedded
    assert world.contents() == expected(world)
