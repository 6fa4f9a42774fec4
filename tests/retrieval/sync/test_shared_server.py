"""Several machines share one index on a real Chroma server, each with a replica of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from chroma_server import Chroma, free_port
from index_process import check_one_of, expected
from index_processes import finish, start
from index_world import HashEmbeddings, World, article, contents, vector

import retrieval.index.nearest_neighbours
import retrieval.index.server_probe
import retrieval.sync.replica_watch
import retrieval.sync.shared_server
from retrieval.errors import CorpusError, IndexBusy, IndexFailure
from retrieval.index.server_store import ServerStore
from retrieval.sync.shared_server import SharedServer

Two = tuple[World, World]


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    server = Chroma(tmp_path_factory.mktemp("chroma"), free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def machines(chroma: Chroma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Two:
    """Two machines with the same articles; a collection of their own for each test."""
    monkeypatch.setattr(retrieval.sync.replica_watch, "_EVERY", 0.2)
    one = World(tmp_path, HashEmbeddings(tmp_path.name), chroma.url, "1")
    one.fill(6)
    return one, World(tmp_path, HashEmbeddings(tmp_path.name), chroma.url, "2")


def test_what_one_machine_syncs_the_other_searches(machines: Two) -> None:
    """The second machine embeds nothing, and follows each generation."""
    one, two = machines
    one.sync()
    assert two.contents() == one.contents() == expected(one)
    one.write("a0001.txt", article(1, version=2))
    (one.corpus / "a0002.txt").unlink()
    with two.open() as behind:
        before = contents(behind)
        one.sync()
        assert contents(behind) == before
        wait_until(lambda: not behind.is_current())
    assert two.contents() == expected(one)
    report = two.sync()
    assert (report.embedded, two.embeddings.texts) == (0, 0)
    assert report.generation == two.sync().generation


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and not true():
        time.sleep(0.05)
    assert true()


def test_both_machines_may_write(machines: Two) -> None:
    """Each takes the other's generation over before its own."""
    one, two = machines
    one.sync()
    two.write("b1.txt", article(31))
    assert two.sync().added == 1
    one.write("b2.txt", article(32))
    report = one.sync()
    assert report.embedded <= 3
    assert one.contents() == two.contents() == expected(one)


def test_a_writer_that_dies_before_the_commit_changes_nothing(
    machines: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New rows are there, old ones marked, the old generation is whole; the next sync ends the work."""
    one, two = machines
    one.sync()
    before = one.contents()
    one.write("a0001.txt", article(1, version=2))
    (one.corpus / "a0002.txt").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(SharedServer, "_check_flag", lambda self: (_ for _ in ()).throw(IndexFailure("died")))
        with pytest.raises(IndexFailure, match="died"):
            one.sync()
    assert World(one.root, one.embeddings, one.url, "3").contents() == before
    one.write("a0001.txt", article(1, version=3))
    one.write("a0002.txt", article(2))
    one.sync()
    assert two.contents() == expected(one)
    with closing(ServerStore.connect(str(one.url), None, one.fingerprint)) as store:
        assert store.ids() == set(expected(one))


def test_a_replica_is_mended_from_the_server(machines: Two) -> None:
    """A lost or damaged replica is fetched again, not embedded again."""
    one, _ = machines
    one.sync()
    embedded = one.embeddings.texts
    os.truncate(next((one.folder / "generations").iterdir()) / "catalogue.sqlite", 100)
    one.sync()
    assert one.contents() == expected(one)
    assert one.embeddings.texts == embedded


def test_only_one_machine_writes_at_a_time(machines: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other waits, and says so in the end; the right of a writer that died ends by itself."""
    one, two = machines
    busy = pytest.raises(IndexBusy, match="Another machine")
    with closing(SharedServer(str(one.url), None, one.fingerprint)) as server, server.writing(1), busy:
        two.sync(wait_seconds=0.5)
    with monkeypatch.context() as patch:
        patch.setattr(retrieval.sync.shared_server, "HELD", -1.0)
        patch.setattr(ServerStore, "lower_flag", lambda self, key: None)  # dies with the flag set
        with closing(SharedServer(str(one.url), None, one.fingerprint)) as server, server.writing(1):
            pass
    assert one.sync(wait_seconds=5).added == 6


def test_without_the_server_the_replica_answers_and_a_sync_says_so(chroma: Chroma, machines: Two) -> None:
    """Searching goes on; a sync fails with a sentence; when the server is back all goes on."""
    one, two = machines
    one.sync()
    two.contents()
    chroma.stop()
    try:
        assert two.contents() == expected(one)
        one.write("b.txt", article(40))
        with pytest.raises(IndexFailure, match="server") as caught:
            one.sync()
        assert "FOOTNOTE_CHROMA_URL" in caught.value.help
        with pytest.raises(IndexFailure, match="server"):
            World(one.root, one.embeddings, one.url, "3").open()
    finally:
        chroma.start()
    one.sync()
    assert two.contents() == expected(one)


def store_name(machine: World) -> str:
    with closing(ServerStore.connect(str(machine.url), None, machine.fingerprint)) as store:
        return str(store._collection.name)


def collections(machine: World) -> set[str]:
    with closing(ServerStore.connect(str(machine.url), None, machine.fingerprint)) as store:
        return {each.name for each in store._client.list_collections()}


def test_what_was_left_for_another_model_is_deleted_after_a_while(
    machines: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Machines that still read it have a day; the next sync of any machine after that deletes it."""
    one, two = machines
    one.sync()
    two.sync()
    old = store_name(one)
    one.embeddings.name += "-new"
    one.sync()
    assert old in collections(one)
    assert two.contents() == expected(two), "within the day it can be read"
    monkeypatch.setattr(retrieval.sync.shared_server, "GRACE", 0.0)
    one.write("a0001.txt", article(1, version=2))
    one.sync()
    assert old not in collections(one)
    assert one.contents() == expected(one)


def test_what_is_written_again_is_not_deleted(machines: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that goes on with the former model keeps its index."""
    one, two = machines
    one.sync()
    two.sync()
    one.embeddings.name += "-new"
    one.sync()
    two.write("a0001.txt", article(1, version=2))
    two.sync()
    monkeypatch.setattr(retrieval.sync.shared_server, "GRACE", 0.0)
    one.sync()
    assert two.contents() == expected(two)
    assert one.contents() == expected(one)


def test_another_corpus_does_not_replace_a_shared_index(machines: Two, tmp_path: Path) -> None:
    """A machine with other articles is refused at its first sync."""
    one, _ = machines
    one.sync()
    other = World(tmp_path / "other", one.embeddings, one.url)
    other.write("x.txt", article(70))
    with pytest.raises(CorpusError, match="not in"):
        other.sync()
    assert World(one.root, one.embeddings, one.url, "3").contents() == expected(one)


def test_a_large_shared_index_asks_the_server(machines: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of generations that are not this one do not come back."""
    one, two = machines
    one.sync()
    monkeypatch.setattr(retrieval.index.nearest_neighbours, "EXACT", 0)
    with two.open() as index:
        one.write("a0001.txt", article(1, version=2))
        one.sync()
        found = index.nearest(vector("town1"), 5)
        assert len(found) == 5
        assert set(index.passages([each for each, _ in found])) == {each for each, _ in found}


def test_an_index_of_this_machine_can_move_to_a_server_and_back(machines: Two) -> None:
    """Nothing is embedded again on the way."""
    one, _ = machines
    alone = World(one.root, one.embeddings, None, one.machine)
    alone.sync()
    embedded = one.embeddings.texts
    one.sync()
    assert World(one.root, one.embeddings, one.url, "3").contents() == expected(one)
    alone.sync()
    assert alone.contents() == expected(one)
    assert one.embeddings.texts == embedded


def test_processes_on_one_server_see_whole_generations(chroma: Chroma, tmp_path: Path) -> None:
    """Two readers and a writer, as processes, each with a replica of its own."""
    world = World(tmp_path, HashEmbeddings(), chroma.url)
    world.fill(6)
    world.sync()
    processes = [
        start("read", tmp_path, 3, INDEX_TEST_SERVER=chroma.url, INDEX_TEST_MACHINE="2"),
        start("read", tmp_path, 3, INDEX_TEST_SERVER=chroma.url, INDEX_TEST_MACHINE="3"),
        start("write", tmp_path, "w", 2, INDEX_TEST_SERVER=chroma.url, INDEX_TEST_MACHINE="4"),
    ]
    assert all(int(finish(each)) >= 1 for each in processes)
    world.sync()
    check_one_of(world, [expected(world)])
