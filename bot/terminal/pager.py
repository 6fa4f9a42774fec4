"""Opens sanitized text in a pager at a given line; only our own style sequences may be in it."""

from __future__ import annotations

import os
import pydoc
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


def open_pager(text: str, line: int) -> None:
    """Show *text* in `less` with *line* (from 1) on top; falls back to the pager that pydoc finds."""
    less = shutil.which("less")
    if less is None:
        pydoc.pager(text)
        return
    # LESSSECURE: less cannot start a shell or an editor, or open other files.
    environment = {**os.environ, "LESSSECURE": "1", "LESSCHARSET": "utf-8", "LESS": "", "LESSOPEN": ""}
    command = [less, "--RAW-CONTROL-CHARS", "--ignore-case", f"+{max(1, line)}g"]
    with _ignore_interrupts():
        subprocess.run(command, input=text.encode("utf-8", "replace"), env=environment, check=False)  # noqa: S603


@contextmanager
def _ignore_interrupts() -> Iterator[None]:
    """Leave Ctrl-C to the pager while the block runs."""
    previous = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
