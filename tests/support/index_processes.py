"""Runs `index_process.py` in processes and collects their output."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from repository import ROOT

PROGRAM = Path(__file__).with_name("index_process.py")


def start(*arguments: object, **settings: str) -> subprocess.Popen[str]:
    """Start `index_process.py`, with *settings* as additional environment variables."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    command = [sys.executable, str(PROGRAM), *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)


def finish(process: subprocess.Popen[str]) -> str:
    """The output of a process; fails with its error output."""
    out, err = process.communicate(timeout=90)
    assert process.returncode == 0, err
    return out.strip()
