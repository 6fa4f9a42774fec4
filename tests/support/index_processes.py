"""Starts the processes of `index_process.py` and collects what they print."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from repository import ROOT

PROGRAM = Path(__file__).with_name("index_process.py")


def start(*arguments: object, **settings: str) -> subprocess.Popen[str]:
    """Start a process of `index_process.py`, with further variables in its environment."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    command = [sys.executable, str(PROGRAM), *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)


def finish(process: subprocess.Popen[str]) -> str:
    """What a process printed; fails with what went wrong in it."""
    out, err = process.communicate(timeout=90)
    assert process.returncode == 0, err
    return out.strip()
