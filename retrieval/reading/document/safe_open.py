"""Opens the files of a corpus: only regular ones, without waiting, under names that can be written down."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import BinaryIO

_ESCAPED = re.compile(rb"\\x([89a-f][0-9a-f])")


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading bytes. Raises OSError, also for what has become a pipe or a device.

    Some regular files (of /proc) and pipes would let their reader wait for ever: here they are empty.
    """
    return path.open("rb") if os.name == "nt" else open(path, "rb", opener=_at_once)


def _at_once(path: str, flags: int) -> int:
    handle = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(None, "it is no regular file", path)
    return handle


def printable(name: str) -> str:
    r"""The name of a file as text: bytes that are no UTF-8, as old archives have them, are spelled out.

    >>> printable("caf\udce9.txt")
    'caf\\xe9.txt'
    """
    return os.fsencode(name).decode("utf-8", "backslashreplace") if not name.isascii() else name


def on_disk(name: str) -> str:
    r"""The name of a file whose ``printable`` name this is, when no file has just this name.

    >>> on_disk(printable("caf\udce9.txt")) == "caf\udce9.txt"
    True
    """
    data = _ESCAPED.sub(
        lambda match: bytes.fromhex(match[1].decode()), name.encode("utf-8", "surrogateescape")
    )
    return os.fsdecode(data)
