"""Disables terminal echo while output is being drawn."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_echo() -> Iterator[None]:
    """Disable echo while the block runs; typed keys and Ctrl-C are still received.

    A line of an answer can fill the whole width: an echoed "^C" after it would wrap to an extra line, which
    is not erased when the answer is redrawn.
    """
    try:
        import termios
    except ImportError:  # Windows: nothing is echoed
        yield
        return
    if not sys.stdin.isatty():
        yield
        return
    terminal = sys.stdin.fileno()
    attributes = termios.tcgetattr(terminal)
    without_echo = [*attributes[:3], attributes[3] & ~termios.ECHO, *attributes[4:]]
    termios.tcsetattr(terminal, termios.TCSADRAIN, without_echo)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, attributes)
