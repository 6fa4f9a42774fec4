"""What the tests run as processes of their own: readers, writers, and syncs that are killed.

    python index_process.py write ROOT NAME SECONDS [ARTICLES]    change files and sync, again and again
    python index_process.py read ROOT SECONDS          open, search and check, again and again
    python index_process.py kill ROOT ROUNDS SEED      kill a sync at a random moment, ROUNDS times
    python index_process.py full ROOT STEP             sync with no room, then with STEP bytes more …
    python index_process.py readonly ROOT              sync and search where nothing may be written

The last two expect a file system of their own at ROOT (see test_index_faults.py).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

from index_world import World, article, contents, vector

from retrieval.errors import IndexFailure
from retrieval.index.index_reader import Index
from retrieval.reading.corpus import Corpus
from retrieval.splitting.passage_splitter import split


def expected(world: World) -> dict[str, tuple[str, str, str]]:
    """What an index of the articles as they are now has to hold."""
    corpus = Corpus([world.corpus])
    articles = [each for source in corpus.scan().files for each in corpus.read(source)]
    passages = [each for found in articles for each in split(found)]
    return {each.id: (each.article.id, each.article.path, each.text) for each in passages}


def change(world: World, chance: random.Random, prefix: str, most: int) -> None:
    """Add, change or delete some of the articles whose names begin with *prefix*."""
    for _ in range(chance.randint(1, 5)):
        number = chance.randrange(most)
        name = f"{prefix}{number}.txt"
        if chance.random() < 0.25 and (world.corpus / name).exists():
            (world.corpus / name).unlink()
        else:
            world.write(name, article(number, version=chance.randrange(1_000)))


def write(world: World, name: str, seconds: float, most: int = 60) -> None:
    """A writer with files of its own. Prints how many syncs it made."""
    chance, end, syncs = random.Random(name), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        change(world, chance, name, most)
        world.sync(wait_seconds=120)
        syncs += 1
    print(syncs)


def read(world: World, seconds: float) -> None:
    """A reader. Every look is at one whole generation, or this fails. Prints how many generations it saw."""
    chance, seen = random.Random(os.getpid()), set()
    index = world.open()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not index.is_current():
            index.close()
            index = world.open()
        seen.add(index.generation)
        look(index, chance)
        time.sleep(0.02)  # leaves the writers some of the machine
    print(len(seen))


def look(index: Index, chance: random.Random) -> None:
    """Passages of any article are found by their own text, densely and lexically, and all counts agree."""
    status = index.status()
    assert index.lexical.count() == status.passages
    info = chance.choice(index.articles())
    for passage in index.article_passages(info.id):
        near = dict(index.nearest(vector(f"{passage.head}\n{passage.text}"), 5))
        assert near.get(passage.id, 0) > 0.999, passage
        word = passage.text.split("decided ")[1].split()[0].casefold()
        found = [each for each, _ in index.lexical.search([word], 5)]
        assert passage.id in found, (word, passage)
        assert set(index.passages(found)) == set(found)


def warm_up() -> None:
    """Import what children, which are copies, would each take a second to import."""
    import chromadb.api.rust  # noqa: F401
    import tantivy  # noqa: F401

    import retrieval.sync.store_writer  # noqa: F401


def in_child(act: Callable[[], object]) -> int:
    """Start *act* in a process of its own; its id. This process must not have used Chroma or Tantivy."""
    child = os.fork()
    if child:
        return child
    try:
        act()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def ends_well(child: int) -> bool:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def kill(world: World, rounds: int, seed: int) -> None:
    """After each kill the index is the one before or the one after, whole; the last sync ends the work."""
    warm_up()
    chance, finished = random.Random(seed), 0
    started = time.monotonic()
    assert ends_well(in_child(world.sync))
    usual = time.monotonic() - started
    states = [expected(world)]
    for _ in range(rounds):
        change(world, chance, "k", 30)
        states.append(expected(world))
        rebuild = chance.random() < 0.3
        child = in_child(partial(world.sync, rebuild=rebuild))
        time.sleep(chance.uniform(0, 1.2 * usual))
        os.kill(child, signal.SIGKILL)
        finished += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert ends_well(in_child(lambda: check_one_of(world, states)))
    assert ends_well(in_child(world.sync))
    assert ends_well(in_child(lambda: check_one_of(world, states[-1:])))
    print(f"{rounds} kills, {finished} syncs were done before")


def check_one_of(world: World, states: list[dict[str, tuple[str, str, str]]]) -> None:
    with world.open() as index:
        assert contents(index) in states


def full(world: World, step: int) -> None:
    """Whatever step finds no room: one sentence, the index as before, and the next sync ends the work."""
    warm_up()
    world.fill(20)
    assert ends_well(in_child(world.sync))
    failures = 0
    for number, left in enumerate(range(0, 1_500_000, step)):
        before = expected(world)
        change(world, random.Random(number), "f", 10)
        take_room(world.root / "filler", left)
        try:
            assert ends_well(in_child(partial(check_full, world, before)))
        finally:
            (world.root / "filler").unlink()
        failures += (world.root / "failed").exists()
        assert ends_well(in_child(world.sync))
        assert ends_well(in_child(lambda: check_one_of(world, [expected(world)])))
    print(f"{failures} syncs found no room")


def take_room(filler: Path, left: int) -> None:
    """Fill the disk up to *left* bytes."""
    free = shutil.disk_usage(filler.parent).free
    filler.write_bytes(bytes(max(free - left, 0)))


def check_full(world: World, before: dict[str, tuple[str, str, str]]) -> None:
    (world.root / "failed").unlink(missing_ok=True)
    try:
        world.sync()
    except IndexFailure as error:
        if "the disk is full" not in str(error):
            raise
        os.link(world.folder / "CURRENT", world.root / "failed")  # takes no room
        check_one_of(world, [before])


def readonly(world: World) -> None:
    """Searching works; a sync says what is wrong."""
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
    elif command == "kill":
        kill(world, int(rest[0]), int(rest[1]))
    elif command == "full":
        full(world, int(rest[0]))
    else:
        readonly(world)


if __name__ == "__main__":
    main(*sys.argv[1:])
