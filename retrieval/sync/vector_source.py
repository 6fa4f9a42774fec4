"""Where the vector of a passage comes from: the generation before, the journal, or the model."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import IndexFailure
from retrieval.index.catalogue import StoredPassage, embedded_text, text_hash
from retrieval.sync.next_generation import NextGeneration

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrieval.models.embeddings import FootnoteEmbeddings

    Vectors = NDArray[np.float32]
    Keys = NDArray[np.int64]

_SECONDS = 2.0  # that a call of the model should take: so long a stop is not heard, a kill loses as much
_FIRST, _MOST = 32, 2_048  # texts in the first call, and in any
_LOOKED_UP = 2_000


class VectorSource:
    """The vectors for the passages of a building."""

    def __init__(self, building: NextGeneration) -> None:
        self._building = building
        base = building.base
        self.matrix = base.matrix if base else None

    def new_keys(self) -> Keys:
        """The keys of the passages that the base has not, growing."""
        rows = self._building.catalogue.query("SELECT key FROM passages ORDER BY key")
        keys = np.array([row[0] for row in rows], np.int64)
        return keys if self.matrix is None else keys[~self.matrix.has(keys)]

    def missing(self) -> list[int]:
        """The keys of new passages whose vectors are to be computed; one for each different text."""
        journal, known = self._building.journal.hashes(), set[bytes]()
        missing = []
        new = self.new_keys().tolist()
        for keys in (new[at : at + _LOOKED_UP] for at in range(0, len(new), _LOOKED_UP)):
            hashes = self._building.catalogue.hashes(keys)
            known |= self._in_base(list(hashes.values())).keys()
            for key, text in hashes.items():
                if text not in journal and text not in known:
                    known.add(text)
                    missing.append(key)
        return missing

    def vectors(self, keys: Sequence[int]) -> Vectors:
        """The vectors of new passages, in the order of *keys*. Raises IndexFailure when one is missing."""
        hashes = self._building.catalogue.hashes(keys)
        wanted = list(dict.fromkeys(hashes.values()))
        found = self._building.journal.get(wanted)
        found |= self._in_base([text for text in wanted if text not in found])
        if len(found) < len(wanted):
            raise IndexFailure("Some passages have no vector.")
        return np.stack([found[hashes[key]] for key in keys])

    def _in_base(self, hashes: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Vectors of equal texts of the generation before: of moved and copied articles."""
        base = self._building.base
        found = base.catalogue.keys_by_hash(hashes) if base else {}
        if base is None or not found:
            return {}
        rows = base.matrix.rows(list(found.values()))
        return dict(zip(found, np.asarray(base.matrix.vectors[rows]), strict=True))


def embed_missing(
    building: NextGeneration,
    keys: Sequence[int],
    embeddings: FootnoteEmbeddings,
    done: Callable[[int, int], None],
) -> None:
    """Compute the vectors of passages and keep them in the journal, a few seconds' worth at a time.

    *done* is told how many of how many are done, before the first and after each call; it may raise.
    """
    size, at = _FIRST, 0
    done(0, len(keys))
    while at < len(keys):
        passages = building.catalogue.by_keys(keys[at : at + size])
        started = time.monotonic()
        building.journal.write([text_hash(each.passage) for each in passages], _embed(embeddings, passages))
        at += len(passages)
        done(at, len(keys))
        pace = len(passages) / max(time.monotonic() - started, 1e-3)
        size = int(min(max(pace * _SECONDS, _FIRST), size * 2, _MOST))


def _embed(embeddings: FootnoteEmbeddings, passages: Sequence[StoredPassage]) -> Vectors:
    matrix = embeddings.embed_matrix([embedded_text(each.passage) for each in passages])
    if matrix.shape[0] != len(passages) or not np.isfinite(matrix).all():
        raise IndexFailure("The embedding model gave no vector for some passages.")
    return np.ascontiguousarray(matrix, np.float32)
