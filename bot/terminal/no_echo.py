"""Keeps the terminal from echoing what is typed while it is being drawn on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_echo() -> Iterator[None]:
    """Echo nothing while the block runs; keys typed meanwhile, and Ctrl-C, arrive as ever.

    A line of an answer may fill the whole width: the "^C" that a terminal writes behind it would begin a
    line more than is wiped away when the answer is drawn again.
    """
    try:
        import termios
    except ImportError:  # Windows echoes nothing by itself
        yield
        return
    if not sys.stdin.isatty():
        yield
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    silent = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    termios.tcsetattr(terminal, termios.TCSADRAIN, silent)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
