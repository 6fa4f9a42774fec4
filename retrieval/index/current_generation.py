"""The file CURRENT of an index, which names the current generation, with its checksum."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

from retrieval.errors import IndexMismatch

FORMAT = 1  # version of the index folder and its files


@dataclass(frozen=True, slots=True)
class Current:
    """The content of CURRENT; ``synced_at`` is ISO 8601, UTC.

    ``pending``: the articles that a first sync has still to index; unread files count as one. 0 if complete.
    """

    generation: int
    fingerprint: str
    synced_at: str
    format: int = FORMAT
    server: str = ""  # version of the server's generation that it is a replica of
    pending: int = 0


def make_fingerprint(model: str, reading: str, splitting: str, lexical: str) -> str:
    """What produces an index: the embedding model's fingerprint, and the versions of the rules."""
    return f"{model} {reading} {splitting} {lexical}"


def model_of(fingerprint: str) -> str:
    """The embedding model in a fingerprint: its vectors stay comparable if only the rules change.

    >>> model_of(make_fingerprint("local:my model@1/384", "reading-1", "sentences-1", "words-1"))
    'local:my model@1/384'
    """
    return fingerprint.rsplit(" ", 3)[0]


def current_text(current: Current) -> str:
    """The content of the file."""
    row = asdict(current)
    if not current.pending:
        del row["pending"]  # older versions, which do not know it, can read every complete index
    return json.dumps({**row, "checksum": zlib.crc32(json.dumps(row).encode())})


def read_current(path: Path) -> Current:
    """Read the file; without a checksum if Footnote 0.1 wrote it.

    Raises OSError, ValueError, TypeError or KeyError if it is missing or damaged, and IndexMismatch.
    """
    row = json.loads(path.read_text(encoding="utf-8"))
    checksum = row.pop("checksum", None)
    if checksum is not None and checksum != zlib.crc32(json.dumps(row).encode()):
        raise ValueError("wrong checksum")
    if row["format"] > FORMAT:
        raise IndexMismatch(
            f"The index in {path.parent} was built by a newer version of Footnote.",
            "Update Footnote, or delete this folder and run `footnote sync`.",
        )
    return Current(**row)
