"""The corpus watch: it waits until files are complete, combines bursts and ignores temporary files."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from index_world import World, article

import retrieval.reading.corpus_watch
from bot.background_sync import sync_on_change
from retrieval.errors import RetrievalError
from retrieval.library import Library
from retrieval.reading.corpus import Corpus
from retrieval.reading.corpus_watch import watch_changes
from retrieval.sync.sync_index import SyncReport


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the waits for incomplete files."""
    monkeypatch.setattr(retrieval.reading.corpus_watch, "_SETTLE_SECONDS", 0.5)
    monkeypatch.setattr(retrieval.reading.corpus_watch, "_POLL_SECONDS", 0.2)


class ChangeCounter:
    """Counts changes."""

    def __init__(self) -> None:
        self.count = 0

    def follow(self, corpus: Corpus, stop: threading.Event) -> None:
        for _ in watch_changes(corpus, stop):
            self.count += 1


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.fill(2)
    return world


@pytest.fixture(params=["events", "polling"])
def watched(
    world: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ChangeCounter]:
    """A running watch, with file system events and without."""
    if request.param == "polling":
        monkeypatch.setattr(retrieval.reading.corpus_watch, "_events", lambda *_: refuse())
    counter = ChangeCounter()
    stop = threading.Event()
    thread = threading.Thread(target=counter.follow, args=(Corpus([world.corpus]), stop))
    thread.start()
    wait_until(lambda: counter.count == 1)
    time.sleep(0.2)  # events start a moment later
    yield counter
    stop.set()
    thread.join()


def refuse() -> Iterator[None]:
    raise OSError("no events here")


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_added_changed_and_deleted_files_are_reported(world: World, watched: ChangeCounter) -> None:
    """Each once, also in new folders."""
    world.write("new/x.txt", article(5))
    wait_until(lambda: watched.count == 2)
    world.write("new/x.txt", article(5, version=2, sentences=30))
    wait_until(lambda: watched.count == 3)
    (world.corpus / "a0000.txt").unlink()
    wait_until(lambda: watched.count == 4)


def test_temporary_files_are_ignored(world: World, watched: ChangeCounter) -> None:
    """Editors' temporary files, and files that are not articles."""
    for name in (".a.txt.swp", "a.txt~", "#a.txt#", "4913", "upload.part", ".hidden/x.txt"):
        world.write(name, "words")
    time.sleep(1)
    assert watched.count == 1


def test_a_burst_is_combined(world: World, watched: ChangeCounter) -> None:
    """Hundreds of files written one after the other are one change, or a few."""
    for number in range(300):
        world.write(f"burst{number}.txt", "One sentence.")
    wait_until(lambda: watched.count >= 2)
    time.sleep(1)
    assert watched.count <= 4


def test_a_file_that_is_still_being_written_is_waited_for(world: World, watched: ChangeCounter) -> None:
    """It is reported once it is complete."""
    path = world.corpus / "slow.txt"
    with path.open("w", encoding="utf-8") as handle:
        for _ in range(20):
            handle.write("One more sentence.\n")
            handle.flush()
            time.sleep(0.05)
        assert watched.count == 1
    wait_until(lambda: watched.count == 2)


def test_a_saved_article_is_soon_indexed(world: World) -> None:
    """A missing folder is reported once, and its articles stay in the index."""
    reports: list[SyncReport] = []
    errors: list[RetrievalError] = []
    library = Library(
        Corpus([world.corpus]),
        world.folder,
        embeddings=lambda: world.embeddings,
        fingerprint=lambda: world.fingerprint,
    )
    stop = threading.Event()
    arguments = (library, stop, reports.append, errors.append, 0.1)
    thread = threading.Thread(target=sync_on_change, args=arguments)
    thread.start()
    wait_until(lambda: len(reports) == 1)
    world.write("late.txt", article(77))
    wait_until(lambda: any(info.path == "late.txt" for info in library.articles()))
    world.corpus.rename(world.root / "away")
    wait_until(lambda: len(errors) == 1)
    (world.root / "away").rename(world.corpus)
    world.write("later.txt", article(78))
    wait_until(lambda: len(library.articles()) == 4)
    assert len(errors) == 1
    stop.set()
    thread.join()
    library.close()
