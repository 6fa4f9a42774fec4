"""A sketch of a text: a fair sample of its runs of words, to compare texts without reading them again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Sketch = NDArray[np.uint32]

SHINGLE = 5  # words in a run
_SAMPLED = 4  # one run of so many is kept, the same ones in every text (FracMinHash: Irber et al., 2022)
_FACTOR = 0x9E3779B97F4A7C15  # odd, 2**64 divided by the golden ratio: spreads neighbouring values


def sketch(text: str) -> Sketch:
    """The sample of *text*, growing, each value once; case and punctuation do not matter."""
    words = re.findall(r"\w+", text.casefold())
    hashes = np.array([crc32(word.encode("utf-8", "replace")) for word in words], np.uint64)
    runs = max(len(words) - SHINGLE + 1, 1 if words else 0)
    mixed = np.zeros(runs, np.uint64)
    for place in range(min(SHINGLE, len(words))):
        mixed = (mixed ^ hashes[place : place + runs]) * np.uint64(_FACTOR)
        mixed ^= mixed >> np.uint64(29)
    kept = mixed[(mixed >> np.uint64(7)) % np.uint64(_SAMPLED) == 0]
    return np.unique((kept >> np.uint64(32)).astype(np.uint32))


def contained(part: Sketch, whole: Sketch) -> float:
    """Which share of the text of *part* the text of *whole* holds, estimated; 0 for an empty sketch."""
    if not len(part):
        return 0.0
    return len(np.intersect1d(part, whole, assume_unique=True)) / len(part)
