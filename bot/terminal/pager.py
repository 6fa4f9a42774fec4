"""Opens a text at a line in a pager; it must be clean of all escape sequences but those of its own styles."""

from __future__ import annotations

import os
import pydoc
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


def open_pager(text: str, line: int) -> None:
    """Show *text* in `less` with *line* (from 1) on top; without less, in the pager that pydoc finds."""
    less = shutil.which("less")
    if less is None:
        pydoc.pager(text)
        return
    # Secure: less can then start no shell, editor or file of the reader's by a slip of the finger.
    environment = {**os.environ, "LESSSECURE": "1", "LESSCHARSET": "utf-8", "LESS": "", "LESSOPEN": ""}
    command = [less, "--RAW-CONTROL-CHARS", "--ignore-case", f"+{max(1, line)}g"]
    with _interrupts_left_to_the_pager():
        subprocess.run(command, input=text.encode("utf-8", "replace"), env=environment, check=False)  # noqa: S603


@contextmanager
def _interrupts_left_to_the_pager() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
