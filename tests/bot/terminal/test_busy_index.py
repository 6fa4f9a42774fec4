"""An index that another process is writing: commands do not wait for it longer than two seconds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from index_world import World, article
from repository import ROOT

from bot.assistant import Assistant
from bot.terminal.initial_sync import prepare_index
from retrieval.library import Library
from retrieval.reading.corpus import Corpus

HOLDER = """
import sys, time
from pathlib import Path
from retrieval.index.generations import Generations
with Generations(Path(sys.argv[1])).writing(0):
    print("writing", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@contextmanager
def writer(folder: Path, seconds: float) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock of an index."""
    command = [sys.executable, "-c", HOLDER, str(folder), str(seconds)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        try:
            yield process
        finally:
            process.kill()


def assistant(world: World) -> Assistant:
    corpus = Corpus([world.corpus])
    return Assistant(
        Library(
            corpus, world.folder, embeddings=lambda: world.embeddings, fingerprint=lambda: world.fingerprint
        )
    )


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="SIGSTOP is not available on this system")
async def test_a_stopped_sync_does_not_block_a_question(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The warning names the process; the complete generation answers."""
    world = World(tmp_path)
    world.fill(2)
    world.sync()
    world.write("new.txt", article(50))
    asking = assistant(world)
    with writer(world.folder, 60) as process:
        process.send_signal(signal.SIGSTOP)
        started = time.monotonic()
        await prepare_index(asking, sync=True)
        assert 1.9 < time.monotonic() - started < 6
        assert capsys.readouterr().err.splitlines()[-1] == (
            f"Warning: using the existing index. Another process ({process.pid}) is writing the index in "
            f"{world.folder}."
        )
        assert asking.library.status().articles == 2
    await prepare_index(asking, sync=True)
    assert asking.library.status().articles == 3


async def test_the_first_sync_waits_and_says_for_what(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without an index there is nothing to answer from."""
    world = World(tmp_path)
    world.fill(2)
    with writer(world.folder, 5) as process:
        asking = assistant(world)
        await prepare_index(asking, sync=True)
    assert f"Waiting for another process ({process.pid}), which is writing" in capsys.readouterr().err
    assert asking.library.status().articles == 2
