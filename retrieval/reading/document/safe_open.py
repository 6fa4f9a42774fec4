"""Opens the regular files of a corpus without blocking, and converts file names to printable text."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import BinaryIO

_ESCAPED = re.compile(rb"\\x([89a-f][0-9a-f])")


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading bytes. Raises OSError, also for pipes, sockets and devices.

    Reads never block: some regular files (in /proc) would block forever, and read as empty instead.
    """
    return path.open("rb") if os.name == "nt" else open(path, "rb", opener=_open_without_blocking)


def _open_without_blocking(path: str, flags: int) -> int:
    handle = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(None, "it is not a regular file", path)
    return handle


def printable_name(name: str) -> str:
    r"""A file name as text; bytes that are not UTF-8 (common in old archives) are escaped.

    >>> printable_name("caf\udce9.txt")
    'caf\\xe9.txt'
    """
    return os.fsencode(name).decode("utf-8", "backslashreplace") if not name.isascii() else name


def name_on_disk(name: str) -> str:
    r"""The inverse of ``printable_name``.

    >>> name_on_disk(printable_name("caf\udce9.txt")) == "caf\udce9.txt"
    True
    """
    data = _ESCAPED.sub(
        lambda match: bytes.fromhex(match[1].decode()), name.encode("utf-8", "surrogateescape")
    )
    return os.fsdecode(data)
