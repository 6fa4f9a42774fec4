"""Gets the vectors of passages: from the previous generation, the journal or the model."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import IndexFailure
from retrieval.index.catalogue import embedded_text, text_hash
from retrieval.passage import Passage
from retrieval.sync.next_generation import NextGeneration

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrieval.models.embeddings import FootnoteEmbeddings

    Vectors = NDArray[np.float32]
    Keys = NDArray[np.int64]

_CALL_SECONDS = 2.0  # target time of a model call: the delay of a stop, and the most work that a kill loses
_MIN_BATCH, _MAX_BATCH = 32, 2_048  # texts per model call
_LOOKUP_BATCH = 2_000


class VectorSource:
    """The vectors of the passages of the next generation."""

    def __init__(self, building: NextGeneration) -> None:
        self._building = building
        base = building.base
        self.matrix = base.matrix if base else None

    def new_keys(self) -> Keys:
        """The keys of the passages that are not in the base, ascending."""
        keys = np.array(self._building.catalogue.passage_keys(), np.int64)
        return keys if self.matrix is None else keys[~self.matrix.has(keys)]

    def missing(self) -> list[int]:
        """The keys of new passages whose vectors must be computed, one per distinct text."""
        journal, known = self._building.journal.hashes(), set[bytes]()
        missing = []
        new = self.new_keys().tolist()
        for keys in (new[at : at + _LOOKUP_BATCH] for at in range(0, len(new), _LOOKUP_BATCH)):
            hashes = self._building.catalogue.hashes(keys)
            known |= self._in_base(list(hashes.values())).keys()
            for key, text_digest in hashes.items():
                if text_digest not in journal and text_digest not in known:
                    known.add(text_digest)
                    missing.append(key)
        return missing

    def vectors(self, keys: Sequence[int]) -> Vectors:
        """The vectors of new passages, in the order of *keys*. Raises IndexFailure if one is missing."""
        hashes = self._building.catalogue.hashes(keys)
        wanted = list(dict.fromkeys(hashes.values()))
        found = self._building.journal.get(wanted)
        found |= self._in_base([text_digest for text_digest in wanted if text_digest not in found])
        if len(found) < len(wanted):
            raise IndexFailure("Some passages have no vector.")
        return np.stack([found[hashes[key]] for key in keys])

    def _in_base(self, hashes: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The vectors of the same texts in the base: of moved and copied articles."""
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
) -> Iterator[int]:
    """Compute the vectors of passages and store them in the journal, a few seconds' worth at a time.

    Yields the number done, before the first and after each model call.
    """
    size, at = _MIN_BATCH, 0
    yield 0
    while at < len(keys):
        passages = building.catalogue.by_keys(keys[at : at + size])
        started = time.monotonic()
        building.journal.write([text_hash(passage) for passage in passages], _embed(embeddings, passages))
        at += len(passages)
        yield at
        pace = len(passages) / max(time.monotonic() - started, 1e-3)
        size = int(min(max(pace * _CALL_SECONDS, _MIN_BATCH), size * 2, _MAX_BATCH))


def _embed(embeddings: FootnoteEmbeddings, passages: Sequence[Passage]) -> Vectors:
    matrix = embeddings.embed_matrix([embedded_text(passage) for passage in passages])
    if matrix.shape[0] != len(passages) or not np.isfinite(matrix).all():
        raise IndexFailure("The embedding model returned no valid vector for some passages.")
    return np.ascontiguousarray(matrix, np.float32)
