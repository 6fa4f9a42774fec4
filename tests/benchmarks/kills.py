"""Kills syncs at random moments, 100 times by default, and compares the result with a fresh index.

    python tests/benchmarks/kills.py [KILLS] [SEED]

After each SIGKILL the index must be one complete generation, the one before or after the sync: dense and
lexical search find every passage by its own text, and nothing else. A third of the syncs are rebuilds.
tests/retrieval/index/test_index_faults.py has a short version.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from index_process import check_one_of, expected, in_child, kill, succeeds
from index_world import World


def main(kills: int = 100, seed: int = 1) -> None:
    """Print a summary. Raises AssertionError if the index is not complete."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.fill(60)
        started = time.monotonic()
        kill(world, kills, seed)
        fresh = replace(world, machine="-fresh")  # the same articles in another index folder
        assert succeeds(in_child(fresh.sync))
        assert succeeds(in_child(partial(same, world, fresh)))
        left = sorted(path.name for path in world.folder.iterdir())
        articles, passages = len(list(world.corpus.iterdir())), len(expected(world))
        print(f"{articles} articles, {passages} passages, {time.monotonic() - started:.0f} s; left: {left}")


def same(world: World, fresh: World) -> None:
    """Assert that the index is equal to the fresh one, passage by passage."""
    check_one_of(world, [fresh.contents()])
    with world.open() as one, fresh.open() as two:
        assert one.articles() == two.articles()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
