"""Maps the cosines of any embedding model to the scale of the default model, to which all weights are fitted.

Models differ in the cosines of unrelated texts: about 0 for all-MiniLM-L6-v2, .7 and more for the E5 models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from retrieval.models.embeddings import as_token_embeddings

if TYPE_CHECKING:
    from retrieval.models.embeddings import FootnoteEmbeddings

# `Index.background` of all-MiniLM-L6-v2: -.08 to -.02 on the five evaluation sets.
REFERENCE_BACKGROUND = -0.05


@dataclass(frozen=True, slots=True)
class SimilarityScale:
    """Keeps a cosine of 1 and moves that of unrelated texts, ``background``, to the default model's.

    >>> [round(SimilarityScale(0.7)(cosine), 2) for cosine in (1.0, 0.85, 0.7)]
    [1.0, 0.47, -0.05]
    """

    background: float = REFERENCE_BACKGROUND

    def __call__(self, cosine: float) -> float:
        """The cosine as the default model would have it."""
        if self.background <= REFERENCE_BACKGROUND:
            return cosine
        return 1.0 - (1.0 - cosine) * (1.0 - REFERENCE_BACKGROUND) / (1.0 - self.background)


DEFAULT_SCALE = SimilarityScale()


class Comparable(Protocol):
    """An index; `retrieval.index.index_reader.Index` is one."""

    @property
    def background(self) -> float:
        """The cosine of unrelated passages."""


def similarity_scale(index: Comparable, embeddings: FootnoteEmbeddings) -> SimilarityScale:
    """The scale of an index; cosines of the default model, which has token vectors, are unchanged."""
    if as_token_embeddings(embeddings) is not None:
        return DEFAULT_SCALE
    return SimilarityScale(index.background)
