"""A saved article is seen once it is wholly written; bursts are seen together, temporary files not at all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from index_world import World, article

import retrieval.sync.corpus_watch
from bot.background_sync import sync_on_change
from retrieval.errors import RetrievalError
from retrieval.library import Library
from retrieval.reading.corpus import Corpus
from retrieval.sync.corpus_watch import changes
from retrieval.sync.sync_index import SyncReport


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half-written files are waited for a shorter time than usual."""
    monkeypatch.setattr(retrieval.sync.corpus_watch, "_QUIET", 0.5)
    monkeypatch.setattr(retrieval.sync.corpus_watch, "_LOOK", 0.2)


class Seen:
    """Counts the changes that it is told of."""

    def __init__(self) -> None:
        self.times = 0

    def follow(self, corpus: Corpus, over: threading.Event) -> None:
        for _ in changes(corpus, over):
            self.times += 1


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.fill(2)
    return made


@pytest.fixture(params=["events", "looks"])
def watched(world: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    """A watch that has begun, by the system's events and without them."""
    if request.param == "looks":
        monkeypatch.setattr(retrieval.sync.corpus_watch, "_events", lambda *_: refuse())
    seen = Seen()
    over = threading.Event()
    following = threading.Thread(target=seen.follow, args=(Corpus([world.corpus]), over))
    following.start()
    until(lambda: seen.times == 1)
    time.sleep(0.2)  # the system's events begin a moment later
    yield seen
    over.set()
    following.join()


def refuse() -> Iterator[None]:
    raise OSError("no events here")


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_saved_a_changed_and_a_deleted_file_are_seen(world: World, watched: Seen) -> None:
    """Each once, also below new folders."""
    world.write("new/x.txt", article(5))
    until(lambda: watched.times == 2)
    world.write("new/x.txt", article(5, version=2, sentences=30))
    until(lambda: watched.times == 3)
    (world.corpus / "a0000.txt").unlink()
    until(lambda: watched.times == 4)


def test_temporary_files_are_not_seen(world: World, watched: Seen) -> None:
    """What editors put beside the file, and files that are no articles."""
    for name in (".a.txt.swp", "a.txt~", "#a.txt#", "4913", "upload.part", ".hidden/x.txt"):
        world.write(name, "words")
    time.sleep(1)
    assert watched.times == 1


def test_a_burst_is_seen_together_when_it_is_over(world: World, watched: Seen) -> None:
    """Hundreds of files, written one after the other, are one change or few."""
    for number in range(300):
        world.write(f"burst{number}.txt", "One sentence.")
    until(lambda: watched.times >= 2)
    time.sleep(1)
    assert watched.times <= 4


def test_a_file_that_is_still_being_written_is_waited_for(world: World, watched: Seen) -> None:
    """It grows for a while; it is seen when it is whole."""
    path = world.corpus / "slow.txt"
    with path.open("w", encoding="utf-8") as handle:
        for _ in range(20):
            handle.write("One more sentence.\n")
            handle.flush()
            time.sleep(0.05)
        assert watched.times == 1
    until(lambda: watched.times == 2)


def test_a_saved_article_is_soon_in_the_index(world: World) -> None:
    """Chat and sync follow the files; a folder that vanished is told once, and its articles stay."""
    told: list[SyncReport] = []
    failed: list[RetrievalError] = []
    library = Library(
        Corpus([world.corpus]),
        world.folder,
        embeddings=lambda: world.embeddings,
        fingerprint=lambda: world.fingerprint,
    )
    over = threading.Event()
    arguments = (library, over, told.append, failed.append, 0.1)
    following = threading.Thread(target=sync_on_change, args=arguments)
    following.start()
    until(lambda: len(told) == 1)
    world.write("late.txt", article(77))
    until(lambda: any(info.path == "late.txt" for info in library.articles()))
    world.corpus.rename(world.root / "away")
    until(lambda: len(failed) == 1)
    (world.root / "away").rename(world.corpus)
    world.write("later.txt", article(78))
    until(lambda: len(library.articles()) == 4)
    assert len(failed) == 1
    over.set()
    following.join()
    library.close()
