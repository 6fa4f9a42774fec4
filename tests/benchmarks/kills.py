"""Kills syncs at random moments, a hundred times, and compares what is left with an index built fresh.

    python tests/benchmarks/kills.py [KILLS] [SEED]

After each SIGKILL the index must answer from one whole generation, the one before the sync or the one
after it: every passage is found by its own text, densely and lexically, and nothing else is there. A third
of the syncs are rebuilds. The short form of this is in tests/retrieval/index/test_index_faults.py.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from index_process import check_one_of, ends_well, expected, in_child, kill
from index_world import World


def main(kills: int = 100, seed: int = 1) -> None:
    """Print what was done; an assertion fails where the index was not whole."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.fill(60)
        started = time.monotonic()
        kill(world, kills, seed)
        fresh = replace(world, machine="-fresh")  # the same articles, an index folder of its own
        assert ends_well(in_child(fresh.sync))
        assert ends_well(in_child(partial(same, world, fresh)))
        left = sorted(path.name for path in world.folder.iterdir())
        articles, passages = len(list(world.corpus.iterdir())), len(expected(world))
        print(f"{articles} articles, {passages} passages, {time.monotonic() - started:.0f} s; left: {left}")


def same(world: World, fresh: World) -> None:
    """Whether the index that was killed so often is the one built fresh, passage for passage."""
    check_one_of(world, [fresh.contents()])
    with world.open() as one, fresh.open() as two:
        assert one.articles() == two.articles()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
