"""Checksums of a generation's files: written with it, compared when it is opened, by a sync and by `doctor`.

``manifest.json`` has the size of each file and the CRC-32 of each of its blocks. ``verified.json`` has size
and modification time of each file when it was last compared in full: a file that was written to since is
compared again before it is used. Damage that no write caused is found by a sample when a generation is
opened, and by the comparison of all blocks in the background (`Verification`).
"""

from __future__ import annotations

import json
import os
import random
import secrets
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from retrieval.index.generation_state import CHROMA

BLOCK_BYTES = 1 << 20
SAMPLE_BYTES = 8 << 20  # compared before a generation is used: about 5 ms
MANIFEST, VERIFIED = "manifest.json", "verified.json"
CHROMA_OPENED = "chroma-opened"  # exists once Chroma's database was opened in place, which writes to it
_CHANGING_FILES = {"lease", "files.sqlite", "files.sqlite-journal", MANIFEST, VERIFIED, CHROMA_OPENED}
_BACKGROUND_PAUSE = 0.005  # seconds between blocks of Chroma's files, which no answer needs


@dataclass(frozen=True, slots=True)
class FileSums:
    """Size of a file, and the CRC-32 of each block; no blocks if Footnote 0.1 wrote the manifest."""

    size: int
    blocks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    name: str
    number: int
    checksum: int


def write_manifest(folder: Path) -> None:
    """Write the checksums of all files of a generation; all of them count as verified."""
    names = _files(folder)
    rows = {name: [(folder / name).stat().st_size, *_checksums(folder / name)] for name in names}
    text = json.dumps(rows, separators=(",", ":"))
    content = f'{{"checksum":{zlib.crc32(text.encode())},"files":{text}}}'
    (folder / MANIFEST).write_text(content, encoding="utf-8")
    _write_verified(folder, {name: _signature(folder / name) for name in names})


def read_manifest(folder: Path) -> Mapping[str, FileSums] | None:
    """The checksums of a generation; None if the manifest is missing or damaged."""
    try:
        rows = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if "checksum" not in rows:  # written by Footnote 0.1: only sizes
            return {name: FileSums(int(size), ()) for name, size in rows.items()}
        text = json.dumps(rows["files"], separators=(",", ":"))
        if zlib.crc32(text.encode()) != rows["checksum"]:
            return None
        return {name: FileSums(size, tuple(blocks)) for name, (size, *blocks) in rows["files"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def damaged_files(folder: Path, *, everything: bool = False, chroma: bool = True) -> list[str]:
    """The files of a generation that are missing or differ from their checksums.

    Names are relative to *folder*. Compares only files that were written to since the last comparison; with
    *everything*, all of them. Without *chroma*, Chroma's files are left out.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        return [MANIFEST]
    verified, opened = _read_verified(folder), (folder / CHROMA_OPENED).exists()
    damaged, intact = [], {}
    for name, sums in manifest.items():
        if not chroma and is_chroma(name):
            continue
        signature = _signature(folder / name)
        if signature == verified.get(name) and not everything:
            continue
        if _has_changed(folder / name, sums, growing=is_chroma(name) and (opened or not sums.blocks)):
            damaged.append(name)
        elif signature is not None:
            intact[name] = signature
    if any(verified.get(name) != signature for name, signature in intact.items()):
        _write_verified(folder, verified | intact)
    return damaged


def covers_chroma(folder: Path) -> bool:
    """True if Chroma's files have checksums that still apply."""
    blocks = (sums.blocks for name, sums in (read_manifest(folder) or {}).items() if is_chroma(name))
    return any(blocks) and not (folder / CHROMA_OPENED).exists()


def is_chroma(name: str) -> bool:
    """True for a file of Chroma's database, given relative to its generation's folder."""
    return name.startswith(f"{CHROMA}/")


def signatures(folder: Path) -> Mapping[str, tuple[int, int] | None]:
    """Size and modification time of each file that readers use, by its path; None if the file is missing."""
    paths = [str(folder / name) for name in read_manifest(folder) or () if not is_chroma(name)]
    return {path: _signature(path) for path in paths}


def has_new_signature(known: Mapping[str, tuple[int, int] | None]) -> bool:
    """True if one of the files was written to since `signatures`. One stat per file."""
    return any(_signature(path) != signature for path, signature in known.items())


class Verification:
    """Compares all blocks of an open generation, in random order: readers' files first, then Chroma's.

    *found* is called, in the thread that compares, with the first damaged file that is found there.
    """

    def __init__(self, folder: Path, found: Callable[[str], None] | None = None) -> None:
        self._folder = folder
        self._found = found
        blocks = [
            _Block(name, number, checksum)
            for name, sums in (read_manifest(folder) or {}).items()
            for number, checksum in enumerate(sums.blocks)
        ]
        random.shuffle(blocks)
        self._blocks = [block for block in blocks if not is_chroma(block.name)]
        opened = (folder / CHROMA_OPENED).exists()
        self._chroma_blocks = [] if opened else [block for block in blocks if is_chroma(block.name)]
        self._damaged: list[str] = []
        self._readers_done, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="verification")

    def compare_sample(self) -> list[str]:
        """Compare some blocks now; the names of damaged files."""
        count = SAMPLE_BYTES // BLOCK_BYTES
        sample, self._blocks = self._blocks[:count], self._blocks[count:]
        return self._compare(sample)

    def start(self) -> None:
        """Compare the other blocks in the background."""
        self._thread.start()

    def wait(self) -> list[str]:
        """Wait until all files that readers use are compared; the names of damaged ones."""
        self._readers_done.wait()
        return [name for name in self._damaged if not is_chroma(name)]

    def close(self) -> None:
        """Stop comparing."""
        self._stop.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        try:
            self._compare(self._blocks)
        finally:
            self._readers_done.set()
        if not self._damaged:
            self._compare(self._chroma_blocks, pause=_BACKGROUND_PAUSE)
        if self._damaged and self._found is not None and not self._stop.is_set():
            self._found(self._damaged[0])

    def _compare(self, blocks: Iterable[_Block], pause: float = 0) -> list[str]:
        for block in blocks:
            if self._stop.is_set() or ((self._folder / CHROMA_OPENED).exists() and is_chroma(block.name)):
                break
            if _block_differs(self._folder / block.name, block) and block.name not in self._damaged:
                self._damaged.append(block.name)
                _forget_verified(self._folder, block.name)
            if pause:
                time.sleep(pause)
        return list(self._damaged)


def _files(folder: Path) -> list[str]:
    files = (Path(top) / name for top, _, names in os.walk(folder) for name in names)
    names = sorted(file.relative_to(folder).as_posix() for file in files)
    return [name for name in names if name not in _CHANGING_FILES and not name.endswith(".lock")]


def _checksums(path: Path) -> list[int]:
    with path.open("rb") as file:
        return [zlib.crc32(block) for block in iter(lambda: file.read(BLOCK_BYTES), b"")]


def _has_changed(path: Path, sums: FileSums, *, growing: bool) -> bool:
    """True if the file is missing, unreadable or different. A *growing* one is compared by its size only."""
    try:
        size = path.stat().st_size
        if growing:
            return size < sums.size
        return size != sums.size or (bool(sums.blocks) and _checksums(path) != list(sums.blocks))
    except OSError:
        return True


def _block_differs(path: Path, block: _Block) -> bool:
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(block.number * BLOCK_BYTES)
            return zlib.crc32(file.read(BLOCK_BYTES)) != block.checksum
    except OSError:
        return True


def _signature(path: Path | str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 (for each question: no Path is made)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _read_verified(folder: Path) -> dict[str, tuple[int, int] | None]:
    try:
        rows = json.loads((folder / VERIFIED).read_text(encoding="utf-8"))
        return {name: (size, mtime_ns) for name, (size, mtime_ns) in rows.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write_verified(folder: Path, verified: Mapping[str, tuple[int, int] | None]) -> None:
    """Replace the record; it only saves comparisons, and a read-only index has none."""
    temporary = folder / f".{VERIFIED}-{secrets.token_hex(4)}"
    try:
        temporary.write_text(json.dumps(verified), encoding="utf-8")
        temporary.replace(folder / VERIFIED)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _forget_verified(folder: Path, name: str) -> None:
    """Make every process compare the file in full before it uses it."""
    verified = _read_verified(folder)
    verified.pop(name, None)
    _write_verified(folder, verified)
