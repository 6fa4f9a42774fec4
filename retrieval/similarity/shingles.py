"""Sketches of texts: samples of their shingles (runs of words), to compare texts without rereading them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Sketch = NDArray[np.uint32]

SHINGLE_WORDS = 5
_SAMPLE_EVERY = 4  # keep 1 of 4 shingles, the same ones in every text (FracMinHash: Irber et al., 2022)
_FACTOR = 0x9E3779B97F4A7C15  # odd, 2**64 divided by the golden ratio: spreads neighbouring values


def sketch(text: str) -> Sketch:
    """The sampled shingle hashes of *text*, sorted and unique; ignores case and punctuation."""
    words = re.findall(r"\w+", text.casefold())
    hashes = np.array([crc32(word.encode("utf-8", "replace")) for word in words], np.uint64)
    runs = max(len(words) - SHINGLE_WORDS + 1, 1 if words else 0)
    mixed = np.zeros(runs, np.uint64)
    for offset in range(min(SHINGLE_WORDS, len(words))):
        mixed = (mixed ^ hashes[offset : offset + runs]) * np.uint64(_FACTOR)
        mixed ^= mixed >> np.uint64(29)
    kept = mixed[(mixed >> np.uint64(7)) % np.uint64(_SAMPLE_EVERY) == 0]
    sample = np.sort((kept >> np.uint64(32)).astype(np.uint32))
    is_new = np.ones(len(sample), bool)  # np.unique would import numpy.ma, which takes 50 ms
    is_new[1:] = sample[1:] != sample[:-1]
    return sample[is_new]


def containment(part: Sketch, whole: Sketch) -> float:
    """The estimated share (0..1) of the text of *part* that is also in *whole*; 0 for an empty sketch."""
    if not len(part):
        return 0.0
    return len(np.intersect1d(part, whole, assume_unique=True)) / len(part)
