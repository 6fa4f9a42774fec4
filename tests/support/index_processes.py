"""Runs `index_process.py` in processes and collects their output."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
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


def in_mount_namespace(command: str, *arguments: object) -> str:
    """Run a shell command that can mount file systems; skips where the system forbids it."""
    unshare = shutil.which("unshare")
    probe = [unshare or "false", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("this system does not allow tests to mount file systems")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    script = ["unshare", "-rm", "sh", "-ec", command, "sh", *map(str, arguments)]
    done = subprocess.run(script, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
