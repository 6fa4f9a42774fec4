"""Programs that the index tests run as processes: readers, writers, and syncs that are killed.

    python index_process.py write ROOT NAME SECONDS [ARTICLES]    change files and sync, in a loop
    python index_process.py read ROOT SECONDS          open, search and check, in a loop
    python index_process.py kill ROOT ROUNDS SEED      kill a sync at a random time, ROUNDS times
    python index_process.py first ROOT                 a first sync that publishes many parts
    python index_process.py follow ROOT                read each part of a first sync until it is complete
    python index_process.py kill-first ROOT ROUNDS SEED    kill first syncs after the first part and randomly
    python index_process.py full-first ROOT STEP       first syncs with STEP bytes more each
    python index_process.py full ROOT STEP             sync on a full disk, then with STEP bytes more each
    python index_process.py readonly ROOT              sync and search on a read-only file system

The last two and full-first expect a separate file system at ROOT (see test_index_faults.py).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from index_world import HashEmbeddings, World, article, contents, vector

import retrieval.sync.first_parts
from retrieval.errors import IndexFailure, IndexMissing
from retrieval.index.generations import Generations
from retrieval.index.index_reader import Index
from retrieval.reading.corpus import Corpus
from retrieval.splitting.passage_splitter import split

COMPLETE = {"CURRENT", "generations", "lock", "journal.sqlite", "reported.json"}  # in a complete index


def expected(world: World) -> dict[str, tuple[str, str, str]]:
    """The contents that an index of the current articles must have."""
    corpus = Corpus([world.corpus])
    articles = [article for source in corpus.scan().files for article in corpus.read(source)]
    passages = [passage for article in articles for passage in split(article)]
    return {passage.id: (passage.article.id, passage.article.path, passage.text) for passage in passages}


def change(world: World, generator: random.Random, prefix: str, limit: int) -> None:
    """Add, change or delete some articles whose file names are *prefix* and a number below *limit*."""
    for _ in range(generator.randint(1, 5)):
        number = generator.randrange(limit)
        name = f"{prefix}{number}.txt"
        if generator.random() < 0.25 and (world.corpus / name).exists():
            (world.corpus / name).unlink()
        else:
            world.write(name, article(number, version=generator.randrange(1_000)))


def write(world: World, name: str, seconds: float, limit: int = 60) -> None:
    """A writer with its own files. Prints the number of its syncs."""
    generator, deadline, syncs = random.Random(name), time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        change(world, generator, name, limit)
        world.sync(wait_seconds=120)
        syncs += 1
    print(syncs)


def read(world: World, seconds: float) -> None:
    """A reader; fails if it sees an incomplete generation. Prints the number of generations that it saw."""
    generator, seen = random.Random(os.getpid()), set()
    index = world.open()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not index.is_current():
            index.close()
            index = world.open()
        seen.add(index.generation)
        check(index, generator)
        time.sleep(0.02)  # leave the writers some CPU time
    print(len(seen))


def check(index: Index, generator: random.Random) -> None:
    """The passages of a random article are found by vector and by words, and all counts agree."""
    status = index.status()
    assert index.lexical.count() == status.passages
    info = generator.choice(index.articles())
    for passage in index.article_passages(info.id):
        nearest = dict(index.nearest(vector(f"{passage.head}\n{passage.text}"), 5))
        assert nearest.get(passage.id, 0) > 0.999, passage
        word = passage.text.split("decided ")[1].split()[0].casefold()
        found = [passage_id for passage_id, _ in index.lexical.search([word], 5)]
        assert passage.id in found, (word, passage)
        assert set(index.passages(found)) == set(found)


def warm_up() -> None:
    """Import slow modules before forking, since each child would take a second to import them."""
    import chromadb.api.rust  # noqa: F401
    import tantivy  # noqa: F401

    import retrieval.sync.store_writer  # noqa: F401


def in_child(action: Callable[[], object]) -> int:
    """Run *action* in a forked process; returns its id. The parent must not have used Chroma or Tantivy."""
    child = os.fork()
    if child:
        return child
    try:
        action()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def succeeds(child: int) -> bool:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def kill(world: World, rounds: int, seed: int) -> None:
    """After each kill the index equals an earlier or the new state; the last sync completes the work."""
    warm_up()
    generator, finished = random.Random(seed), 0
    started = time.monotonic()
    assert succeeds(in_child(world.sync))
    duration = time.monotonic() - started
    states = [expected(world)]
    for _ in range(rounds):
        change(world, generator, "k", 30)
        states.append(expected(world))
        rebuild = generator.random() < 0.3
        child = in_child(partial(world.sync, rebuild=rebuild))
        time.sleep(generator.uniform(0, 1.2 * duration))
        os.kill(child, signal.SIGKILL)
        finished += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert succeeds(in_child(lambda: check_one_of(world, states)))
    assert succeeds(in_child(world.sync))
    assert succeeds(in_child(lambda: check_one_of(world, states[-1:])))
    print(f"{rounds} kills, {finished} syncs finished before")


class SlowEmbeddings(HashEmbeddings):
    """Takes a millisecond per text."""

    def embed_matrix(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        time.sleep(0.001 * len(texts))
        return super().embed_matrix(texts)


def first(world: World) -> None:
    """A first sync that publishes a part after each model call."""
    retrieval.sync.first_parts.FIRST_PART_SECONDS = 0
    world.embeddings = SlowEmbeddings()
    world.sync()


def follow(world: World) -> None:
    """Read every generation as a part of the final one. Prints the numbers of articles seen."""
    generator, seen, final = random.Random(os.getpid()), list[int](), expected(world)
    while not seen or seen[-1] < len({row[0] for row in final.values()}):
        with suppress(IndexMissing), world.open() as index:
            check(index, generator)
            seen.append(check_part(index, final))
        time.sleep(0.005)
    print(*sorted(set(seen)))


def check_part(index: Index, final: dict[str, tuple[str, str, str]]) -> int:
    """Check that the index has all passages of some articles; returns the number of articles."""
    articles = {info.id for info in index.articles()}
    assert contents(index) == {key: row for key, row in final.items() if row[0] in articles}
    assert len(articles) + index.pending == len({row[0] for row in final.values()})
    return len(articles)


def check_usable(world: World) -> None:
    """There is no index yet, or what it has can be used."""
    with suppress(IndexMissing), world.open() as index:
        check_part(index, expected(world))


def kill_first(world: World, rounds: int, seed: int) -> None:
    """After each kill there is no index, or a valid part; a further sync completes it."""
    warm_up()
    generator, parts = random.Random(seed), 0
    started = time.monotonic()
    assert succeeds(in_child(partial(first, world)))
    duration = time.monotonic() - started
    shutil.rmtree(world.folder)
    for number in range(rounds):
        child = in_child(partial(first, world))
        if number % 3 == 0:  # when the first part is there, however slow the machine is
            while Generations(world.folder).current() is None:
                time.sleep(0.002)
        else:
            time.sleep(generator.uniform(0, duration))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert succeeds(in_child(partial(check_usable, world)))
        current = Generations(world.folder).current()
        parts += current is not None and current.pending > 0
        if number % 3 == 2:
            assert succeeds(in_child(partial(first, world)))
            assert succeeds(in_child(lambda: check_one_of(world, [expected(world)])))
            assert {path.name for path in world.folder.iterdir()} <= COMPLETE
            shutil.rmtree(world.folder)
    print(f"{parts} parts left by {rounds} kills")


def full_first(world: World, step: int) -> None:
    """Wherever a first sync runs out of space, what it published is usable, and the next one completes it."""
    warm_up()
    world.fill(60)
    parts = 0
    for left in range(200_000, 3_800_000, step):
        fill_disk(world.root / "filler", left)
        child = in_child(partial(first, world))
        failed = not succeeds(child)
        (world.root / "filler").unlink()
        assert succeeds(in_child(partial(check_usable, world)))
        current = Generations(world.folder).current()
        assert failed == (current is None or current.pending > 0)
        parts += current is not None and current.pending > 0
        assert succeeds(in_child(partial(first, world)))
        assert succeeds(in_child(lambda: check_one_of(world, [expected(world)])))
        shutil.rmtree(world.folder)
    print(f"{parts} parts left by full disks")


def check_one_of(world: World, states: list[dict[str, tuple[str, str, str]]]) -> None:
    with world.open() as index:
        assert contents(index) in states


def full(world: World, step: int) -> None:
    """Wherever a sync runs out of space: one error, the index is unchanged, and the next sync succeeds."""
    warm_up()
    world.fill(20)
    assert succeeds(in_child(world.sync))
    failures = 0
    for number, left in enumerate(range(0, 1_500_000, step)):
        before = expected(world)
        change(world, random.Random(number), "f", 10)
        fill_disk(world.root / "filler", left)
        try:
            assert succeeds(in_child(partial(check_full, world, before)))
        finally:
            (world.root / "filler").unlink()
        failures += (world.root / "failed").exists()
        assert succeeds(in_child(world.sync))
        assert succeeds(in_child(lambda: check_one_of(world, [expected(world)])))
    print(f"{failures} syncs ran out of space")


def fill_disk(filler: Path, left: int) -> None:
    """Fill the disk up to *left* bytes."""
    free = shutil.disk_usage(filler.parent).free
    filler.write_bytes(bytes(max(free - left, 0)))


def check_full(world: World, before: dict[str, tuple[str, str, str]]) -> None:
    (world.root / "failed").unlink(missing_ok=True)
    try:
        world.sync()
    except IndexFailure as error:
        if not str(error).startswith("The disk is full"):
            raise
        os.link(world.folder / "CURRENT", world.root / "failed")  # takes no space
        check_one_of(world, [before])


def readonly(world: World) -> None:
    """Searching works; a sync fails and prints why."""
    with world.open() as index:
        assert contents(index) == expected(world)
    assert world.sync().unchanged == len(index.articles())
    try:
        world.sync(rebuild=True)
    except IndexFailure as error:
        print(error)


def main(command: str, root: str, *rest: str) -> None:
    world = World(Path(root))
    if command == "write":
        write(world, rest[0], float(rest[1]), *map(int, rest[2:]))
    elif command == "read":
        read(world, float(rest[0]))
    elif command == "first":
        first(world)
    elif command == "follow":
        follow(world)
    elif command == "kill-first":
        kill_first(world, int(rest[0]), int(rest[1]))
    elif command == "full-first":
        full_first(world, int(rest[0]))
    elif command == "kill":
        kill(world, int(rest[0]), int(rest[1]))
    elif command == "full":
        full(world, int(rest[0]))
    else:
        readonly(world)


if __name__ == "__main__":
    main(*sys.argv[1:])
