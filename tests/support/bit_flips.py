"""Flips random bits of the files of an index, for the tests of damage."""

from __future__ import annotations

import os
import random
from pathlib import Path

# Kinds of files in a generation, as patterns below its folder.
KINDS = (
    "catalogue.sqlite",
    "vectors.f32",
    "rows.i64",
    "tantivy/meta.json",
    "tantivy/*.term",
    "tantivy/*.idx",
    "tantivy/*.store",
    "tantivy/*.fieldnorm",
    "tantivy/*.fast",
    "tantivy/*.pos",
    "tantivy/.managed.json",
    "chroma/chroma.sqlite3",
    "chroma/*/data_level0.bin",
    "chroma/*/length.bin",
    "chroma/*/header.bin",
    "state.json",
    "files.sqlite",
    "manifest.json",
    "verified.json",
    "../../CURRENT",
)


def flip_bits(folder: Path, pattern: str, seed: int, count: int = 10, *, unnoticed: bool = False) -> Path:
    """Flip *count* bits of a file that matches the pattern; *unnoticed*: keep its modification time."""
    generator = random.Random(seed)
    parent = folder.parent.parent if pattern.startswith("../../") else folder
    path = generator.choice(sorted(parent.glob(pattern.removeprefix("../../"))))
    status, data = path.stat(), bytearray(path.read_bytes())
    for _ in range(count):
        data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
    with path.open("r+b") as file:  # in place, as a reader has it open
        file.write(data)
    if unnoticed:
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return path
