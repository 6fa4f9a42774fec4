"""Several machines share one index on a real Chroma server, each with its own replica."""

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
import retrieval.sync.first_parts
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
    """Two machines with the same articles; each test has its own collection."""
    monkeypatch.setattr(retrieval.sync.replica_watch, "_POLL_SECONDS", 0.2)
    one = World(tmp_path, HashEmbeddings(tmp_path.name), chroma.url, "1")
    one.fill(6)
    return one, World(tmp_path, HashEmbeddings(tmp_path.name), chroma.url, "2")


def test_one_machine_syncs_and_the_other_searches(machines: Two) -> None:
    """The second machine embeds nothing and follows every generation."""
    one, two = machines
    one.sync()
    assert two.contents() == one.contents() == expected(one)
    one.write("a0001.txt", article(1, version=2))
    (one.corpus / "a0002.txt").unlink()
    with two.open() as old:
        before = contents(old)
        one.sync()
        assert contents(old) == before
        wait_until(lambda: not old.is_current())
    assert two.contents() == expected(one)
    report = two.sync()
    assert (report.embedded, two.embeddings.texts) == (0, 0)
    assert report.generation == two.sync().generation


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not condition():
        time.sleep(0.05)
    assert condition()


def test_a_first_sync_to_a_server_publishes_no_parts(machines: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other machines would take a part for the whole index."""
    monkeypatch.setattr(retrieval.sync.first_parts, "FIRST_PART_SECONDS", 0.0)
    one, _ = machines
    one.fill(60)
    assert one.sync().generation == 1
    assert one.contents() == expected(one)


def test_both_machines_can_write(machines: Two) -> None:
    """Each first fetches the other's generation."""
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
    """Rows were added and marked, but the old generation is intact; the next sync completes the work."""
    one, two = machines
    one.sync()
    before = one.contents()
    one.write("a0001.txt", article(1, version=2))
    (one.corpus / "a0002.txt").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(SharedServer, "_check_lock", lambda self: (_ for _ in ()).throw(IndexFailure("died")))
        with pytest.raises(IndexFailure, match="died"):
            one.sync()
    assert World(one.root, one.embeddings, one.url, "3").contents() == before
    one.write("a0001.txt", article(1, version=3))
    one.write("a0002.txt", article(2))
    one.sync()
    assert two.contents() == expected(one)
    with closing(ServerStore.connect(str(one.url), None, one.fingerprint)) as store:
        assert store.ids() == set(expected(one))


def test_a_damaged_replica_is_fetched_again(machines: Two) -> None:
    """From the server; nothing is embedded again."""
    one, _ = machines
    one.sync()
    embedded = one.embeddings.texts
    os.truncate(next((one.folder / "generations").iterdir()) / "catalogue.sqlite", 100)
    one.sync()
    assert one.contents() == expected(one)
    assert one.embeddings.texts == embedded


def test_only_one_machine_writes_at_a_time(machines: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other waits and then fails; the lock of a dead writer expires."""
    one, two = machines
    busy = pytest.raises(IndexBusy, match="Another machine")
    with closing(SharedServer(str(one.url), None, one.fingerprint)) as server, server.writing(1), busy:
        two.sync(wait_seconds=0.5)
    with monkeypatch.context() as patch:
        patch.setattr(retrieval.sync.shared_server, "LOCK_SECONDS", -1.0)
        patch.setattr(ServerStore, "release_lock", lambda self, key: None)  # dies holding the lock
        with closing(SharedServer(str(one.url), None, one.fingerprint)) as server, server.writing(1):
            pass
    assert one.sync(wait_seconds=5).added == 6


def test_without_the_server_the_replica_is_searched_and_a_sync_fails(chroma: Chroma, machines: Two) -> None:
    """A machine without a replica fails too; once the server is back, everything works again."""
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
        return {collection.name for collection in store._client.list_collections()}


def test_a_collection_of_a_former_model_is_deleted_later(
    machines: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other machines can read it for a day; after that, the next sync of any machine deletes it."""
    one, two = machines
    one.sync()
    two.sync()
    old = store_name(one)
    one.embeddings.name += "-new"
    one.sync()
    assert old in collections(one)
    assert two.contents() == expected(two), "it is readable for a day"
    monkeypatch.setattr(retrieval.sync.shared_server, "RETIRED_SECONDS", 0.0)
    one.write("a0001.txt", article(1, version=2))
    one.sync()
    assert old not in collections(one)
    assert one.contents() == expected(one)


def test_a_collection_that_is_written_again_is_kept(machines: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that continues with the former model keeps its index."""
    one, two = machines
    one.sync()
    two.sync()
    one.embeddings.name += "-new"
    one.sync()
    two.write("a0001.txt", article(1, version=2))
    two.sync()
    monkeypatch.setattr(retrieval.sync.shared_server, "RETIRED_SECONDS", 0.0)
    one.sync()
    assert two.contents() == expected(two)
    assert one.contents() == expected(one)


def test_another_corpus_does_not_replace_a_shared_index(machines: Two, tmp_path: Path) -> None:
    """The first sync of a machine with other articles is refused."""
    one, _ = machines
    one.sync()
    other = World(tmp_path / "other", one.embeddings, one.url)
    other.write("x.txt", article(70))
    with pytest.raises(CorpusError, match="not in"):
        other.sync()
    assert World(one.root, one.embeddings, one.url, "3").contents() == expected(one)


def test_a_large_shared_index_is_searched_on_the_server(
    machines: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of other generations are not returned."""
    one, two = machines
    one.sync()
    monkeypatch.setattr(retrieval.index.nearest_neighbours, "MAX_EXACT_PASSAGES", 0)
    with two.open() as index:
        one.write("a0001.txt", article(1, version=2))
        one.sync()
        found = index.nearest(vector("town1"), 5)
        assert len(found) == 5
        assert index.passages([passage_id for passage_id, _ in found]).keys() == dict(found).keys()


def test_a_local_index_can_move_to_a_server_and_back(machines: Two) -> None:
    """Nothing is embedded again."""
    one, _ = machines
    local = World(one.root, one.embeddings, None, one.machine)
    local.sync()
    embedded = one.embeddings.texts
    one.sync()
    assert World(one.root, one.embeddings, one.url, "3").contents() == expected(one)
    local.sync()
    assert local.contents() == expected(one)
    assert one.embeddings.texts == embedded


def test_processes_on_one_server_see_complete_generations(chroma: Chroma, tmp_path: Path) -> None:
    """Two readers and a writer in separate processes, each with its own replica."""
    world = World(tmp_path, HashEmbeddings(), chroma.url)
    world.fill(6)
    world.sync()
    processes = [
        start("read", tmp_path, 3, INDEX_TEST_SERVER=chroma.url, INDEX_TEST_MACHINE="2"),
        start("read", tmp_path, 3, INDEX_TEST_SERVER=chroma.url, INDEX_TEST_MACHINE="3"),
        start("write", tmp_path, "w", 2, INDEX_TEST_SERVER=chroma.url, INDEX_TEST_MACHINE="4"),
    ]
    assert all(int(finish(process)) >= 1 for process in processes)
    world.sync()
    check_one_of(world, [expected(world)])
